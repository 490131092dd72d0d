"""Write decoded audio as AAC, for players. Apart from what only reads: FFmpeg takes long to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

AAC_BITS_PER_S = 192_000


def write_m4a(blocks: Iterable[NDArray[np.float32]], rate_hz: int, path: Path) -> None:
    """Write stereo ``blocks``, one after the other, as AAC-LC at 192 kbit/s, its index in front.

    So it streams. Blocks have the shape (frames, 2).
    """
    with av.open(str(path), "w", format="ipod", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("aac", rate=rate_hz, layout="stereo")
        stream.bit_rate = AAC_BITS_PER_S
        stream.options = {"aac_coder": "fast"}  # at this rate the search gains nothing to the ear
        frame_size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler("fltp", "stereo", rate_hz, frame_size=frame_size)
        for block in blocks:
            packed = np.ascontiguousarray(block).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
            frame.rate = rate_hz
            for piece in resampler.resample(frame):
                out.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
