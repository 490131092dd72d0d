"""A measurement with a person's corrections laid over it. Pure: JSON values in and out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from library.domain.keys import MusicalKey

TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SAME_OCTAVE = 0.06
"""A tempo this near to twice or half the measured one means: the same beats, counted otherwise."""


@dataclass(frozen=True)
class Corrections:
    """What people said; None where the measurement stands."""

    tempo_bpm: float | None = None
    key: MusicalKey | None = None
    shift_beats: int = 0


def corrected(data: dict[str, Any], by: Corrections) -> dict[str, Any]:
    """Return what was measured with the corrections in place; ``data`` itself stays as it was.

    A tempo that is about twice or half the measured one puts a beat between every two, or leaves
    every other one out. Any other tempo changes the figure and leaves the beats where they were
    heard. ``shift_beats`` moves the first beat of every bar that much later.
    """
    found = dict(data)
    beats = found.get("beats", {})
    if by.tempo_bpm is not None:
        measured = found["tempo"]["bpm"]
        found["tempo"] = {**found["tempo"], "bpm": by.tempo_bpm, "octave_confidence": 1.0}
        beats = _recounted(beats, by.tempo_bpm / measured if measured else 1.0)
    if by.shift_beats:
        phase = (_phase(beats) + by.shift_beats) % beats["meter"]
        beats = _barred(beats, beats["beats_s"], phase)
        beats["downbeat_confidence"] = 1.0
    if by.key is not None:
        tonic = TONICS[by.key.pitch_class]
        found["key"] = {"tonic": tonic, "mode": by.key.mode, "confidence": 1.0}
    found["beats"] = beats
    return found


def _recounted(beats: dict[str, Any], ratio: float) -> dict[str, Any]:
    times, phase = beats.get("beats_s", []), _phase(beats)
    if abs(ratio / 2 - 1) < SAME_OCTAVE:
        between = [round((a + b) / 2, 4) for a, b in pairwise(times)]
        return _barred(beats, sorted([*times, *between]), 2 * phase)
    if abs(ratio * 2 - 1) < SAME_OCTAVE:
        # Keep the beats that the bars begin on.
        return _barred(beats, times[phase % 2 :: 2], phase // 2)
    return beats


def _barred(beats: dict[str, Any], times: list[float], phase: int) -> dict[str, Any]:
    meter = beats.get("meter", 4)
    return {**beats, "beats_s": times, "downbeats_s": times[phase % meter :: meter]}


def _phase(beats: dict[str, Any]) -> int:
    """Return how many beats come before the first bar line."""
    times, bars = beats.get("beats_s", []), beats.get("downbeats_s", [])
    return times.index(bars[0]) if bars and bars[0] in times else 0
