"""Does our own analyser hear in the master what the score says? Tempo, beats, key and chords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generation.composition.chords import PITCHES, TONIC_DEGREE, Mode
from generation.composition.score import Score
from generation.composition.units import BAR_TICKS
from generation.quality.finding import Finding
from generation.rendering.arrangement import RATE
from library.analysis.pipeline import analyse_pcm
from library.analysis.types import Analysis, Chord, Key

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

MOST_TEMPO_OFF = 0.02
LEAST_KEY, LEAST_CHORDS, LEAST_BEATS = 0.3, 0.75, 0.95
"""The relative key (.3) passes: it has the same notes and chords, and is the analyser's only usual error."""
BEAT_WINDOW_S = 0.07
OCTAVES = (0.5, 1.0, 2.0)


def judge_round_trip(audio: Floats, score: Score) -> tuple[Finding, ...]:
    """Analyse a master (frames by two at the rendering's rate) without notes and compare with ``score``.

    A tempo heard at half or double counts as heard; its beats are then compared with every second
    beat of the score, or with the halves of its beats.
    """
    return compare(analyse_pcm(audio, RATE), score)


def compare(heard: Analysis, score: Score) -> tuple[Finding, ...]:
    """Return the round-trip findings of an analysis against the score it should repeat."""
    octave = min(OCTAVES, key=lambda o: _off(heard.tempo.bpm, o * score.plan.bpm))
    tempo_off = _off(heard.tempo.bpm, octave * score.plan.bpm)
    start_s, end_s = drummed_span(score)
    best = max(
        beat_f(_within(np.array(heard.beats.beats_s), start_s, end_s), _within(one, start_s, end_s))
        for one in _beats(score, octave)
    )
    return (
        Finding("tempo_off", tempo_off, None, MOST_TEMPO_OFF),
        Finding("beats_f", best, LEAST_BEATS, None),
        Finding("key_agreement", key_agreement(heard.key, score), LEAST_KEY, None),
        Finding("chords_majmin", chord_overlap(heard.chords, score), LEAST_CHORDS, None),
    )


def drummed_span(score: Score) -> tuple[float, float]:
    """Return from where to where drums play, in seconds and whole bars; without drums, the whole song.

    Beats are compared there: the tracker gives none at a beginning or end that has no strong onsets,
    and says so.
    """
    bars = [event.tick // BAR_TICKS for event in score.events if event.track == "Drums"]
    first = max(0, min(bars, default=0))
    end = min(max(bars, default=score.plan.bars) + 1, score.plan.bars)
    return first * score.plan.bar_s, end * score.plan.bar_s


def beat_f(heard: Doubles, played: Doubles) -> float:
    """Return the F-measure of beats that fall within 70 ms of each other, each used once."""
    if not len(heard) or not len(played):
        return 0.0
    hits = at = 0
    for beat in np.sort(played):
        while at < len(heard) and heard[at] < beat - BEAT_WINDOW_S:
            at += 1
        if at < len(heard) and heard[at] <= beat + BEAT_WINDOW_S:
            hits += 1
            at += 1
    return 2 * hits / (len(heard) + len(played))


def key_agreement(heard: Key, score: Score) -> float:
    """Return MIREX's weighted key score: 1 equal, .5 a fifth off, .3 relative, .2 parallel, else 0."""
    if not heard.tonic:
        return 0.0
    mode: Mode = score.plan.mode
    tonic = (score.plan.tonic + (9 if TONIC_DEGREE[mode] else 0)) % 12
    apart = (PITCHES.index(heard.tonic) - tonic) % 12
    if heard.mode == mode:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(apart, 0.0)
    if apart == 0:
        return 0.2
    return 0.3 if apart == (9 if mode == "major" else 3) else 0.0


def chord_overlap(heard: Sequence[Chord], score: Score) -> float:
    """Return the share of the score's time in which the heard chord has its root and its third.

    As MIREX weighs ``majmin`` (Pauwels and Peeters 2013, ``mir_eval.chord.majmin``): the time of a
    suspended chord, which has no third, does not count.
    """
    half_s = score.plan.bar_s / 2
    right = 0.0
    names = [
        None
        if chord.colour == "sus4"
        else f"{PITCHES[(chord.root + score.plan.tonic) % 12]}:{chord.quality}"
        for chord in score.chords
    ]
    weighed = sum(name is not None for name in names)
    for chord in heard:
        first, last = int(chord.start_s // half_s), int(chord.end_s // half_s)
        for number in range(first, min(last + 1, len(names))):
            if names[number] == chord.label:
                start, end = number * half_s, (number + 1) * half_s
                right += max(0.0, min(end, chord.end_s) - max(start, chord.start_s))
    return right / (weighed * half_s) if weighed else 0.0


def _beats(score: Score, octave: float) -> list[Doubles]:
    """Return the score's beats at a tempo ``octave`` times its own; at half of it, both ways."""
    beat_s = 60 / score.plan.bpm
    count = 4 * score.plan.bars
    if octave < 1:
        return [beat_s * np.arange(phase, count, 2, dtype=np.float64) for phase in (0, 1)]
    return [beat_s / octave * np.arange(count * round(octave), dtype=np.float64)]


def _within(beats: Doubles, start_s: float, end_s: float) -> Doubles:
    """Return the beats of a span; one that is heard a little early at its start is still in it."""
    return beats[(beats >= start_s - BEAT_WINDOW_S) & (beats < end_s - BEAT_WINDOW_S)]


def _off(bpm: float, wanted: float) -> float:
    return abs(bpm / wanted - 1)
