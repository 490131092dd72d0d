"""WAV files of 24 bits: a plain header, the samples from byte 44 on, names behind them.

Written here and not by a library because stems are streamed into an archive block by block, and
because the header then says the same for the same song: no date, no name of a program.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from generation.exports.quantise import BITS, BLOCK_FRAMES, as_24_bits, require_stereo

CHANNELS = 2
FRAME_BYTES = CHANNELS * BITS // 8
PCM = 1
HEADER_BYTES = 44
INFO_NAMES = {"title": "INAM", "artist": "IART", "album": "IPRD", "comment": "ICMT"}
"""What a LIST INFO chunk calls them."""


def wav_blocks(
    audio: NDArray[np.float32], rate_hz: int, info: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """Yield a WAV file of ``audio``, shape (frames, 2), piece by piece.

    ``info`` are names for people: see :func:`info_chunk`.

    Raises
    ------
    AudioUnfitError
        If ``audio`` is not stereo, empty, or not finite.
    """
    require_stereo(audio)
    behind = info_chunk(info or {})
    yield wav_header(len(audio), rate_hz, len(behind))
    for start in range(0, len(audio), BLOCK_FRAMES):
        yield pack_24(as_24_bits(audio[start : start + BLOCK_FRAMES]))
    yield behind


def wav_header(frames: int, rate_hz: int, behind: int = 0) -> bytes:
    """Return the 44 bytes before the samples; ``behind`` bytes of other chunks follow them."""
    size = frames * FRAME_BYTES
    rates = (rate_hz, rate_hz * FRAME_BYTES, FRAME_BYTES, BITS)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + size + behind, b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, PCM, CHANNELS, *rates)
        + struct.pack("<4sI", b"data", size)
    )


def pack_24(samples: NDArray[np.int32]) -> bytes:
    """Return the three low bytes of each sample, the lowest first."""
    four = samples.astype("<i4").view(np.uint8).reshape(-1, 4)
    return four[:, :3].tobytes()


def info_chunk(info: Mapping[str, str]) -> bytes:
    """Return what stands behind the samples: ``title``, ``artist``, ``album`` and ``comment``."""
    body = b"".join(
        _chunk(INFO_NAMES[name].encode(), text.encode() + b"\0")
        for name, text in info.items()
        if text
    )
    return _chunk(b"LIST", b"INFO" + body) if body else b""


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
