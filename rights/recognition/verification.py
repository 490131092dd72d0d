"""Whether two fingerprints are of one recording: window by window, all on one line of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from library.analysis.fingerprint import match_fingerprint
from library.analysis.types import Fingerprint

if TYPE_CHECKING:
    import numpy.typing as npt

WINDOW_S = 12.0
MOST_WINDOWS = 8
SLACK_S = 2.0
"""How far a window may lie off the line: what a speed between two of ours drifts in a song."""
LEAST_AGREEING = 80
"""Landmarks of one window. Songs made with the same instruments in the same key share up to 60 by
chance; the least that damage left of the right song were 150."""
LEAST_SHARE = 0.25
"""Of the windows, so that ten seconds borrowed from a song do not make the song."""
LEAST_HASHES = 60
"""A window with fewer says nothing, for example one of silence."""
LEAST_FOR_SLOPE = 3


@dataclass(frozen=True)
class Agreement:
    """How far a query agrees with one reference.

    Attributes
    ----------
    score
        Landmarks that agree, over all agreeing windows.
    windows, agreeing
        Windows that hold enough to be judged, and those that agree.
    offset_s
        Where in the reference the query begins.
    speed
        Of the query against the reference, refined by the drift along the windows.
    """

    score: int
    windows: int
    agreeing: int
    offset_s: float
    speed: float

    @property
    def is_match(self) -> bool:
        """Whether it is the recording."""
        return self.agreeing > 0 and self.agreeing >= LEAST_SHARE * self.windows


def compare(
    query: Fingerprint, speed: float, reference: Fingerprint, shift_frames: int
) -> Agreement:
    """Compare ``query``, hashed at ``speed``, with ``reference`` along the line of ``shift_frames``.

    Each of up to eight windows is looked for only where the line says it must be, so that a loop
    which two songs share at different places does not make them one.
    """
    per_second = reference.frames_per_second
    windows = _windows(query, per_second)
    score, agreeing, places, offsets = 0, 0, [], []
    for start, stop, part in windows:
        near = _between(
            reference,
            start + shift_frames - SLACK_S * per_second,
            stop + shift_frames + SLACK_S * per_second,
        )
        match = match_fingerprint({speed: part}, near)
        if match.score >= LEAST_AGREEING:
            agreeing += 1
            score += match.score
            places.append(start)
            offsets.append(match.offset_s * per_second)
    drift = _slope(places, offsets) if len(places) >= LEAST_FOR_SLOPE else 0.0
    return Agreement(
        score=score,
        windows=max(1, len(windows)),
        agreeing=agreeing,
        offset_s=float(np.median(offsets)) / per_second if offsets else 0.0,
        speed=speed * (1.0 + drift),
    )


def _slope(places: list[float], offsets: list[float]) -> float:
    """Return the median slope over all pairs of windows (Theil and Sen).

    A window of a loop may agree one bar off; a least-squares line would bend towards it.
    """
    first, second = np.triu_indices(len(places), 1)
    rise = np.subtract(np.take(offsets, second), np.take(offsets, first))
    return float(np.median(rise / np.subtract(np.take(places, second), np.take(places, first))))


def _windows(query: Fingerprint, per_second: float) -> list[tuple[float, float, Fingerprint]]:
    """Cut the part of the query that sounds into at most eight windows, evenly spread."""
    if not len(query.frames):
        return []
    length = WINDOW_S * per_second
    first, last = float(query.frames.min()), float(query.frames.max())
    count = min(MOST_WINDOWS, max(1, int((last - first) // length)))
    cut = []
    for start in np.linspace(first, max(first, last - length), count):
        part = _between(query, start, start + length)
        if len(part.hashes) >= LEAST_HASHES:
            cut.append((float(start), float(start + length), part))
    return cut


def _between(whole: Fingerprint, start: float, stop: float) -> Fingerprint:
    inside: npt.NDArray[np.bool_] = (whole.frames >= start) & (whole.frames < stop)
    return Fingerprint(whole.hashes[inside], whole.frames[inside], whole.frames_per_second)
