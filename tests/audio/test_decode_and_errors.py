"""Files of every kind come in as float32; bad ones are refused with a sentence that helps."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
import soundfile

from library.analysis.decode import decode_file
from library.analysis.errors import (
    AnalysisError,
    AudioInvalidError,
    AudioTooLongError,
    AudioTooShortError,
    AudioUnreadableError,
)
from library.analysis.pipeline import analyse_pcm
from tests.audio import signals


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize(
    ("suffix", "tolerance"),
    [("wav", 1e-4), ("flac", 1e-4), ("aiff", 1e-4), ("ogg", 0.1), ("mp3", 0.1)],
)
def test_a_format_of_libsndfile_keeps_rate_channels_and_samples(tmp_path, suffix, tolerance, rate):
    wave = signals.sine(2, rate, 440, 0.5)
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, wave, rate)
    pcm = decode_file(path)
    assert pcm.sample_rate == rate
    assert pcm.samples.dtype == np.float32
    assert pcm.samples.shape[1] == 2
    assert abs(len(pcm.samples) - len(wave)) <= 2_400  # MP3 keeps its padding
    inner = slice(rate // 2, rate)
    level = np.sqrt((pcm.samples[inner] ** 2).mean())
    assert level == pytest.approx(0.5 / np.sqrt(2), rel=max(tolerance, 1e-3))


def test_aac_is_read_by_ffmpeg(tmp_path):
    path = tmp_path / "tone.m4a"
    wave = signals.sine(2, 44_100, 440, 0.5)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(wave.T), format="fltp", layout="stereo"
        )
        frame.sample_rate = 44_100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    pcm = decode_file(path)
    assert pcm.sample_rate == 44_100
    assert pcm.samples.shape[1] == 2
    assert np.sqrt((pcm.samples[22_050:44_100] ** 2).mean()) == pytest.approx(0.354, rel=0.02)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "there is no such file"),
        (b"", "the file is empty"),
        (b"just some text, no music at all" * 50, "Invalid data"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "Invalid data"),
    ],
)
def test_a_bad_file_says_its_cause_and_what_to_do(tmp_path, content, cause):
    path = tmp_path / "song.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioUnreadableError) as caught:
        decode_file(path)
    assert caught.value.code == "library.audio.unreadable"
    assert cause in caught.value.message
    assert "export it again" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_folder_is_no_audio(tmp_path):
    with pytest.raises(AudioUnreadableError, match="no such file"):
        decode_file(tmp_path)


def test_a_picture_is_no_audio(tmp_path):
    path = tmp_path / "cover.mp3"
    buffer = io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 200)
    path.write_bytes(buffer.getvalue())
    with pytest.raises(AudioUnreadableError):
        decode_file(path)


@pytest.mark.parametrize(
    ("samples", "rate", "error", "said"),
    [
        (np.zeros((100, 2), np.float32), 44_100, AudioTooShortError, "whole song"),
        (np.zeros((0, 2), np.float32), 44_100, AudioTooShortError, "0.00 s"),
        (np.zeros((8_000 * 1_201, 1), np.float32), 8_000, AudioTooLongError, "one song per file"),
        (np.zeros(44_100, np.float32), 44_100, AudioInvalidError, "frames by channels"),
        (np.zeros((44_100, 2)), 44_100, AudioInvalidError, "32-bit"),
        (np.zeros((44_100, 9), np.float32), 44_100, AudioInvalidError, "9 channels"),
        (np.zeros((44_100, 2), np.float32), 4_000, AudioInvalidError, "4000 Hz"),
        (np.full((44_100, 2), np.nan, np.float32), 44_100, AudioInvalidError, "not numbers"),
        (np.full((44_100, 2), np.inf, np.float32), 44_100, AudioInvalidError, "not numbers"),
    ],
)
def test_samples_that_are_no_song_are_refused(samples, rate, error, said):
    with pytest.raises(error, match=said) as caught:
        analyse_pcm(samples, rate)
    assert isinstance(caught.value, AnalysisError)
    assert caught.value.code.startswith("library.audio.")


def test_one_bad_sample_is_enough_to_refuse():
    samples = signals.noise(1, 44_100)
    samples[20_000, 1] = np.nan
    with pytest.raises(AudioInvalidError):
        analyse_pcm(samples, 44_100)
