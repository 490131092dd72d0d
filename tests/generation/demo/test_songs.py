"""The demo songs as files: rendered once, tagged as a label does, whole or not there."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest
import soundfile

from generation.demo_catalogue import rendered as standing
from generation.demo_catalogue import songs
from generation.demo_catalogue.piece import load_catalogue
from generation.demo_catalogue.rendered import is_rendered, song_key, song_path
from generation.demo_catalogue.songs import release_tags, render_song, write_tagged_flac
from generation.management.demo_benchmark import heard
from generation.rendering.fonts import SoundFont
from library.analysis.pipeline import analyse_pcm
from library.jail.audio import decode
from rights.recognition.registering import Known
from tests.generation.demo.pieces import short_piece
from tests.generation.exports.signals import chirp


@pytest.fixture(scope="module")
def piece():
    return short_piece()


@pytest.fixture(scope="module")
def rendered(piece, tmp_path_factory):
    """Return the folder in which the short piece was rendered by our own voices."""
    folder = tmp_path_factory.mktemp("songs")
    told = []
    render_song(piece, folder, None, told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1
    return folder


def test_a_song_is_stereo_of_its_length_and_a_tail_at_the_usual_loudness(rendered, piece):
    samples, rate = soundfile.read(song_path(piece, rendered))
    assert (rate, samples.shape[1]) == (44_100, 2)
    assert piece.seconds < len(samples) / rate <= piece.seconds + 3
    assert 0.3 < np.abs(samples).max() <= 0.9


def test_nothing_is_left_beside_a_song_but_its_key(rendered, piece):
    assert sorted(path.name for path in rendered.iterdir()) == [".short.key", "short.flac"]


def test_a_second_run_renders_nothing(rendered, piece, monkeypatch):
    def never(*_args, **_kwargs):
        raise AssertionError("rendered again")

    monkeypatch.setattr(songs, "render", never)
    assert render_song(piece, rendered, None) == song_path(piece, rendered)


def test_a_changed_note_another_font_or_another_renderer_is_another_song(
    rendered, piece, monkeypatch, tmp_path
):
    assert is_rendered(piece, rendered, None)
    assert not is_rendered(replace(piece, bpm=121.0), rendered, None)
    assert not is_rendered(short_piece(**{'"1---3': '"1---4'}), rendered, None)
    font = tmp_path / "Own.sf2"
    font.write_bytes(b"font")
    assert not is_rendered(piece, rendered, SoundFont(font, "Own", "CC0"))
    monkeypatch.setattr(standing, "renderer_revision", lambda: "later")
    assert not is_rendered(piece, rendered, None)


def test_the_key_follows_from_what_is_played_and_not_from_where_it_stands(piece):
    assert song_key(piece, None) == song_key(short_piece(), None)
    keys = {song_key(one, None) for one in load_catalogue()}
    assert len(keys) == 10


def test_a_song_that_was_deleted_or_left_half_is_not_there(piece, tmp_path, rendered):
    song_path(piece, tmp_path).write_bytes(song_path(piece, rendered).read_bytes())
    assert not is_rendered(piece, tmp_path, None)
    (tmp_path / ".short.key").write_text(song_key(piece, None))
    assert is_rendered(piece, tmp_path, None)
    song_path(piece, tmp_path).unlink()
    assert not is_rendered(piece, tmp_path, None)


def test_the_tags_are_those_of_the_release_and_survive_the_jail(rendered, piece):
    with song_path(piece, rendered).open("rb") as stream:
        audio = decode(stream)
    for name, text in release_tags(piece.release).items():
        assert audio.tags[name] == text


def test_the_stand_ins_are_told_label_and_p_line_of_the_file(rendered, piece):
    path = song_path(piece, rendered)
    with path.open("rb") as stream:
        audio = decode(stream)
    told = Known(path.stem, audio.tags, audio.sha256(), 1000).told()
    assert told["isrc"] == piece.release.isrc
    assert (told["title"], told["artist"]) == ("Four Bars", "Nobody")
    assert (told["label"], told["released"]) == ("Nine Acre Music", "2026")
    assert told["copyright"] == "℗ 2026 Nine Acre Music"


def test_a_tagged_flac_is_the_same_bytes_and_keeps_every_sample(tmp_path):
    audio = chirp(0.4)
    one, two = tmp_path / "one.flac", tmp_path / "two.flac"
    write_tagged_flac(audio, one, {"title": "Ä"})
    write_tagged_flac(audio, two, {"title": "Ä"})
    assert one.read_bytes() == two.read_bytes()
    samples, _ = soundfile.read(one, dtype="float32")
    assert samples.shape == audio.shape
    assert np.abs(samples - audio).max() <= 0.5 / (1 << 15) + 1e-9
    with av.open(str(one)) as container:
        assert container.metadata == {"title": "Ä"}


def test_a_flac_does_not_wrap_beyond_full_scale(tmp_path):
    path = tmp_path / "loud.flac"
    write_tagged_flac(np.array([[1.5, -1.5]] * 5000, np.float32), path, {})
    samples, _ = soundfile.read(path, dtype="int16")
    assert samples[0].tolist() == [32767, -32768]


def test_what_is_heard_is_compared_with_what_was_written(rendered, piece):
    samples, rate = soundfile.read(song_path(piece, rendered), dtype="float32")
    found = heard(piece, analyse_pcm(samples, rate))
    assert found["bpm"] == 120.0
    assert found["key"] == "D minor"
    assert found["chords"] >= 0.6
    assert found["tempo_right"] == (abs(found["bpm_heard"] / 120 - 1) <= 0.02)
