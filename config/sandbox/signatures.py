"""Shazam's signatures: read the bytes, and find in which of many songs an excerpt's peaks stand.

The form of the bytes is that of SongRec's ``signature_format.rs``: a header of 48 bytes, then for
each of five bands the peaks of a spectrum of 1,025 bins at 125 frames a second. The search is by
pairs of peaks (Wang, "An Industrial-Strength Audio Search Algorithm", 2003).
"""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PREFIX = "data:audio/vnd.shazam.sig;base64,"
HEADER = struct.Struct("<12I")
MAGIC_1, MAGIC_2 = 0xCAFE2580, 0x94119C00
RATES_HZ = {1: 8_000, 2: 11_025, 3: 16_000, 4: 32_000, 5: 44_100, 6: 48_000}
RATE_SHIFT = 27
FIRST_BAND, LAST_BAND = 0x60030040, 0x60030044
ABSOLUTE_FRAME = 0xFF
FRAMES_PER_SECOND = 125.0
STEPS_PER_BIN = 64

FAN_OUT = 6
MOST_FRAMES = 254
FRAMES_PER_STEP = 2
SPEEDS = (1.0, *(1.0 + 0.0025 * step for step in range(-8, 9) if step))
LEAST_VOTES = 15
"""Pairs near one offset that make it worth a closer look."""
LEAST_PAIRS, ENOUGH_PAIRS, LEAST_SHARE = 40, 160, 0.06
"""Pairs that must fit the line: a share of all, within limits. Of a stranger that was made with the
same drums a twenty-fifth fits; under noise at 10 dB, which adds peaks, 240 of 5,000."""
SLACK_FRAMES = 6
SURE_SKEW = 1e-3
CLOSE_FRAMES = 1.5
LEAST_SPAN_FRAMES = 250

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class SignatureUnreadableError(ValueError):
    """The bytes are no signature."""


@dataclass(frozen=True)
class Peaks:
    """Peaks in the order of their frames; bins are fractional."""

    frames: Floats
    bins: Floats
    seconds: float


@dataclass(frozen=True)
class Found:
    """``offset_s``: where in the song the excerpt begins; skews: how much faster, how much higher."""

    song: int
    votes: int
    offset_s: float
    time_skew: float
    frequency_skew: float


def read_signature(uri: str) -> Peaks:
    """Read a signature as the app sends it.

    Raises
    ------
    SignatureUnreadableError
        With the first thing that is wrong.
    """
    if not uri.startswith(PREFIX):
        raise SignatureUnreadableError("it is not of the type audio/vnd.shazam.sig")
    try:
        raw = base64.b64decode(uri[len(PREFIX) :], validate=True)
    except ValueError:
        raise SignatureUnreadableError("it is not base64") from None
    if len(raw) < HEADER.size + 8:
        raise SignatureUnreadableError("it ends in the header")
    header = HEADER.unpack_from(raw)
    if (header[0], header[3]) != (MAGIC_1, MAGIC_2):
        raise SignatureUnreadableError("a magic number is wrong")
    if header[1] != zlib.crc32(raw[8:]):
        raise SignatureUnreadableError("the checksum is wrong")
    if header[2] != len(raw) - HEADER.size:
        raise SignatureUnreadableError("the length is wrong")
    rate_hz = RATES_HZ.get(header[7] >> RATE_SHIFT)
    if rate_hz is None:
        raise SignatureUnreadableError("the sample rate is unknown")
    peaks = sorted(_peaks(raw))
    frames = np.array([frame for frame, _bin in peaks], np.float64)
    bins = np.array([bin_ for _frame, bin_ in peaks], np.float64) / STEPS_PER_BIN
    return Peaks(frames, bins, max(0.0, header[10] / rate_hz - 0.24))


