"""A finished song is written whole or not at all, and an earlier one stays until then."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from generation.management.song.errors import SongFailedError
from generation.management.song.folder import is_a_song, song_write
from generation.management.song.summary import lines_print, summary_line, summary_text
from generation.models import VersionAsset
from generation.services.receipts import receipt_issue
from tests.generation.finished import FILES, STEMS, make_finished_song

pytestmark = pytest.mark.django_db
TOP = {"lead-sheet.pdf", "receipt.json", "report.json", "song.flac", "song.mid", "song.mp3"}


@pytest.fixture
def version(cast):
    stored = [*FILES, *(f"stem:{name}" for name in STEMS)]
    files = {place: f"bytes of {place}".encode() for place in stored}
    version = make_finished_song(cast.studio, "Ten into one", files=files).current
    receipt_issue(version=version)
    return version


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_there_with_the_bytes_of_the_portal(version, tmp_path):
    out = tmp_path / "new" / "song"
    song_write(version, out)

    assert names(out) == {*TOP, "song.wav", *(f"stems/{name}.m4a" for name in STEMS)}
    assert (out / "receipt.json").read_bytes() == version.receipt.body.encode()
    for kind, name in (("master_wav", "song.wav"), ("midi", "song.mid"), ("report", "report.json")):
        key = VersionAsset.objects.get(version=version, kind=kind).key
        with default_storage.open(key) as stored:
            assert (out / name).read_bytes() == stored.read()
    assert is_a_song(out)
    assert [entry.name for entry in out.parent.iterdir()] == ["song"]
    assert out.stat().st_mode & 0o777 == 0o755


def test_an_earlier_song_is_replaced_as_a_whole(version, tmp_path):
    out = tmp_path / "song"
    (out / "stems").mkdir(parents=True)
    (out / "stems" / "Banjo.wav").write_bytes(b"earlier")
    (out / "song.mid").write_bytes(b"earlier")
    song_write(version, out)

    assert "stems/Banjo.wav" not in names(out)
    assert (out / "song.mid").read_bytes() != b"earlier"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "media"] == ["song"]


def test_an_empty_folder_that_a_shell_stands_in_is_filled_and_stays_itself(version, tmp_path):
    out = tmp_path / "here"
    out.mkdir()
    before = out.stat().st_ino
    song_write(version, out)

    assert out.stat().st_ino == before
    assert names(out) >= {*TOP, "song.wav"}
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "media"] == ["here"]


def test_an_empty_folder_that_cannot_be_filled_stays_empty(version, tmp_path, monkeypatch):
    moves = []

    def full_disk(source, target):
        moves.append(target)
        if len(moves) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        Path(source).rename(target)

    monkeypatch.setattr(shutil, "move", full_disk)
    out = tmp_path / "here"
    out.mkdir()

    with pytest.raises(SongFailedError, match="No space left on device"):
        song_write(version, out)
    assert moves[0] == out / "receipt.json"
    assert list(out.iterdir()) == []
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "media"] == ["here"]


@pytest.mark.parametrize("is_there", [True, False])
def test_what_cannot_be_written_leaves_everything_as_it_was(version, tmp_path, is_there):
    out = tmp_path / "song"
    if is_there:
        out.mkdir()
        (out / "song.mid").write_bytes(b"earlier")
    default_storage.delete(VersionAsset.objects.get(version=version, kind="mp3").key)

    with pytest.raises(SongFailedError, match="in the portal"):
        song_write(version, out)
    assert out.exists() == is_there
    assert not is_there or names(out) == {"song.mid"}
    left = {entry.name for entry in tmp_path.iterdir()} - {"media", "song"}
    assert left == set()


def test_the_last_line_is_one_json_object(version, tmp_path, settings):
    settings.SITE_URL = "https://tenfold.example"
    said = json.loads(summary_line(version, tmp_path, {"setup": 1.5, "generate": 20.25}, 900))

    assert said["song"] == str(tmp_path)
    assert said["duration_s"] == version.duration_ms / 1000
    assert said["seed"] == version.seed
    assert said["seconds"]["total"] == 21.75
    assert said["peak_mb"] == 900
    assert said["receipt"] == str(tmp_path / "receipt.json")
    assert said["quality"] == {"passed": True, "tries": 0}
    assert said["portal"] == f"https://tenfold.example/songs/{version.song_id}/"
    assert said["verify"] == f"https://tenfold.example/verify/{version.receipt.pk}"


def test_the_figures_of_the_try_that_was_kept_are_told(version, tmp_path):
    def one(value, *, kept):
        finding = {"name": "loudness_lufs", "value": value, "passed": kept}
        return {"kept": kept, "notes": [], "heard": [finding]}

    version.quality = {"tries": [one(-9.0, kept=False), one(-14.0, kept=True)]}
    said = json.loads(summary_line(version, tmp_path, {}, 1))

    assert said["quality"] == {"passed": True, "tries": 2, "loudness_lufs": -14.0}


def test_people_are_told_what_was_made_and_where(version, tmp_path):
    first, second, third = summary_text(version, tmp_path)

    assert first.startswith("“Ten into one”: 1:04 · 120 BPM · A minor, seed")
    assert first.endswith("passed its quality gate.")
    assert str(tmp_path) in second
    assert str(version.song_id) in third


def test_a_place_whose_name_is_no_utf_8_can_be_told_and_read_back(version, tmp_path):
    out = tmp_path / os.fsdecode(b"song\xff")
    line = summary_line(version, out, {}, 1)

    "\n".join([line, *summary_text(version, out)]).encode()  # what a terminal does
    assert json.loads(line)["song"] == str(out)
    assert r"song\xff" in summary_text(version, out)[1]


def test_lines_go_to_who_reads_them_and_are_let_go_where_nobody_does():
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as stream:
        lines_print(["one", "two"], stream)
        assert [reader.readline(), reader.readline()] == ["one\n", "two\n"]
        reader.close()
        lines_print(["three"], stream)
        lines_print(["four"], stream)
