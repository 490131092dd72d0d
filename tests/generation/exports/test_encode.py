"""A master as WAV, FLAC, MP3 and AAC: read back by libraries that know nothing of the writer."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import wave

import av
import numpy as np
import pytest
import soundfile

from generation.exports.encode import CONTENT_TYPES, SUFFIXES, encode, master_sha256
from generation.exports.errors import AudioUnfitError
from generation.exports.stored import StoredFlac
from generation.exports.tags import MASTER_COMMENT, Tags
from library.jail.sniff import sniff
from tests.generation.exports.signals import RATE, chirp

KINDS = ["wav24", "flac", "mp3_320", "aac"]
LOSSLESS = ["wav24", "flac"]
TAGS = Tags(
    title="Zehn für Eins — 十",
    artist="Tenfold, after ten songs",
    comment="Receipt 0f5c, https://tenfold.example/verify/0f5c",
    album="Ten",
)
STEP = 2.0**-23


@pytest.fixture(scope="module")
def audio():
    return chirp()


@pytest.fixture(scope="module")
def files(audio):
    return {kind: encode(audio, RATE, kind, TAGS) for kind in KINDS}


def decoded(data):
    """Return samples (frames, 2) as float, by FFmpeg, which obeys edit lists and LAME headers."""
    with av.open(io.BytesIO(data)) as container:
        resampler = av.AudioResampler("flt", "stereo")
        frames = [
            out.to_ndarray().reshape(-1, 2)
            for frame in container.decode(audio=0)
            for out in resampler.resample(frame)
        ]
    return np.concatenate(frames)


def lag(one, other):
    """Return by how many samples ``other`` comes after ``one``."""
    size = 1 << 17
    product = np.fft.rfft(other[:, 0], size) * np.conj(np.fft.rfft(one[:, 0], size))
    at = int(np.argmax(np.fft.irfft(product)))
    return at if at < size // 2 else at - size


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_what_its_suffix_and_type_say(files, kind):
    found = sniff(io.BytesIO(files[kind]))
    assert found.suffix == SUFFIXES[kind]
    assert found.media_type.removeprefix("audio/x-").removeprefix("audio/") in CONTENT_TYPES[kind]


def test_another_process_writes_the_same_bytes(files):
    program = (
        "import hashlib, sys\n"
        "from tests.generation.exports.signals import RATE, chirp\n"
        "from tests.generation.exports.test_encode import KINDS, TAGS\n"
        "from generation.exports.encode import encode\n"
        "for kind in KINDS:\n"
        "    print(hashlib.sha256(encode(chirp(), RATE, kind, TAGS)).hexdigest())\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [hashlib.sha256(files[k]).hexdigest() for k in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_says_title_artist_album_and_receipt(files, kind):
    with av.open(io.BytesIO(files[kind])) as container:
        tags = {**container.metadata, **container.streams.audio[0].metadata}
    tags = {name.lower(): text for name, text in tags.items()}
    assert tags["title"] == TAGS.title
    assert tags["artist"] == TAGS.artist
    assert tags["album"] == TAGS.album
    assert tags["comment"] == TAGS.comment


@pytest.mark.parametrize("kind", KINDS)
def test_empty_names_leave_no_trace(audio, kind):
    with av.open(io.BytesIO(encode(audio, RATE, kind, Tags("Only this", "")))) as container:
        tags = {name.lower() for name in container.metadata}
    assert "title" in tags
    assert not tags & {"artist", "album", "comment"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_tells_when_or_by_which_program_version_it_was_made(files, kind):
    assert b"Lavf" not in files[kind].replace(b"Lavf\x00", b"")
    assert b"Lavc" not in files[kind].replace(b"Lavc\x00", b"")
    assert b"2026" not in files[kind]


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_files_are_sample_for_sample_within_dither(files, audio, kind):
    samples, rate = soundfile.read(io.BytesIO(files[kind]), dtype="float64")
    assert rate == RATE
    assert samples.shape == audio.shape
    assert 0 < np.abs(samples - audio).max() <= 1.5 * STEP


def test_the_flac_holds_the_very_samples_of_the_wav(files):
    wav, _ = soundfile.read(io.BytesIO(files["wav24"]), dtype="int32")
    flac, _ = soundfile.read(io.BytesIO(files["flac"]), dtype="int32")
    assert np.array_equal(wav, flac)
    assert soundfile.info(io.BytesIO(files["flac"])).subtype == "PCM_24"


def test_the_wav_is_a_plain_one_that_the_standard_library_reads(files, audio):
    with wave.open(io.BytesIO(files["wav24"])) as file:
        assert file.getparams()[:4] == (2, 3, RATE, len(audio))
        assert len(file.readframes(len(audio) + 1)) == len(audio) * 6
    assert files["wav24"][36:40] == b"data"
    assert int.from_bytes(files["wav24"][4:8], "little") == len(files["wav24"]) - 8


def test_the_wav_that_a_receipt_speaks_of_comes_back_from_the_flac_byte_for_byte(files, audio):
    wav = b"".join(StoredFlac(io.BytesIO(files["flac"])).wav())
    assert hashlib.sha256(wav).hexdigest() == master_sha256(audio, RATE, TAGS)
    assert wav == encode(audio, RATE, "wav24", TAGS.of_master())
    with av.open(io.BytesIO(wav)) as container:
        assert container.metadata["title"] == TAGS.title
        assert container.metadata["comment"] == MASTER_COMMENT


def test_its_hash_does_not_depend_on_where_the_receipt_is(audio):
    elsewhere = Tags(TAGS.title, TAGS.artist, "Receipt: https://elsewhere.example/1", TAGS.album)
    assert master_sha256(audio, RATE, elsewhere) == master_sha256(audio, RATE, TAGS)
    nowhere = Tags(TAGS.title, TAGS.artist)
    assert nowhere.of_master() == nowhere


def test_a_stored_flac_gives_its_names_and_its_sound(files, audio):
    stored = StoredFlac(io.BytesIO(files["flac"]))
    assert (stored.tags(), stored.frames, stored.rate_hz) == (TAGS, len(audio), RATE)
    assert np.abs(stored.audio() - audio).max() <= 1.5 * STEP


def test_what_is_no_stereo_flac_is_refused(files):
    with pytest.raises(AudioUnfitError, match="WAV"):
        StoredFlac(io.BytesIO(files["wav24"]))


@pytest.mark.parametrize("kind", LOSSLESS)
def test_silence_stays_silent(files, kind):
    samples, _ = soundfile.read(io.BytesIO(files[kind]), dtype="int32")
    assert not samples[:4000].any()


def test_the_dither_is_triangular_and_independent_of_the_signal():
    tiny = np.full((40_000, 2), 0.3 * STEP, np.float32)
    samples, _ = soundfile.read(io.BytesIO(encode(tiny, RATE, "wav24", TAGS)), dtype="float64")
    error = (samples - tiny) / STEP
    # Without dither every sample would be 0; with it the mean is kept and the noise is 1/4 step² wide.
    assert abs(error.mean()) < 0.01
    assert error.var() == pytest.approx(0.25, abs=0.01)


def test_beyond_full_scale_is_clipped_and_never_wraps():
    loud = np.array([[1.5, -1.5]] * 2000, np.float32)
    samples, _ = soundfile.read(io.BytesIO(encode(loud, RATE, "wav24", TAGS)), dtype="float64")
    assert np.all(samples[:, 0] == 1 - STEP)
    assert np.all(samples[:, 1] == -1.0)


@pytest.mark.parametrize(
    ("kind", "most_padding", "most_error_db"),
    # A sweep is the hardest there is for AAC's quick search; in music its error is that of the long.
    [("wav24", 0, -125), ("flac", 0, -125), ("mp3_320", 0, -70), ("aac", 1023, -30)],
)
def test_duration_and_alignment_survive_decoding(files, audio, kind, most_padding, most_error_db):
    back = decoded(files[kind])
    assert 0 <= len(back) - len(audio) <= most_padding
    assert lag(audio, back) == 0
    apart = back[: len(audio)] - audio
    assert 10 * np.log10((apart**2).mean() / (audio**2).mean()) < most_error_db


@pytest.mark.parametrize(("kind", "declared"), [("mp3_320", 1105), ("aac", 1024)])
def test_the_encoder_delay_is_what_the_documentation_says(files, kind, declared):
    with av.open(io.BytesIO(files[kind])) as container:
        stream = container.streams.audio[0]
        stream.codec_context.flags2 |= 1 << 29  # export the skip instead of applying it
        late = stream.start_time * stream.time_base
        first = next(container.demux(stream))
    assert (
        round(abs(float(late if kind == "mp3_320" else first.pts * first.time_base)) * RATE)
        == declared
    )


def test_the_mp3_is_320_kilobits_throughout(files):
    with av.open(io.BytesIO(files["mp3_320"])) as container:
        sizes = [packet.size for packet in container.demux(audio=0) if packet.size]
    assert {round(size * 8 * RATE / 1152 / 1000) for size in sizes} <= {319, 320}


def test_an_mp4_begins_with_its_index_so_that_it_streams(files):
    data = files["aac"]
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("kind", KINDS)
def test_a_length_that_fills_no_frame_is_kept(kind):
    short = chirp(0.05, lead_in_s=0)[:1153]
    back = decoded(encode(short, RATE, kind, TAGS))
    assert len(back) >= 1153
    if kind in LOSSLESS:
        assert len(back) == 1153


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("unfit", "why"),
    [
        (np.zeros((100,), np.float32), "shape"),
        (np.zeros((100, 1), np.float32), "shape"),
        (np.zeros((0, 2), np.float32), "empty"),
        (np.full((100, 2), np.nan, np.float32), "no numbers"),
    ],
)
def test_what_is_no_stereo_sound_is_refused_in_words(kind, unfit, why):
    with pytest.raises(AudioUnfitError, match=why):
        encode(unfit, RATE, kind, TAGS)


def test_forty_eight_kilohertz_is_written_as_such():
    audio = chirp(0.3, rate=48_000)
    for kind in KINDS:
        with av.open(io.BytesIO(encode(audio, 48_000, kind, TAGS))) as container:
            assert container.streams.audio[0].rate == 48_000
