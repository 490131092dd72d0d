"""Every accepted format comes out of the jail whole; every other file is refused with its reason."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from fractions import Fraction

import av
import numpy as np
import pytest

from library.jail.audio import decode
from library.jail.errors import REASONS, AudioRefusedError
from tests.library.sounds import ENCODINGS, RATE, encoded, tone

TWELVE_SECONDS = tone(12)


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves bytes and opens them, as an upload is opened."""
    with contextlib.ExitStack() as open_files:

        def save(content: bytes, name: str = "upload"):
            path = tmp_path / name
            path.write_bytes(content)
            return open_files.enter_context(path.open("rb"))

        yield save


def refusal(stream, **options) -> str:
    with pytest.raises(AudioRefusedError) as caught:
        decode(stream, **options)
    assert caught.value.message == REASONS[caught.value.code]
    return caught.value.code


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_each_format_gives_back_its_sound(saved, name):
    heard = decode(saved(encoded(TWELVE_SECONDS, name)))
    assert heard.duration_s == pytest.approx(12, abs=0.12)  # lossy encoders pad a frame or two
    assert heard.samples.dtype == np.float32
    middle = heard.samples[5 * heard.rate_hz : 6 * heard.rate_hz]
    spectrum = np.abs(np.fft.rfft(middle, axis=0))
    assert spectrum.argmax(axis=0).tolist() == [440, 880]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.03)


def test_lossless_samples_are_exact(saved):
    heard = decode(saved(encoded(TWELVE_SECONDS, "flac")))
    expected = np.round(TWELVE_SECONDS * 32768) / 32768
    assert np.abs(heard.samples - expected).max() <= 1 / 32768


@pytest.mark.parametrize(("rate", "kept"), [(22_050, 44_100), (48_000, 48_000), (96_000, 44_100)])
def test_uncommon_rates_become_44100(saved, rate, kept):
    heard = decode(saved(encoded(tone(11, rate=rate), "wav", rate=rate)))
    assert (heard.source_rate_hz, heard.rate_hz) == (rate, kept)
    assert heard.duration_s == pytest.approx(11, abs=0.01)


def test_mono_is_on_both_channels(saved):
    import soundfile

    tape = io.BytesIO()
    soundfile.write(tape, TWELVE_SECONDS[:, 0], RATE, format="WAV")
    heard = decode(saved(tape.getvalue()))
    assert heard.channels == 1
    assert np.array_equal(heard.samples[:, 0], heard.samples[:, 1])


def test_tags_are_read_in_the_jail(saved):
    heard = decode(saved(encoded(TWELVE_SECONDS, "mp3", title="Ten", TSRC="GBAYE0601498")))
    assert heard.tags["title"] == "Ten"
    assert heard.tags["tsrc"] == "GBAYE0601498"


def test_a_very_long_tag_is_cut(saved):
    heard = decode(saved(encoded(TWELVE_SECONDS, "flac", title="x" * 100_000)))
    assert heard.tags["title"] == "x" * 500


def with_cover(picture: bytes) -> bytes:
    """A FLAC whose PICTURE block (RFC 9639, section 8.8) holds ``picture``."""
    flac = encoded(TWELVE_SECONDS, "flac")
    mime = b"image/png"
    block = struct.pack(">II", 3, len(mime)) + mime + struct.pack(">I", 0)
    block += struct.pack(">IIIII", 64, 64, 24, 0, len(picture)) + picture
    header = bytes([6]) + len(block).to_bytes(3, "big")
    stream_info_end = 4 + 4 + 34
    return flac[:stream_info_end] + header + block + flac[stream_info_end:]


def png(width: int, height: int) -> bytes:
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "rgb24"
    encoder.time_base = Fraction(1, 1)
    red = np.zeros((height, width, 3), np.uint8)
    red[..., 0] = 200
    frame = av.VideoFrame.from_ndarray(red, format="rgb24")
    return b"".join(bytes(p) for part in (frame, None) for p in encoder.encode(part))


def test_a_cover_is_written_anew_and_made_small(saved):
    heard = decode(saved(with_cover(png(1200, 800))))
    assert heard.cover is not None
    assert heard.cover.startswith(b"\xff\xd8\xff")
    with av.open(io.BytesIO(heard.cover), format="mjpeg") as picture:
        stream = picture.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (600, 400)


