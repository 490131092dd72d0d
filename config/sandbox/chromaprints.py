"""Chromaprint's compressed fingerprints: read them, and say how alike two are.

A fingerprint is one 32-bit number for each eighth of a second. Compressed, each number is XORed
with the one before it and its set bits are written as gaps of three bits, 7 standing for one that
goes on in five bits further behind (Chromaprint, ``fingerprint_compressor.cpp``).
"""

from __future__ import annotations

import base64
import binascii

import numpy as np
import numpy.typing as npt

NORMAL_BITS, EXCEPTION_BITS = 3, 5
GOES_ON = 7
LONGEST = 10_000
FARTHEST_FRAMES = 80
"""How far apart two copies of a recording may begin: ten seconds."""
LEAST_OVERLAP = 0.5

Frames = npt.NDArray[np.uint32]


class ChromaprintUnreadableError(ValueError):
    """The text is no fingerprint."""


def read_chromaprint(text: str) -> Frames:
    """Return the numbers of a compressed fingerprint in URL-safe base64.

    Raises
    ------
    ChromaprintUnreadableError
        If it is none, or is cut off.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ChromaprintUnreadableError("no base64") from None
    size = int.from_bytes(raw[1:4], "big")
    if len(raw) < 5 or not 0 < size <= LONGEST:
        raise ChromaprintUnreadableError("no header, or of an impossible length")
    gaps = _numbers(raw[4:], NORMAL_BITS)
    ends = np.flatnonzero(gaps == 0)
    if len(ends) < size:
        raise ChromaprintUnreadableError("cut off")
    gaps = gaps[: int(ends[size - 1]) + 1]
    exceptions = _numbers(raw[4 + -(-len(gaps) * NORMAL_BITS // 8) :], EXCEPTION_BITS)
    goes_on = np.flatnonzero(gaps == GOES_ON)
    if len(exceptions) < len(goes_on):
        raise ChromaprintUnreadableError("cut off")
    gaps[goes_on] += exceptions[: len(goes_on)]
    return _joined(gaps.tolist())


def likeness(one: Frames, other: Frames) -> float:
    """Return how alike two recordings sound, 1 for the same and about 0 for strangers.

    At the offset where most bits agree: 1 less twice the share of bits that differ, times the share
    of the shorter one that overlaps.
    """
    shorter = min(len(one), len(other))
    best = 0.0
    for offset in range(-FARTHEST_FRAMES, FARTHEST_FRAMES + 1):
        left, right = one[max(0, offset) :], other[max(0, -offset) :]
        length = min(len(left), len(right))
        if length < max(1, shorter * LEAST_OVERLAP):
            continue
        differ = int(np.bitwise_count(left[:length] ^ right[:length]).sum())
        best = max(best, (1 - 2 * differ / (32 * length)) * length / shorter)
    return best


def _numbers(raw: bytes, bits: int) -> npt.NDArray[np.int64]:
    """Return the whole numbers of ``bits`` bits each, the lowest bit first."""
    stream = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    whole = stream[: len(stream) // bits * bits].reshape(-1, bits)
    return whole.astype(np.int64) @ (1 << np.arange(bits))


def _joined(gaps: list[int]) -> Frames:
    frames: list[int] = []
    before = number = place = 0
    for gap in gaps:
        if gap:
            place += gap
            if place > 32:
                raise ChromaprintUnreadableError("more than 32 bits")
            number |= 1 << place - 1
            continue
        before ^= number
        frames.append(before)
        number = place = 0
    return np.array(frames, np.uint32)
