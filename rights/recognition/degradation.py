"""What may happen to a recording before it reaches us: coding, noise, speed, filters, silence."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
import scipy.fft
import soxr

Floats: TypeAlias = npt.NDArray[np.float32]
Heard: TypeAlias = tuple[Floats, int]

MP3_RATE_HZ = 44_100
SILENCE_S = 7.0
TILT_DB_PER_OCTAVE = 3.0
TILT_PIVOT_HZ, TILT_FLOOR_HZ = 1_000.0, 20.0


@dataclass(frozen=True)
class Degradation:
    """One way to spoil a mono recording; ``is_hard`` marks those with the lower target."""

    name: str
    apply: Callable[[Floats, int], Heard]
    is_hard: bool = False


def as_mp3(samples: Floats, rate_hz: int, *, kbit_s: int) -> Heard:
    """Encode with LAME at a constant rate and decode again."""
    tape = io.BytesIO()
    wave = soxr.resample(samples, rate_hz, MP3_RATE_HZ)
    with av.open(tape, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=MP3_RATE_HZ, layout="mono")
        stream.bit_rate = kbit_s * 1_000
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(wave[None], np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = MP3_RATE_HZ
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    tape.seek(0)
    with av.open(tape, "r") as source:
        blocks = [frame.to_ndarray() for frame in source.decode(audio=0)]
    return np.concatenate(blocks, axis=1)[0].astype(np.float32), MP3_RATE_HZ


def with_pink_noise(samples: Floats, rate_hz: int, *, snr_db: float, seed: int = 1) -> Heard:
    """Add pink noise (3 dB less per octave), ``snr_db`` under the mean power of the recording."""
    length = scipy.fft.next_fast_len(len(samples), real=True)
    spectrum = scipy.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = scipy.fft.irfft(spectrum, length)[: len(samples)]
    level = samples.std() * 10 ** (-snr_db / 20) / noise.std()
    return (samples + level * noise).astype(np.float32), rate_hz


def at_speed(samples: Floats, rate_hz: int, *, speed: float) -> Heard:
    """Play faster (above 1) or slower, pitch and tempo together."""
    return np.asarray(soxr.resample(samples, rate_hz, rate_hz / speed), np.float32), rate_hz


def tilted(samples: Floats, rate_hz: int, *, db_per_octave: float = TILT_DB_PER_OCTAVE) -> Heard:
    """Turn the spectrum about 1 kHz."""
    length = scipy.fft.next_fast_len(len(samples), real=True)
    hz = np.maximum(scipy.fft.rfftfreq(length, 1 / rate_hz), TILT_FLOOR_HZ)
    gain = 10 ** (db_per_octave / 20 * np.log2(hz / TILT_PIVOT_HZ))
    wave = scipy.fft.irfft(scipy.fft.rfft(samples, length) * gain, length)[: len(samples)]
    return (wave / max(1.0, float(np.abs(wave).max()))).astype(np.float32), rate_hz


def at_rate(samples: Floats, rate_hz: int, *, to_hz: int) -> Heard:
    """Resample, which removes everything above half the new rate."""
    return np.asarray(soxr.resample(samples, rate_hz, to_hz), np.float32), to_hz


def after_silence(samples: Floats, rate_hz: int, *, seconds: float = SILENCE_S) -> Heard:
    """Put silence in front."""
    return np.concatenate([np.zeros(round(seconds * rate_hz), np.float32), samples]), rate_hz


def excerpt(samples: Floats, rate_hz: int, *, seconds: float, place: float = 0.4) -> Heard:
    """Keep ``seconds`` that begin where ``place`` of the rest lies before them."""
    length = round(seconds * rate_hz)
    start = round(max(0, len(samples) - length) * place)
    return samples[start : start + length], rate_hz


DEGRADATIONS: tuple[Degradation, ...] = (
    Degradation("as it is", lambda x, rate: (x, rate)),
    Degradation("MP3 128 kbit/s", lambda x, rate: as_mp3(x, rate, kbit_s=128)),
    Degradation("MP3 64 kbit/s", lambda x, rate: as_mp3(x, rate, kbit_s=64)),
    Degradation("1.5 % faster", lambda x, rate: at_speed(x, rate, speed=1.015)),
    Degradation("1.5 % slower", lambda x, rate: at_speed(x, rate, speed=0.985)),
    Degradation("0.7 % faster", lambda x, rate: at_speed(x, rate, speed=1.007)),
    Degradation("tilt +3 dB/octave", tilted),
    Degradation("tilt -3 dB/octave", lambda x, rate: tilted(x, rate, db_per_octave=-3.0)),
    Degradation("mono 22 kHz", lambda x, rate: at_rate(x, rate, to_hz=22_050)),
    Degradation("silence in front", after_silence),
    Degradation("pink noise at 10 dB", lambda x, rate: with_pink_noise(x, rate, snr_db=10), True),
    Degradation("excerpt of 30 s", lambda x, rate: excerpt(x, rate, seconds=30), True),
    Degradation("excerpt of 12 s", lambda x, rate: excerpt(x, rate, seconds=12), True),
    Degradation(
        "12 s, MP3 64, 1.5 % faster",
        lambda x, rate: as_mp3(*at_speed(*excerpt(x, rate, seconds=12), speed=1.015), kbit_s=64),
        True,
    ),
    Degradation(
        "12 s, pink noise at 10 dB",
        lambda x, rate: with_pink_noise(*excerpt(x, rate, seconds=12), snr_db=10),
        True,
    ),
)
