"""All strips of a desk, two at a time: by this process and a copy of it, where stems are memory of both."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping

import numpy as np

from generation.rendering.hands import divide, free_hands
from generation.rendering.tape import is_shared
from generation.rendering.voices.signal import Signal
from library.analysis.long_term import BANDS_HZ, Frames, rows_of, step_s

Strip = Callable[[str, Signal], Frames]
Told = Callable[[int], None]


class StripsLostError(Exception):
    """The copy died over a stem, which is then neither dry nor wet: play the song again."""


def through_strips(strip: Strip, stems: Mapping[str, Signal], told: Told) -> list[Frames]:
    """Put each stem through ``strip`` in place; return what they measure, in their order.

    ``told`` hears after each how many are done.

    Raises
    ------
    StripsLostError
        If a copy of this process was killed over one.
    """
    names = list(stems)
    length = max(map(len, stems.values()), default=0)
    found = _shared_rows(len(names), rows_of(length))

    def one(number: int) -> None:
        name = names[number]
        measured = strip(name, stems[name])
        found[number, :, :-1], found[number, :, -1] = measured.bands, measured.weighted

    # What does not lie on tape is memory of one process only.
    hands = free_hands() if all(map(is_shared, stems.values())) else 1
    lost = divide(len(names), one, told, hands=hands)
    if lost:
        raise StripsLostError(", ".join(names[number] for number in lost))
    return [Frames(rows[:, :-1], rows[:, -1], step_s()) for rows in found]


def _shared_rows(count: int, rows: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """Return room for what each stem measures, which a copy of this process fills as well as we do."""
    shape = (count, rows, len(BANDS_HZ) + 1)
    room = mmap.mmap(-1, max(1, int(np.prod(shape)) * np.dtype(np.float64).itemsize))
    return np.frombuffer(room, np.float64, int(np.prod(shape))).reshape(shape)
