"""A guitar or bass amplifier: the whole part is bent at once, so that its notes colour each other."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import iirpeak, tf2sos

from generation.rendering.arrangement import RATE
from generation.rendering.voices.signal import Signal, design, filter_in_place

USUAL_PEAK = 0.12
"""Level of a single note at which an amplifier at 1 begins to bend."""
SPEAKER_HZ = 4800.0
PRESENCE_HZ, PRESENCE_GAIN = 2400.0, 0.7
LOW_HZ = 75.0
FROM_SPEAKER = 0.5
STRETCH = 1 << 16


def amplify(x: Signal, amount: float) -> None:
    """Put ``x`` through an amplifier driven by ``amount`` (0 to 1) and its loudspeaker, in place.

    The loudness of a usual note stays where it was. At small amounts the loudspeaker is left out: a
    bass is recorded from its own pick-up.
    """
    push = 0.6 + 3.4 * amount
    level = USUAL_PEAK / np.tanh(push) / (1 + 0.5 * amount)
    for start in range(0, len(x), STRETCH):
        piece = x[start : start + STRETCH]
        if piece.any():
            bent = np.tanh(piece * np.float32(push / USUAL_PEAK))
            # A little of the even harmonics that a valve adds; the high-pass takes its offset away.
            piece[:] = (bent + np.float32(0.08 * amount) * bent * bent) * np.float32(level)
    filter_in_place(x, _speaker() if amount >= FROM_SPEAKER else design("high", 24.0, 0.0, 2))


@lru_cache(maxsize=1)
def _speaker() -> NDArray[np.float64]:
    presence = np.array(tf2sos(*iirpeak(PRESENCE_HZ, 1.2, fs=RATE)))
    # y = x + g * peak(x), as one section.
    presence[0, :3] = presence[0, 3:] + PRESENCE_GAIN * presence[0, :3]
    low, high = design("high", LOW_HZ, 0.0, 2), design("low", 0.0, SPEAKER_HZ, 4)
    return np.concatenate([low, high, presence])
