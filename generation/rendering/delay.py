"""Echoes in the song's tempo, thrown only where a phrase ends and leaves room for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import RATE, Note

Floats = npt.NDArray[np.float32]

REST_BEATS = 1.0
"""A rest at least so long ends a phrase."""
DELAY_BEATS = 0.75
TAPS_DB = (-11.0, -17.0, -23.0)
LONGEST_THROW_BEATS = 1.5
FADE_S = 0.03


def phrase_ends(notes: Sequence[Note], beat_s: float) -> list[tuple[float, float]]:
    """Return start and end in seconds of each last note before a rest, at most 1.5 beats of it."""
    ordered = sorted(notes, key=lambda note: note.start_s)
    ends = []
    for number, note in enumerate(ordered):
        stop = note.start_s + note.length_s
        following = ordered[number + 1].start_s if number + 1 < len(ordered) else float("inf")
        if following - stop >= REST_BEATS * beat_s:
            ends.append((max(note.start_s, stop - LONGEST_THROW_BEATS * beat_s), stop))
    return ends


def add_echoes(mid: Floats, side: Floats, notes: Sequence[Note], bpm: float) -> None:
    """Add echoes of the phrase ends in place: dotted eighths that go left, right and left again."""
    beat_s = 60 / bpm
    lag = round(DELAY_BEATS * beat_s * RATE)
    fade = np.linspace(0, 1, round(FADE_S * RATE), dtype=np.float32)
    throws = []
    for start_s, end_s in phrase_ends(notes, beat_s):
        first = max(0, round(start_s * RATE))
        # What the note leaves ringing is thrown along, so the fade comes after its end.
        last = min(len(mid), round(end_s * RATE) + 2 * len(fade))
        throw = mid[first:last].copy()
        if len(throw) < 3 * len(fade):
            continue
        throw[: len(fade)] *= fade
        throw[-len(fade) :] *= fade[::-1]
        throws.append((first, throw))
    for number, tap_db in enumerate(TAPS_DB, start=1):
        gain = np.float32(10 ** (tap_db / 20))
        where = np.float32(0.7 if number % 2 else -0.7)
        for first, throw in throws:
            at = first + number * lag
            room = max(0, min(len(throw), len(mid) - at))
            mid[at : at + room] += gain * throw[:room]
            side[at : at + room] += gain * where * throw[:room]
