"""Which few numbers of a fingerprint go into the index: four peaks at once, one in twenty of them.

A landmark hash holds two peaks in 21 bits. Among a million recordings each would be shared by
thousands, so the index keeps *quads*: a peak with three of the five peaks that its landmarks pair
it with, 47 bits. A quad survives damage less often than a pair and is shared by chance ten
thousand times less often; docs/algorithms/recognition.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.fingerprint import FAN_OUT

if TYPE_CHECKING:
    from library.analysis.types import Fingerprint

INDEX_REVISION = "quads-1"
"""Keys of different revisions never meet."""
PAIR_BITS, APART_BITS, RISE_BITS = 13, 6, 7
ONE_IN = 20
"""Of all quads this share is kept, chosen by the quad itself, so that both sides choose alike."""
MIX = np.uint64(0x9E3779B97F4A7C15)
"""Knuth's multiplicative hash: 2^64 divided by the golden ratio."""
MIX_SHIFT = np.uint64(40)
SAME_KEY_MOST = 4
"""A loop repeats its quads for minutes; so many places of one are enough to find it."""


@dataclass(frozen=True)
class IndexKeys:
    """Quads (int64) and the frames (int32) where they stand, sorted by quad and frame."""

    keys: npt.NDArray[np.int64]
    frames: npt.NDArray[np.int32]


def index_keys(fingerprint: Fingerprint) -> IndexKeys:
    """Return what the index holds of a recording, or looks up for a query.

    About eight quads per second of music, the same for the same sound wherever it is cut.
    """
    keys, frames = all_quads(fingerprint)
    chosen = is_chosen(keys)
    keys, frames = keys[chosen], frames[chosen]
    order = np.lexsort((frames, keys))
    keys, frames = keys[order], frames[order]
    rank = np.arange(len(keys)) - np.searchsorted(keys, keys)
    kept = rank < SAME_KEY_MOST
    return IndexKeys(keys[kept], frames[kept].astype(np.int32))


def is_chosen(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say of each quad whether it is one of those that are kept."""
    chosen: npt.NDArray[np.bool_] = ((keys.astype(np.uint64) * MIX) >> MIX_SHIFT) % np.uint64(
        ONE_IN
    ) == 0
    return chosen


def evenly(keys: IndexKeys, most: int) -> IndexKeys:
    """Return at most ``most`` of the keys, spread evenly over the time they cover."""
    if len(keys.keys) <= most:
        return keys
    in_time = np.argsort(keys.frames, kind="stable")
    chosen = np.sort(in_time[np.linspace(0, len(in_time) - 1, most).astype(np.int64)])
    return IndexKeys(keys.keys[chosen], keys.frames[chosen])


def all_quads(
    fingerprint: Fingerprint,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Join the landmark pairs that begin at one peak, three at a time: quads and their frames.

    Two peaks never share a frame and a bin, so those two name the peak.
    """
    hashes = fingerprint.hashes.astype(np.int64)
    pair = hashes & ((1 << PAIR_BITS) - 1)
    apart, rise = pair & ((1 << APART_BITS) - 1), pair >> APART_BITS
    peak = fingerprint.frames.astype(np.int64) << 8 | hashes >> PAIR_BITS
    order = np.lexsort((rise, apart, peak))
    peak, pair = peak[order], (apart << RISE_BITS | rise)[order]
    first = np.flatnonzero(np.diff(peak, prepend=-1))
    count = np.diff(first, append=len(peak))
    keys, frames = [], []
    for one, two, three in combinations(range(FAN_OUT), 3):
        at = first[count > three]
        keys.append(
            (peak[at] & 0xFF) << 3 * PAIR_BITS
            | pair[at + one] << 2 * PAIR_BITS
            | pair[at + two] << PAIR_BITS
            | pair[at + three]
        )
        frames.append(peak[at] >> 8)
    return np.concatenate(keys), np.concatenate(frames)
