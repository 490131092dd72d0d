"""A master holds what was decoded, rounded once and never wrapped around; what is played is small."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from library.transcode.aac import write_m4a
from library.transcode.files import (
    BLOCK_FRAMES,
    mono_of,
    open_sound,
    read_mono,
    read_sound,
    write_flac,
)

RATE = 44_100


def noise(frames: int, channels: int = 2, *, peak: float = 1.5):
    """Return samples of which a third is beyond full scale."""
    drawn = np.random.default_rng(7).uniform(-peak, peak, (frames, channels))
    return drawn.astype(np.float32)


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("frames", [1, BLOCK_FRAMES, 2 * BLOCK_FRAMES + 17])
def test_a_master_is_the_file_that_libsndfile_writes_from_floats(tmp_path, bits, frames):
    ours, theirs = tmp_path / "ours.flac", tmp_path / "theirs.flac"
    samples = noise(frames)
    write_flac(samples, RATE, ours, bits=bits)
    soundfile.write(
        theirs, samples, RATE, format="FLAC", subtype=f"PCM_{bits}", compression_level=0.1
    )
    assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("bits", [16, 24])
def test_samples_come_back_within_half_a_step_and_loud_ones_clipped(tmp_path, bits):
    path = tmp_path / "master.flac"
    samples = noise(5_000)
    write_flac(samples, RATE, path, bits=bits)
    heard, rate = soundfile.read(path, dtype="float64")
    step = 2.0 ** (1 - bits)
    assert rate == RATE
    assert np.abs(heard - np.clip(samples, -1, 1 - step)).max() <= 0.51 * step


def test_mono_stays_mono(tmp_path):
    path = tmp_path / "master.flac"
    write_flac(noise(5_000, 1), RATE, path, bits=16)
    assert soundfile.info(path).channels == 1


def test_other_depths_are_refused_and_nothing_is_written(tmp_path):
    path = tmp_path / "master.flac"
    with pytest.raises(ValueError, match="not 20"):
        write_flac(noise(10), RATE, path, bits=20)
    assert not path.exists()


def test_a_small_file_is_the_same_however_the_song_was_cut_into_blocks(tmp_path):
    samples, made = noise(3 * BLOCK_FRAMES, peak=0.5), []
    for name, cuts in (("whole", []), ("cut", [7, 1_024, BLOCK_FRAMES, BLOCK_FRAMES + 5])):
        path = tmp_path / f"{name}.m4a"
        write_m4a(np.split(samples, cuts), RATE, path)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert made[0].index(b"moov") < made[0].index(b"mdat"), "it plays before it is here"


def stored(tmp_path, samples, *, rate: int = RATE):
    path = tmp_path / "stored.flac"
    write_flac(samples, rate, path, bits=16)
    return path


@pytest.mark.parametrize("frames", [1, BLOCK_FRAMES, 2 * BLOCK_FRAMES + 17])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stored_sound_comes_back_whole_and_as_one_channel(tmp_path, frames, channels):
    path = stored(tmp_path, noise(frames, channels), rate=48_000)
    expected, _rate = soundfile.read(path, dtype="float32", always_2d=True)
    with path.open("rb") as stream:
        samples, rate = read_sound(stream)
    with path.open("rb") as stream:
        mono, mono_rate = read_mono(stream)
    assert (rate, mono_rate) == (48_000, 48_000)
    assert np.array_equal(samples, expected)
    assert np.array_equal(mono, expected.mean(axis=1))


def test_a_sound_in_memory_is_read_as_one_on_disk(tmp_path):
    path = stored(tmp_path, noise(BLOCK_FRAMES + 5))
    held = io.BytesIO(path.read_bytes())
    with path.open("rb") as stream:
        on_disk, _rate = read_sound(stream)
    assert np.array_equal(read_sound(held)[0], on_disk)
    held.seek(0)
    assert np.array_equal(read_mono(held)[0], on_disk.mean(axis=1))


@pytest.mark.parametrize("frames", [RATE // 2, 3 * BLOCK_FRAMES + 17])
def test_a_part_of_a_sound_is_that_part_of_the_whole_in_any_order(tmp_path, frames):
    path = stored(tmp_path, noise(frames))
    long_s = frames / RATE
    with path.open("rb") as stream, open_sound(stream) as source:
        whole, _rate = mono_of(source)
        for start_s, stop_s in [(0.3 * long_s, 0.9 * long_s), (0.0, 0.1), (0.2, None), (0.01, 0.3)]:
            end = frames if stop_s is None else round(stop_s * RATE)
            part, _rate = mono_of(source, start_s, stop_s)
            assert np.array_equal(part, whole[round(start_s * RATE) : end])
        assert np.array_equal(mono_of(source)[0], whole)


def test_beyond_its_end_a_sound_has_no_samples(tmp_path):
    path = stored(tmp_path, noise(RATE))
    with path.open("rb") as stream, open_sound(stream) as source:
        assert len(mono_of(source, 0.5, 9.0)[0]) == RATE // 2
        assert len(mono_of(source, 9.0, 12.0)[0]) == 0
        assert len(mono_of(source, 0.5, 0.5)[0]) == 0
        assert len(mono_of(source, 0.5, 0.2)[0]) == 0


def test_reading_leaves_the_file_to_whoever_opened_it(tmp_path):
    path = stored(tmp_path, noise(100))
    with path.open("rb") as stream:
        read_sound(stream)
        stream.seek(0)
        assert stream.read(4) == b"fLaC"


def test_what_is_no_sound_is_an_error_and_not_silence(tmp_path):
    path = tmp_path / "letter.flac"
    path.write_bytes(b"Dear diary, " * 50)
    with path.open("rb") as stream, pytest.raises(soundfile.LibsndfileError):
        read_sound(stream)