def test_a_broken_cover_costs_the_picture_and_not_the_song(saved):
    heard = decode(saved(with_cover(png(64, 64)[:60])))
    assert heard.cover is None
    assert heard.duration_s == pytest.approx(12, abs=0.01)


# ---------------------------------------------------------------- refused


def zipped(*, protected: bool = False) -> bytes:
    tape = io.BytesIO()
    with zipfile.ZipFile(tape, "w") as archive:
        archive.writestr("song.wav", b"RIFF")
    content = bytearray(tape.getvalue())
    content[6] |= protected
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"Dear diary, " * 500, "not_audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not_audio"),
        (bytes(5000), "not_audio"),
        (b"#EXTM3U\nhttp://example.com/a.ts\n", "playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0\nfile secret.wav\n", "playlist"),
        (zipped(), "archive"),
        (zipped(protected=True), "password_protected"),
        (b"\x1f\x8b" + bytes(100), "archive"),
        (b"\0\0\0\x20ftypM4P " + bytes(100), "encrypted"),
        (b"\0\0\0\x20ftypM4A " + bytes(4) + b"....drms" + bytes(100), "encrypted"),
        (b"RIFF\xff\xff\xff\x7fWAVE" + bytes(100), "truncated"),
        (b"RIFF\xff\xff\xff\xffWAVE" + bytes(100), "damaged"),
        (b"fLaC" + bytes(1000), "damaged"),
    ],
)
def test_what_is_not_a_song_is_refused_with_its_reason(saved, content, code):
    assert refusal(saved(content)) == code


@pytest.mark.parametrize("name", ["wav", "flac", "m4a", "ogg", "opus", "aiff"])
def test_a_file_that_ends_early_is_not_taken_for_a_whole_one(saved, name):
    whole = encoded(tone(30), name)
    assert refusal(saved(whole[: len(whole) // 2])) in {"truncated", "damaged"}


def test_silence_is_refused(saved):
    assert refusal(saved(encoded(np.zeros((12 * RATE, 2), np.float32), "flac"))) == "silent"


def test_too_short_and_too_long_are_refused(saved):
    assert refusal(saved(encoded(tone(9.5), "wav"))) == "too_short"
    assert refusal(saved(encoded(tone(12), "wav")), max_s=11) == "too_long"


def test_the_name_of_a_file_decides_nothing(saved):
    assert decode(saved(encoded(TWELVE_SECONDS, "ogg"), "song.mp3")).format.name == "OGG"


def test_an_hour_in_a_small_file_is_stopped_while_it_is_decoded(saved):
    import soundfile

    tape = io.BytesIO()
    soundfile.write(tape, np.zeros(3600 * 8000, np.int16), 8000, format="FLAC")
    assert len(tape.getvalue()) < 1_000_000
    assert refusal(saved(tape.getvalue())) == "too_long"


def test_a_reader_that_takes_too_long_is_ended(saved):
    assert refusal(saved(encoded(TWELVE_SECONDS, "wav")), wall_s=0.01) == "too_slow"


CAFE = b"caf\xe9"


def with_info(wav: bytes) -> bytes:
    """Put a RIFF INFO title before the other chunks."""
    info = b"INFOINAM" + struct.pack("<I", 5) + CAFE + b"\0\0"
    chunk = b"LIST" + struct.pack("<I", len(info)) + info
    return wav[:4] + struct.pack("<I", len(wav) - 8 + len(chunk)) + wav[8:12] + chunk + wav[12:]


def with_id3v1(mp3: bytes) -> bytes:
    """Take the ID3v2 tag off and put an ID3v1 tag behind."""
    return mp3[mp3.find(b"\xff\xfb") :] + b"TAG" + CAFE.ljust(30, b"\0") + bytes(95)


@pytest.mark.parametrize(("name", "tagged"), [("wav", with_info), ("mp3", with_id3v1)])
def test_tags_that_windows_wrote_are_read_and_cost_no_song(tmp_path, name, tagged):
    path = tmp_path / f"song.{name}"
    path.write_bytes(tagged(encoded(tone(11), name)))
    with path.open("rb") as stream:
        assert decode(stream).tags["title"] == "café"
