"""A guitar or bass amplifier: the whole part is bent at once, so that its notes colour each other."""

from __future__ import annotations

import numpy as np
from scipy.signal import iirpeak, sosfilt, tf2sos

from generation.rendering.arrangement import RATE
from generation.rendering.voices.signal import Signal, highpass, lowpass

USUAL_PEAK = 0.12
"""Level of a single note at which an amplifier at 1 begins to bend."""
SPEAKER_HZ = 4800.0
PRESENCE_HZ, PRESENCE_GAIN = 2400.0, 0.7
LOW_HZ = 75.0


def amplified(x: Signal, amount: float) -> Signal:
    """Return ``x`` through an amplifier driven by ``amount`` (0 to 1) and its loudspeaker.

    The loudness of a usual note stays where it was. At small amounts the loudspeaker is left out: a
    bass is recorded from its own pick-up.
    """
    push = 0.6 + 3.4 * amount
    bent = np.tanh(x.astype(np.float64) * (push / USUAL_PEAK))
    # A little of the even harmonics that a valve adds; the high-pass takes the offset away again.
    bent += 0.08 * amount * bent**2
    bent *= USUAL_PEAK / np.tanh(push) / (1 + 0.5 * amount)
    if amount >= 0.5:
        bent = lowpass(highpass(bent, LOW_HZ), SPEAKER_HZ, 4)
        peak = tf2sos(*iirpeak(PRESENCE_HZ, 1.2, fs=RATE))
        bent = bent + PRESENCE_GAIN * sosfilt(peak, bent, axis=0)
        return np.asarray(bent, np.float32)
    return highpass(bent, 24.0).astype(np.float32)
