"""A master as the four files people ask for. Pure: an array in, bytes out; same array, same bytes.

============ ===================================== =========================================
kind         what                                  alignment with the master
============ ===================================== =========================================
``wav24``    PCM, 24 bits, TPDF dither             sample for sample
``flac``     FLAC of the same 24-bit samples       sample for sample, equal to the WAV
``mp3_320``  MPEG layer 3, constant 320 kbit/s     1,105 samples of encoder delay, declared in the
                                                   LAME header: gapless players drop them and the
                                                   padding; others start 25 ms late
``aac``      AAC-LC in MP4, 256 kbit/s             1,024 samples of priming, declared in the edit
                                                   list: players drop them; fewer than 1,024 samples
                                                   of padding may follow
============ ===================================== =========================================

No file names a date or the version of a program.
"""

from __future__ import annotations

import hashlib
import io
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from generation.exports.quantise import BITS, BLOCK_FRAMES, as_24_bits, require_stereo
from generation.exports.tags import Tags
from generation.exports.wav import wav_blocks

Kind = Literal["wav24", "flac", "mp3_320", "aac"]
SUFFIXES: dict[Kind, str] = {"wav24": ".wav", "flac": ".flac", "mp3_320": ".mp3", "aac": ".m4a"}
CONTENT_TYPES: dict[Kind, str] = {
    "wav24": "audio/wav",
    "flac": "audio/flac",
    "mp3_320": "audio/mpeg",
    "aac": "audio/mp4",
}
FLAC_LEVEL = 0.5
"""Of libFLAC's 0 to 8, as a fraction: a level higher costs twice the time for half a per cent."""


def encode(audio: NDArray[np.float32], rate: int, kind: Kind, tags: Tags) -> bytes:
    """Return ``audio``, shape (frames, 2) at ``rate`` Hz, as a file of ``kind``.

    Raises
    ------
    AudioUnfitError
        If ``audio`` is not stereo, empty, or not finite.
    """
    require_stereo(audio)
    if kind == "wav24":
        return b"".join(wav_blocks(audio, rate, tags.named()))
    if kind == "flac":
        return _flac(audio, rate, tags)
    # FFmpeg takes a tenth of a second to load, which those two alone are to wait for.
    from generation.exports.lossy import aac_bytes, mp3_bytes  # noqa: PLC0415

    return (mp3_bytes if kind == "mp3_320" else aac_bytes)(audio, rate, tags)


def master_sha256(audio: NDArray[np.float32], rate: int, tags: Tags) -> str:
    """Return the hash of the WAV that receipts speak of, without keeping it: it is in the FLAC."""
    digest = hashlib.sha256()
    for block in wav_blocks(audio, rate, tags.of_master().named()):
        digest.update(block)
    return digest.hexdigest()


def _flac(audio: NDArray[np.float32], rate: int, tags: Tags) -> bytes:
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", rate, 2, "PCM_24", format="FLAC", compression_level=FLAC_LEVEL
    ) as file:
        for name, text in tags.named().items():
            setattr(file, name, text)
        for start in range(0, len(audio), BLOCK_FRAMES):
            block = as_24_bits(audio[start : start + BLOCK_FRAMES])
            file.write(block << (32 - BITS))
    return out.getvalue()
