"""``manage.py sandbox_register``: files become songs of both stand-ins, and are recognised."""

from __future__ import annotations

import io
import json

import pytest
import soundfile
from django.core.management import CommandError, call_command

from tests.rights.recognition.sounds import song, sound_of


@pytest.fixture
def folder(tmp_path):
    for seed in (0, 1):
        soundfile.write(tmp_path / f"night-drive_{seed}.flac", *song(seed))
    (tmp_path / "cover.jpg").write_bytes(b"no song")
    return tmp_path


def register(*paths):
    out = io.StringIO()
    call_command("sandbox_register", *map(str, paths), "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def signatures(sandbox):
    shazam = sandbox["shazam"]
    return shazam.http.get(f"{shazam.url}/sandbox/signatures").json()["songs"]


def test_files_of_a_folder_are_registered_and_recognised(stand_ins, folder, shazam):
    registered = register(folder)

    assert [one["title"] for one in registered] == ["Night Drive 0", "Night Drive 1"]
    assert all(one["isrc"].startswith("QZZZZ") and len(one["isrc"]) == 12 for one in registered)
    (hit,) = shazam.recognise(sound_of(*song(1))).hits
    assert (hit.isrc, hit.apple_music_id) == (
        registered[1]["isrc"],
        registered[1]["apple_music_id"],
    )
    apple = stand_ins["apple_music"]
    listed = apple.http.get(f"{apple.url}/sandbox/songs").json()["songs"]
    assert {one["isrc"] for one in listed} == {one["isrc"] for one in registered}
    assert {one["duration_ms"] for one in listed} == {40_000}


def test_the_same_file_again_is_the_same_song(stand_ins, folder):
    first = register(folder / "night-drive_0.flac")

    assert register(folder / "night-drive_0.flac") == first
    assert len(signatures(stand_ins)) == 1


def test_tags_name_the_song(stand_ins, tmp_path):
    path = tmp_path / "x.flac"
    with soundfile.SoundFile(path, "w", 22_050, 1) as out:
        out.title, out.artist, out.album, out.date = "Ocean Drive", "Dora", "Shore", "2015-05-05"
        out.write(song(0)[0])

    (one,) = register(path)

    assert (one["title"], one["artist"], one["album"]) == ("Ocean Drive", "Dora", "Shore")
    assert signatures(stand_ins)[0]["released"] == "2015"


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_registered(stand_ins, folder):
    (folder / "broken.wav").write_bytes(b"RIFF")

    with pytest.raises(CommandError, match="1 of 3 files"):
        call_command("sandbox_register", str(folder), stdout=io.StringIO(), stderr=io.StringIO())
    assert len(signatures(stand_ins)) == 2


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SHAZAM_URL": "https://amp.shazam.com"}, "Shazam: not a stand-in"),
        ({"APPLE_MUSIC_URL": "https://api.music.apple.com"}, "Apple Music: not a stand-in"),
        ({"APPLE_MUSIC_KEY": "key"}, "Apple Music: not a stand-in"),
        ({"SHAZAM_URL": ""}, "Shazam: not a stand-in"),
    ],
)
def test_real_services_are_told_nothing(stand_ins, settings, folder, changed, named):
    for name, value in changed.items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match=named):
        register(folder)
    assert signatures(stand_ins) == []


def test_no_stand_in_and_no_files_are_said(stand_ins, settings, folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CommandError, match="no audio files"):
        register(empty)
    settings.APPLE_MUSIC_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="Start it with manage"):
        register(folder)
