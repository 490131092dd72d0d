"""The symbolic bars: what a composition must measure before it is rendered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from generation.attribution.copy_guard import CAP_TOKENS, CopyGuard, melody_tokens
from generation.attribution.settlement import settle
from generation.composition.chords import tonic_chord
from generation.composition.composition import Composition
from generation.composition.score import Score, Track
from generation.composition.units import BAR_TICKS, PPQ, TICKS, SourceModel
from generation.quality.symbolic import (
    ChordSpan,
    MelodyNote,
    SymbolicMeasures,
    measure,
    melody_patterns,
)
from rights.domain.allocation import PPM

RANGES: dict[str, tuple[float, float]] = {
    "scale_consistency": (0.90, 1.0),
    "chord_tones_on_beat": (0.60, 0.92),
    "steps": (0.50, 0.82),
    "leaps": (0.0, 0.10),
    "range_semitones": (10.0, 21.0),
    "groove_consistency": (0.55, 0.92),
    "notes_per_active_bar": (3.0, 8.5),
    "bar_pattern_repeat": (0.35, 0.80),
}
LEAST_HOOKS, LEAST_SECTIONS, LEAST_REPEATED = 3, 4, 2
LEAST_CHORUS_PARTS, FEWER_PARTS = 5, 2
MOST_MOVEMENT = 3.0
MOST_OFF = 0.01


@dataclass(frozen=True)
class SymbolicReport:
    """What was measured and which bars were missed; passed when none was."""

    measures: SymbolicMeasures
    hooks: int
    chorus_parts: int
    thinnest_parts: int
    movement: float
    longest_copy: int
    largest_error: float
    missed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether every bar was cleared."""
        return not self.missed


def judge(made: Composition, sources: list[SourceModel]) -> SymbolicReport:
    """Measure a composition against every symbolic bar, the mixture and the copy cap."""
    score = made.score
    melody = lead_of(score)
    measures = measure(melody, chords_of(score), score.plan.bars, score.plan.bpm)
    hooks = _hooks(score, melody)
    chorus, thinnest = _parts(score)
    movement = _movement(score)
    steps = [(round(n.start * 4), n.pitch) for n in melody]
    guard = CopyGuard(line for source in sources for line in source.heard)
    longest = guard.longest(melody_tokens(steps))
    missed = [
        name for name, (low, high) in RANGES.items() if not low <= getattr(measures, name) <= high
    ]
    checks = {
        "hook": hooks >= LEAST_HOOKS,
        "sections": _form_is_whole(score),
        "layers": chorus >= LEAST_CHORUS_PARTS and chorus - thinnest >= FEWER_PARTS,
        "voice_movement": movement <= MOST_MOVEMENT,
        "final_cadence": score.chords[-1] == tonic_chord(score.plan.mode),
        "copy_cap": longest <= CAP_TOKENS,
        "mixture": made.largest_error <= MOST_OFF,
        "bars_settle": all(sum(settle(bar.total).values()) == PPM for bar in made.bars),
    }
    missed += [name for name, holds in checks.items() if not holds]
    return SymbolicReport(
        measures, hooks, chorus, thinnest, movement, longest, made.largest_error, tuple(missed)
    )


def lead_of(score: Score) -> list[MelodyNote]:
    """Return the lead in beats; what playing moved by a few ticks stands on its sixteenth again."""
    return [
        MelodyNote(round(e.tick / TICKS) / 4, e.ticks / PPQ, e.pitch)
        for e in score.events
        if e.track == "Lead"
    ]


def chords_of(score: Score) -> list[ChordSpan]:
    """Return the chords as spans of pitch classes, one for each change."""
    spans: list[ChordSpan] = []
    for half, chord in enumerate(score.chords):
        name = f"{chord.root}:{chord.quality}{chord.colour}"
        if not spans or spans[-1].name != name:
            classes = frozenset((tone + score.plan.tonic) % 12 for tone in chord.pitch_classes)
            spans.append(ChordSpan(half * 2.0, classes, name))
    return spans


def _hooks(score: Score, melody: list[MelodyNote]) -> int:
    """How often the most frequent bar of the choruses comes back in the whole song."""
    patterns = melody_patterns(melody)
    chorus = {
        bar
        for section in score.plan.sections
        if section.role == "chorus"
        for bar in range(section.bar, section.bar + section.bars)
    }
    times = Counter(patterns.values())
    return max((times[pattern] for bar, pattern in patterns.items() if bar in chorus), default=0)


def _parts(score: Score) -> tuple[int, int]:
    """Parts that sound in the fullest chorus, and in the thinnest of intro and bridge."""
    playing: dict[int, set[Track]] = {section.index: set() for section in score.plan.sections}
    for event in score.events:
        bar = min(round(event.tick / TICKS) * TICKS // BAR_TICKS, score.plan.bars - 1)
        playing[score.plan.section_at(bar).index].add(event.track)
    counts = {s.index: len(playing[s.index]) for s in score.plan.sections}
    chorus = [counts[s.index] for s in score.plan.sections if s.role == "chorus"]
    thin = [counts[s.index] for s in score.plan.sections if s.role in ("intro", "bridge")]
    return max(chorus, default=0), min(thin, default=0)


def _form_is_whole(score: Score) -> bool:
    roles = Counter(section.role for section in score.plan.sections)
    return (
        len(score.plan.sections) >= LEAST_SECTIONS
        and sum(count > 1 for count in roles.values()) >= LEAST_REPEATED
    )


def _movement(score: Score) -> float:
    """Mean movement of a comping or pad voice in semitones, over changes of the chord in a section."""
    moves = []
    for track in ("Comp", "Pad"):
        chords: dict[int, list[int]] = {}
        for event in score.events:
            if event.track == track:
                chords.setdefault(round(event.tick / TICKS), []).append(event.pitch)
        for (at, before), (then, after) in pairwise(sorted(chords.items())):
            same = score.plan.section_at(at // 16) is score.plan.section_at(then // 16)
            if same and len(before) == len(after) and sorted(before) != sorted(after):
                pairs = zip(sorted(before), sorted(after), strict=True)
                moves.append(sum(abs(b - a) for a, b in pairs) / len(before))
    return sum(moves) / len(moves) if moves else 0.0
