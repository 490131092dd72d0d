"""Audio files of every accepted format, made on the spot."""

from __future__ import annotations

import io

import av
import numpy as np
import soundfile
from av.audio.stream import AudioStream

RATE = 44_100
# name → container, codec, sample format
ENCODINGS = {
    "wav": ("wav", "pcm_s16le", "s16"),
    "flac": ("flac", "flac", "s16"),
    "mp3": ("mp3", "libmp3lame", "s16p"),
    "m4a": ("ipod", "aac", "fltp"),
    "aac": ("adts", "aac", "fltp"),
    "ogg": ("ogg", "vorbis", ""),  # written by libsndfile: FFmpeg's own encoder is no reference
    "opus": ("ogg", "libopus", "s16"),
    "aiff": ("aiff", "pcm_s16be", "s16"),
}


def tone(seconds: float, *, rate: int = RATE, hz: float = 440.0, peak: float = 0.5) -> np.ndarray:
    """Return a stereo sine, shape (frames, 2), float32, with another octave on the right."""
    t = np.arange(int(seconds * rate)) / rate
    pair = (np.sin(2 * np.pi * hz * t), np.sin(4 * np.pi * hz * t))
    return (peak * np.stack(pair, axis=1)).astype(np.float32)


def encoded(samples: np.ndarray, name: str, *, rate: int = RATE, **tags: str) -> bytes:
    """Return ``samples`` as a file of the format ``name``, one of ``ENCODINGS``."""
    container, codec, sample_format = ENCODINGS[name]
    tape = io.BytesIO()
    if name == "ogg":
        soundfile.write(tape, samples, rate, format="OGG", subtype="VORBIS")
        return tape.getvalue()
    with av.open(tape, "w", format=container) as out:
        out.metadata.update(tags)
        stream = out.add_stream(codec, rate=48_000 if name == "opus" else rate, layout="stereo")
        assert isinstance(stream, AudioStream)
        resampler = av.AudioResampler(
            sample_format, "stereo", stream.rate, frame_size=stream.codec_context.frame_size or None
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout="stereo"
        )
        frame.rate = rate
        for block in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(block):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return tape.getvalue()
