"""Files to float32 PCM. For files we trust (commands, tests); uploads go through the jail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from library.analysis.errors import AudioUnreadableError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt


@dataclass(frozen=True)
class Pcm:
    """``samples``: float32, frames by channels, full scale 1."""

    samples: npt.NDArray[np.float32]
    sample_rate: int


def decode_file(path: Path) -> Pcm:
    """Decode any format that libsndfile or FFmpeg reads, at its own rate and channel count.

    libsndfile first (WAV, FLAC, Ogg, MP3: 40 to 140 ms for three minutes), FFmpeg for the rest
    (M4A, AAC, and WAV flavours that libsndfile refuses).

    Raises
    ------
    AudioUnreadableError
        The file is missing, is a folder, or no decoder finds audio in it.
    """
    import soundfile

    if not path.is_file():
        raise AudioUnreadableError("there is no such file")
    if path.stat().st_size == 0:
        raise AudioUnreadableError("the file is empty")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        return _decode_with_ffmpeg(path)
    return Pcm(samples, int(rate))


def _decode_with_ffmpeg(path: Path) -> Pcm:
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioUnreadableError("it holds no audio stream")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp")
            blocks = [
                out.to_ndarray()
                for frame in container.decode(stream)
                for out in resampler.resample(frame)
            ]
            rate = stream.rate
    except av.FFmpegError as error:
        raise AudioUnreadableError(error.strerror or "no decoder accepts it") from error
    if not blocks:
        raise AudioUnreadableError("it holds no audio frame")
    samples = np.concatenate(blocks, axis=1).T.astype(np.float32)
    return Pcm(np.ascontiguousarray(samples), int(rate))
