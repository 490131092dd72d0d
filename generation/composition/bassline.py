"""Bass: the cast figure of each role, every note a place above the root of the chord it falls on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE, Shares
from generation.composition.anchoring import unstated_beats
from generation.composition.cast import Cast
from generation.composition.chords import Chord, scale_pitch
from generation.composition.harmony import Harmony
from generation.composition.plan import Plan, Section
from generation.composition.score import Event, Why
from generation.composition.slots import slot_key
from generation.composition.stream import Stream
from generation.composition.units import STEPS, TICKS, BassUnit, Tone

LOWEST, HIGHEST_ROOT = 28, 41
MIDDLE_ROOT = 35
ROOT = 1
LATE_START = 4
"""A figure that begins later in the bar than this gets a root on the one."""
STATED = 2
"""Sixteenths for which a beat is stated where nothing was held."""
APPROACH_CHANCE = 0.35
APPROACH_FROM = 14
SHORTEN = 10
HUMAN_VELOCITY, HUMAN_TICKS = 5.0, 3.0


def root_pitches(chords: Sequence[Chord], tonic: int) -> list[int]:
    """Return the bass note of every chord: near the one before, drawn to the middle of the range."""
    pitches: list[int] = []
    for chord in chords:
        choices = [
            p for p in range(LOWEST, HIGHEST_ROOT + 1) if p % 12 == (chord.bass + tonic) % 12
        ]
        before = pitches[-1] if pitches else MIDDLE_ROOT
        pitches.append(min(choices, key=lambda p: (abs(p - before) + abs(p - MIDDLE_ROOT), p)))
    return pitches


def of_the_chord(tones: Sequence[Tone]) -> list[Tone]:
    """Let a bar's first and third beat have tones of the chord, as walking basses do.

    A passing tone there changes places with the next if that is one of the chord, else it gives way
    to the nearest: a figure that was played over one chord shall not state another above the next.
    """
    placed = list(tones)
    for number, tone in enumerate(placed):
        if tone.step % (STEPS // 2) or is_chordal(tone.place):
            continue
        after = placed[number + 1] if number + 1 < len(placed) else None
        if after is not None and after.step % (STEPS // 2) and is_chordal(after.place):
            placed[number] = replace(tone, place=after.place)
            placed[number + 1] = replace(after, place=tone.place)
        else:
            near = [place for place in range(tone.place - 1, tone.place + 2) if is_chordal(place)]
            placed[number] = replace(tone, place=near[0])
    return placed


def is_chordal(place: int) -> bool:
    """Tell whether a place above (or, from 0 on, below) a root is that of its third or fifth, or its own."""
    return (place - 1) % 7 in (0, 2, 4)


def stating(tones: Sequence[Tone], beats: Collection[int]) -> tuple[list[Tone], list[Tone]]:
    """Return a bar's tones, cut where a beat of ``beats`` passes under them, and what is struck there.

    A held tone of the chord is struck again; over a rest and under a passing tone it is the root. A
    silent bar stays silent, and before its first tone a figure has its own rule.
    """
    line, stated = list(tones), set()
    for beat in sorted(beats):
        number = sum(tone.step <= beat for tone in line)
        if not number or line[number - 1].step == beat:
            continue
        held = line[number - 1]
        end = held.step + held.length
        place = held.place if end > beat and is_chordal(held.place) else 1
        after = line[number].step if number < len(line) else STEPS
        until = min(after, end if end > beat else beat + STATED)
        line[number - 1] = replace(held, length=min(held.length, beat - held.step))
        line.insert(number, Tone(beat, until - beat, place))
        stated.add(beat)
    kept = [tone for tone in line if tone.step not in stated]
    return kept, [tone for tone in line if tone.step in stated]


def write_bass(
    plan: Plan, cast: Cast, harmony: Harmony, energies: Sequence[float]
) -> Iterator[Event]:
    """Yield the bass of every section that has one."""
    roots = root_pitches(harmony.chords, plan.tonic)
    for section in plan.sections:
        if Layer.BASS in section.layers:
            bassist = _Bassist(plan, cast, harmony, roots, section, energies[section.index])
            for bar in range(section.bar, section.bar + section.bars):
                yield from bassist.bar(bar)


@dataclass(frozen=True)
class _Bassist:
    plan: Plan
    cast: Cast
    harmony: Harmony
    roots: Sequence[int]
    section: Section
    energy: float

    def bar(self, bar: int) -> Iterator[Event]:
        slot = slot_key(Layer.BASS, self.section)
        unit = self.cast.unit(slot, BassUnit)
        stream = Stream(self.plan.seed, "bass").split(
            self.section.key + self.section.tag(Layer.BASS), bar - self.section.bar
        )
        is_last = bar == self.plan.bars - 1
        first = (bar - self.section.bar) % unit.bars * STEPS
        tones = [
            Tone(t.step - first, t.length, t.place)
            for t in unit.tones
            if first <= t.step < first + STEPS
        ]
        tones, stated = stating(
            of_the_chord(self._struck_again(bar, tones)),
            unstated_beats(self.cast, self.section, bar - self.section.bar),
        )
        if is_last or not tones:
            # The song ends, and a silent bar stands, on its root.
            tones = [Tone(0, STEPS, 1)]
            yield self._event(bar, tones[0], {BASE: 1.0}, Why(slot, None, ("held root",)), stream)
            return
        if tones[0].step > LATE_START:
            added = Tone(0, min(LATE_START, tones[0].step), 1)
            yield self._event(bar, added, {BASE: 1.0}, Why(slot, None, ("root on one",)), stream)
        for number, tone in enumerate(tones):
            step = bar * STEPS + tone.step
            is_end = number == len(tones) - 1 and tone.step >= APPROACH_FROM
            if is_end and stream.chance(APPROACH_CHANCE * self.energy):
                why = Why(slot, unit.id, ("approach",))
                parts = {slot: 0.5, BASE: 0.5}
                yield self._event(bar, tone, parts, why, stream, self._approach(step))
            else:
                parts = {slot: 0.5, self.harmony.key_at(step): 0.5}
                yield self._event(bar, tone, parts, Why(slot, unit.id), stream)
        for tone in stated:
            yield self._event(bar, tone, {BASE: 1.0}, Why(slot, None, ("on the beat",)), stream)

    def _struck_again(self, bar: int, tones: Sequence[Tone]) -> list[Tone]:
        """Cut what would sound into another chord, and strike there the root that the chord comes with."""
        middle = STEPS // 2
        before, after = (self.harmony.at(bar * STEPS + step) for step in (0, middle))
        if (before.core, before.over) == (after.core, after.over):
            return list(tones)
        cut = []
        for tone in tones:
            end = tone.step + tone.length
            if tone.step < middle < end:
                cut.append(Tone(tone.step, middle - tone.step, tone.place))
                cut.append(Tone(middle, end - middle, ROOT))
            elif tone.step == middle:
                cut.append(replace(tone, place=ROOT))
            else:
                cut.append(tone)
        return cut

    def _approach(self, step: int) -> int:
        """Return the scale note next to the coming root, from the side of the present one."""
        half = step // 8
        now, coming = self.roots[half], self.roots[min(half + 1, len(self.roots) - 1)]
        tonic = 24 + self.plan.tonic
        scale = [scale_pitch(degree, tonic) for degree in range(-7, 28)]
        below = [p for p in scale if p < coming]
        above = [p for p in scale if p > coming]
        return above[0] if now > coming or below[-1] < LOWEST else below[-1]

    def _event(
        self,
        bar: int,
        tone: Tone,
        parts: Shares,
        why: Why,
        stream: Stream,
        pitch: int | None = None,
    ) -> Event:
        step = bar * STEPS + tone.step
        length = min(tone.length, STEPS - tone.step)
        force = 74 + 26 * self.energy + (8 if tone.step % 8 == 0 else 0)
        late = round(stream.spread(HUMAN_TICKS))
        return Event(
            track="Bass",
            layer=Layer.BASS,
            tick=max(0, step * TICKS + late),
            ticks=max(TICKS // 2, length * TICKS - SHORTEN),
            pitch=self._pitch(step, tone.place) if pitch is None else pitch,
            velocity=max(1, min(127, round(force + stream.spread(HUMAN_VELOCITY)))),
            parts=parts,
            shares=self.cast.owe(parts),
            why=why,
        )

    def _pitch(self, step: int, place: int) -> int:
        chord = self.harmony.at(step)
        root = self.roots[min(step // 8, len(self.roots) - 1)]
        if chord.over is not None:
            # Over another tone than its root: on "one" that tone, above it the chord's own places.
            root -= (chord.over - chord.root) % 12 if place > 1 else 0
            chord = chord.core
        degree = chord.degrees[0]
        above = scale_pitch(degree + place - 1, 0, chord) - scale_pitch(degree, 0, chord)
        # Under an inverted chord's lowest note its root may lie below the lowest string.
        return root + above if root + above >= LOWEST else root + above + 12