def _peaks(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield frame and bin of each peak, band after band."""
    at = HEADER.size + 8
    while at < len(raw):
        if at + 8 > len(raw):
            raise SignatureUnreadableError("it ends between two bands")
        band, size = struct.unpack_from("<2I", raw, at)
        body = raw[at + 8 : at + 8 + size]
        at += 8 + size + -size % 4
        if not FIRST_BAND <= band <= LAST_BAND or len(body) < size:
            raise SignatureUnreadableError("a band is unknown or ends early")
        frame = place = 0
        while place < size:
            step, place = body[place], place + 1
            if place + 4 > size:
                raise SignatureUnreadableError("a peak ends early")
            if step == ABSOLUTE_FRAME:
                (frame,) = struct.unpack_from("<I", body, place)
            else:
                frame += step
                _magnitude, bin_ = struct.unpack_from("<2H", body, place)
                yield frame, bin_
            place += 4


@dataclass(frozen=True)
class _Pairs:
    hashes: Ints
    frames: Floats
    bins: Floats


def _pairs(peaks: Peaks, speed: float = 1.0) -> _Pairs:
    """Pair each peak with those after it; ``speed`` undoes a change of speed."""
    frames, bins = peaks.frames * speed, peaks.bins / speed
    hashes, firsts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for ahead in range(1, min(FAN_OUT + 1, len(frames))):
        apart = frames[ahead:] - frames[:-ahead]
        first = np.flatnonzero(apart <= MOST_FRAMES)
        rise = np.round(bins[first + ahead] - bins[first]).astype(np.int64) + 1024
        steps = np.round(apart[first] / FRAMES_PER_STEP).astype(np.int64)
        hashes.append(np.round(bins[first]).astype(np.int64) << 18 | rise << 7 | steps)
        firsts.append(first)
    first = np.concatenate(firsts)
    return _Pairs(np.concatenate(hashes), peaks.frames[first], peaks.bins[first])


class Shelf:
    """Songs by their signatures, in memory, ready to be searched."""

    def __init__(self, songs: Sequence[Peaks]) -> None:
        parts = [_pairs(song) for song in songs]
        hashes = np.concatenate([part.hashes for part in parts] or [np.zeros(0, np.int64)])
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._frames = np.concatenate([p.frames for p in parts] or [np.zeros(0)])[order]
        self._bins = np.concatenate([p.bins for p in parts] or [np.zeros(0)])[order]
        owners = [np.full(len(part.hashes), number) for number, part in enumerate(parts)]
        self._songs = np.concatenate(owners or [np.zeros(0, np.int64)])[order]

    def find(self, excerpt: Peaks) -> Found | None:
        """Return the song with most pairs on one offset, at the first speed that has enough."""
        best: Found | None = None
        for speed in SPEEDS:
            found = self._find_at(excerpt, speed)
            if found and (best is None or found.votes > best.votes):
                best = found
            if best and speed == 1.0 and abs(best.time_skew) < SURE_SKEW:
                break
        return best

    def _find_at(self, excerpt: Peaks, speed: float) -> Found | None:
        asked = _pairs(excerpt, speed)
        first = np.searchsorted(self._hashes, asked.hashes, "left")
        count = np.searchsorted(self._hashes, asked.hashes, "right") - first
        total = int(count.sum())
        if not total:
            return None
        query = np.repeat(np.arange(len(count)), count)
        starts = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        held = starts + np.arange(total)
        offsets = self._frames[held] - asked.frames[query] * speed
        lines = self._songs[held] << 32 | (
            np.floor(offsets / SLACK_FRAMES).astype(np.int64) + 2**31
        )
        names, votes = np.unique(lines, return_counts=True)
        top = int(votes.argmax())
        if votes[top] < LEAST_VOTES:
            return None
        song = int(names[top] >> 32)
        centre = float(np.median(offsets[lines == names[top]]))
        on_line = (self._songs[held] == song) & (np.abs(offsets - centre) <= SLACK_FRAMES)
        found = self._measured(song, asked, query[on_line], held[on_line], speed)
        enough = max(LEAST_PAIRS, min(ENOUGH_PAIRS, LEAST_SHARE * len(asked.hashes)))
        return found if found.votes >= enough else None

    def _measured(self, song: int, asked: _Pairs, query: Ints, held: Ints, speed: float) -> Found:
        """Fit the line of time through the pairs that agree."""
        theirs, ours = asked.frames[query], self._frames[held]
        slope = speed
        if np.ptp(theirs) >= LEAST_SPAN_FRAMES:
            slope = float(np.polyfit(theirs, ours, 1)[0])
        offset = float(np.median(ours - slope * theirs))
        close = np.abs(ours - slope * theirs - offset) <= CLOSE_FRAMES
        ratio = float(np.median(asked.bins[query] / self._bins[held]))
        pairs = len(np.unique(query[close]))
        return Found(song, pairs, offset / FRAMES_PER_SECOND, slope - 1.0, ratio - 1.0)
