"""Short pieces of audio whose every sample is known."""

from __future__ import annotations

import numpy as np

RATE = 44_100


def chirp(seconds=1.5, *, lead_in_s=0.1, rate=RATE):
    """Return stereo: silence, then a sweep with a sharp onset, different left and right."""
    t = np.arange(round(seconds * rate)) / rate
    sweep = np.sin(2 * np.pi * (200 * t + 900 * t**2)) * np.exp(-2 * t)
    other = np.sin(2 * np.pi * (310 * t + 500 * t**2)) * np.exp(-2 * t)
    sound = 0.6 * np.stack([sweep, other], 1)
    silence = np.zeros((round(lead_in_s * rate), 2))
    return np.concatenate([silence, sound]).astype(np.float32)
