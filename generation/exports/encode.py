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
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from generation.exports.id3 import id3_tag
from generation.exports.quantise import BITS, BLOCK_FRAMES, as_24_bits, require_stereo
from generation.exports.tags import Tags
from generation.exports.wav import wav_blocks

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

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
    if kind == "mp3_320":
        return _mp3(audio, rate, tags)
    return _aac(audio, rate, tags)


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


def _mp3(audio: NDArray[np.float32], rate: int, tags: Tags) -> bytes:
    out = io.BytesIO()
    # No names from FFmpeg, which puts a comment where few players look for it.
    options = {"write_xing": "1", "id3v2_version": "0", "fflags": "+bitexact"}
    with av.open(out, "w", format="mp3", options=options) as container:
        stream = container.add_stream("libmp3lame", rate=rate)
        stream.bit_rate = 320_000
        stream.layout = "stereo"
        stream.format = "fltp"
        # LAME's levels below 7 shape the noise, half as long again: with bits to spare that leaves
        # more of it (38.4 dB below our songs, not 37.1), most of all where the ear is sharp.
        # Two channels of 160 kbit/s each: to weigh middle and side besides takes a quarter longer for
        # .5 dB (41.5 and 42.1 dB).
        stream.options = {"compression_level": "7", "joint_stereo": "0", "flags": "+bitexact"}
        _feed(container, stream, audio, rate)
    return id3_tag(tags.title, tags.artist, tags.album, tags.comment) + out.getvalue()


def _aac(audio: NDArray[np.float32], rate: int, tags: Tags) -> bytes:
    # The index goes in front, so that a browser may start at once; FFmpeg then rereads its output
    # by name, which takes a file.
    with tempfile.TemporaryDirectory(prefix="aac-") as folder:
        path = Path(folder) / "song.m4a"
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(path), "w", format="ipod", options=options) as container:
            container.metadata.update(tags.named())
            stream = container.add_stream("aac", rate=rate)
            stream.bit_rate = 256_000
            stream.layout = "stereo"
            # The long search takes twice the time, and leaves as much of music: -41.3 dB, not -41.6.
            # Noise and intensity stereo stand in for bits, which are there: 32.3 dB without, 31.5 with.
            sparing = {"aac_pns": "0", "aac_is": "0"}
            stream.options = {"aac_coder": "fast", "flags": "+bitexact", **sparing}
            _feed(container, stream, audio, rate)
        return path.read_bytes()


def _feed(
    container: av.container.OutputContainer,
    stream: AudioStream,
    audio: NDArray[np.float32],
    rate: int,
) -> None:
    """Encode ``audio`` in frames of the codec's size, the last one shorter."""
    size = stream.codec_context.frame_size or 1152
    for start in range(0, len(audio), size):
        block = np.ascontiguousarray(np.clip(audio[start : start + size], -1.0, 1.0).T, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.rate = rate
        frame.pts = start
        frame.time_base = Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
