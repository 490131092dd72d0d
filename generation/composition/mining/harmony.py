"""Four-bar chord loops, two chords to the bar, from wherever a section counts four more bars."""

from __future__ import annotations

from bisect import bisect_right

from generation.composition.chords import PITCHES, Chord, Quality
from generation.composition.mining.measured import Measured
from generation.composition.units import LEAST_CONFIDENCE, HarmonyUnit, Span

LOOP_BARS = 4
HALVES = 2 * LOOP_BARS
MOST = 6
LEAST_DIATONIC = 0.75
"""Share of half bars whose chord lies in the key; below it the key or the chords are wrong."""


def mine_harmony(song: Measured, key: str, tonic: int) -> tuple[HarmonyUnit, ...]:
    """Return the clearest loops, what recurs first; each loop once."""
    if not song.has_grid:
        return ()
    found: dict[tuple[Chord, ...], HarmonyUnit] = {}
    times: dict[tuple[Chord, ...], int] = {}
    for section in song.sections:
        bars = song.bars_of(section)
        for bar in range(bars.start, bars.stop - LOOP_BARS + 1, LOOP_BARS):
            unit = _loop_at(song, key, tonic, bar, section.role)
            if unit is not None:
                found.setdefault(unit.chords, unit)
                times[unit.chords] = times.get(unit.chords, 0) + 1
    order = sorted(found.values(), key=lambda u: (-times[u.chords], -u.confidence, u.id))
    return tuple(order[:MOST])


def _loop_at(song: Measured, key: str, tonic: int, bar: int, role: str) -> HarmonyUnit | None:
    half = song.bar_steps / 2
    start = bar * song.bar_steps
    heard = [
        _heard(song, song.time(start + n * half), song.time(start + (n + 1) * half))
        for n in range(HALVES)
    ]
    chords = tuple(_read(label, tonic) for label, _ in heard if label != "N")
    if len(chords) < HALVES or len(set(chords)) < 2:
        return None
    diatonic = sum(chord.is_diatonic for chord in chords) / HALVES
    sure = sum(confidence for _, confidence in heard) / HALVES
    confidence = sure * (0.5 + 0.5 * diatonic)
    if confidence < LEAST_CONFIDENCE or diatonic < LEAST_DIATONIC:
        return None
    span = Span(bar, LOOP_BARS, song.time(start), song.time(start + LOOP_BARS * song.bar_steps))
    return HarmonyUnit(
        id=f"{key}:harmony/{bar}", confidence=confidence, span=span, roles=(role,), chords=chords
    )


def _heard(song: Measured, start_s: float, end_s: float) -> tuple[str, float]:
    """Return the label that fills most of a stretch, and its confidence weighed by how much."""
    at = max(0, bisect_right([c.start_s for c in song.chords], start_s) - 1)
    filled: dict[str, float] = {}
    sure: dict[str, float] = {}
    for chord in song.chords[at:]:
        if chord.start_s >= end_s:
            break
        overlap = min(chord.end_s, end_s) - max(chord.start_s, start_s)
        if overlap > 0:
            filled[chord.label] = filled.get(chord.label, 0.0) + overlap
            sure[chord.label] = sure.get(chord.label, 0.0) + overlap * chord.confidence
    if not filled:
        return "N", 0.0
    label = max(sorted(filled), key=lambda name: filled[name])
    return label, sure[label] / (end_s - start_s)


def _read(label: str, tonic: int) -> Chord:
    root, name = label.split(":")
    quality: Quality = "min" if name == "min" else "maj"
    return Chord((PITCHES.index(root) - tonic) % 12, quality)


def chord_at(song: Measured, time_s: float) -> str:
    """Return the label of the chord that sounds at a moment, "N" for none."""
    at = bisect_right([c.start_s for c in song.chords], time_s) - 1
    return song.chords[at].label if at >= 0 else "N"
