"""What lies in storage as FLAC, read back: whole numbers, and the same song as a WAV."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from generation.exports.encode import Kind, encode
from generation.exports.errors import AudioUnfitError
from generation.exports.quantise import BITS, BLOCK_FRAMES, FULL_SCALE, as_24_bits
from generation.exports.tags import Tags
from generation.exports.wav import info_chunk, pack_24, wav_header

CONTAINER_BITS = 32
"""What libsndfile gives, whatever is in the file: the sample in the highest bits."""


class StoredFlac:
    """A stereo FLAC that lies in storage, read block by block as whole numbers of 24 bits."""

    def __init__(self, stream: BinaryIO) -> None:
        self._file = soundfile.SoundFile(stream)
        if (self._file.format, self._file.channels) != ("FLAC", 2):
            raise AudioUnfitError(f"it is {self._file.format} in {self._file.channels} channels")
        self.frames: int = self._file.frames
        self.rate_hz: int = self._file.samplerate

    def tags(self) -> Tags:
        """Return the names that stand in the file."""
        names = ("title", "artist", "comment", "album")
        return Tags(**{name: str(getattr(self._file, name) or "") for name in names})

    def blocks(self) -> Iterator[NDArray[np.int32]]:
        """Yield its samples, (frames, 2)."""
        while len(block := self._file.read(BLOCK_FRAMES, dtype="int32", always_2d=True)):
            yield block >> (CONTAINER_BITS - BITS)

    def audio(self) -> NDArray[np.float32]:
        """Return all of it as floats, for an encoder."""
        return _floats(np.concatenate([*self.blocks()]))

    def wav(self) -> Iterator[bytes]:
        """Yield a master as WAV: byte for byte the file that ``master_sha256`` was told of."""
        behind = info_chunk(self.tags().of_master().named())
        yield wav_header(self.frames, self.rate_hz, len(behind))
        for block in self.blocks():
            yield pack_24(block)
        yield behind


def mp3_of_master(audio: NDArray[np.float32], rate_hz: int, tags: Tags) -> bytes:
    """Return the MP3 that ``lossy_of`` makes of this master's FLAC, without the way through it."""
    rounded = np.empty(audio.shape, np.float32)
    for start in range(0, len(audio), BLOCK_FRAMES):
        part = slice(start, start + BLOCK_FRAMES)
        rounded[part] = _floats(as_24_bits(audio[part]))
    return encode(rounded, rate_hz, "mp3_320", tags)


def lossy_of(flac: bytes, kind: Kind, title: str) -> bytes:
    """Return a stored master as ``kind`` under its present title: the same bytes whenever it is made."""
    master = StoredFlac(io.BytesIO(flac))
    tags = replace(master.tags(), title=title)
    return encode(master.audio(), master.rate_hz, kind, tags)


def _floats(whole: NDArray[np.int32]) -> NDArray[np.float32]:
    return whole.astype(np.float32) / np.float32(FULL_SCALE)
