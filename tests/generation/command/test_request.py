"""What is given on the command line is looked at before anything is started or written."""

from __future__ import annotations

import io
import os
import shutil
import struct
import wave
from pathlib import Path

import pytest
from django.core.management import call_command

from generation.management.song.errors import SongStoppedError
from generation.management.song.request import SongWish, printable, read_folder

SEED_TOO_LARGE = 2**31


def wav(number: int) -> bytes:
    """A second of a square wave, another one for each number."""
    tape = io.BytesIO()
    with wave.open(tape, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        level = 1_000 + number
        out.writeframes(struct.pack("<8000h", *([level, -level] * 4_000)))
    return tape.getvalue()


@pytest.fixture
def ten(tmp_path):
    folder = tmp_path / "ten songs"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number:02d}.wav").write_bytes(wav(number))
    return folder


def refusal(capsys, *args) -> tuple[int, str]:
    """Return exit status and sentence of a command that ends before anything is begun."""
    with pytest.raises(SystemExit) as left:
        call_command("song", *map(str, args))
    said = capsys.readouterr()
    assert said.out == ""
    assert isinstance(left.value.code, int)
    return left.value.code, said.err.strip()


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_ten_files_are_taken_in_the_order_of_their_names(ten):
    (ten / "cover.jpg").write_bytes(b"not a song")
    (ten / "notes.txt").write_text("neither")
    (ten / ".hidden.wav").write_bytes(b"nor this")
    (ten / "stems").mkdir()
    found = read_folder(ten)

    assert [file.name for file in found.files] == [f"{n:02d}.wav" for n in range(10)]
    assert len({file.sha256 for file in found.files}) == 10
    assert found.name == "Ten songs"


def nine(folder):
    (folder / "09.wav").unlink()


def eleven(folder):
    (folder / "10.wav").write_bytes(wav(10))


def empty(folder):
    for file in folder.iterdir():
        file.unlink()


def twin(folder):
    shutil.copy(folder / "03.wav", folder / "07.wav")


def broken(folder):
    (folder / "04.wav").write_bytes(b"this is no sound at all" * 99)


def playlist(folder):
    (folder / "04.wav").write_bytes(b"#EXTM3U\n/etc/passwd\n")


def nothing(folder):
    (folder / "04.wav").write_bytes(b"")


def gone(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (nine, "holds 9 audio files; a song is made from exactly 10."),
        (eleven, "holds 11 audio files; a song is made from exactly 10."),
        (empty, "holds 0 audio files"),
        (gone, "There is no folder"),
        (twin, "03.wav and 07.wav are the same file"),
        (broken, "04.wav: This is not an audio file."),
        (playlist, "04.wav: This is a playlist"),
        (nothing, "04.wav: The file is empty."),
    ],
)
def test_what_is_no_ten_songs_ends_with_a_sentence_and_nothing_is_written(
    ten, tmp_path, capsys, spoil, said
):
    spoil(ten)
    before = everything_in(tmp_path)
    status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / "out")

    assert status == 2
    assert said in sentence
    assert sentence.endswith("Nothing was written.")
    assert "\n" not in sentence
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--seed", -1), "--seed is a whole number from 0 to 2147483647."),
        (("--seed", SEED_TOO_LARGE), "--seed is a whole number"),
        (("--minutes", 0.5), "--minutes is a number from 1 to 6."),
        (("--minutes", 60), "--minutes is a number from 1 to 6."),
        (("--minutes", "nan"), "--minutes is a number from 1 to 6."),
    ],
)
def test_a_figure_out_of_range_is_named(ten, tmp_path, capsys, option, said):
    status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / "out", *option)

    assert status == 2
    assert said in sentence
    assert not (tmp_path / "out").exists()


def test_file_names_that_are_no_utf_8_are_spelt_out_and_stay_apart(ten):
    for number in (3, 4):
        (ten / f"0{number}.wav").rename(
            ten / os.fsdecode(b"caf" + bytes([0xE0 + number]) + b".wav")
        )
    found = read_folder(ten.rename(ten.with_name(os.fsdecode(b"ten\xff"))))

    assert [file.name for file in found.files][-2:] == [r"caf\xe3.wav", r"caf\xe4.wav"]
    assert found.name == r"Ten\xff"
    assert all(file.path.read_bytes() for file in found.files)
    assert printable("Ünïcödé 🎵.mp3") == "Ünïcödé 🎵.mp3"


def test_a_name_that_no_disk_takes_is_refused_before_a_song_is_made(ten, tmp_path, capsys):
    name = "a" * 300
    status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / name)

    assert status == 2
    assert "cannot be written: File name too long. Choose another --out." in sentence
    _status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / name / "out")
    assert "cannot be written: File name too long. Choose another --out." in sentence
    status, sentence = refusal(capsys, "--songs", tmp_path / name, "--out", tmp_path / "out")
    assert status == 2
    assert "cannot be read: File name too long." in sentence
    assert everything_in(tmp_path) == [ten.name, *(f"{ten.name}/{n:02d}.wav" for n in range(10))]


@pytest.mark.parametrize("to", ["nowhere", "link"])
def test_a_link_that_leads_nowhere_is_left_alone(ten, tmp_path, capsys, to):
    out = tmp_path / "link"
    out.symlink_to(tmp_path / to)
    status, sentence = refusal(capsys, "--songs", ten, "--out", out)

    assert status == 2
    assert "is not a song made here, so it is left alone" in sentence
    assert out.is_symlink()


def test_a_recording_of_somebodys_own_is_no_earlier_song(ten, tmp_path, capsys):
    out = tmp_path / "mine"
    (out / "stems").mkdir(parents=True)
    (out / "song.wav").write_bytes(b"my only copy")
    status, sentence = refusal(capsys, "--songs", ten, "--out", out)

    assert status == 2
    assert "is not a song made here, so it is left alone" in sentence
    assert (out / "song.wav").read_bytes() == b"my only copy"


def test_a_place_that_holds_something_else_is_left_alone(ten, tmp_path, capsys):
    out = tmp_path / "home"
    out.mkdir()
    (out / "thesis.txt").write_text("ten years of work")
    status, sentence = refusal(capsys, "--songs", ten, "--out", out)

    assert status == 2
    assert "is not a song made here, so it is left alone" in sentence
    assert (out / "thesis.txt").read_text() == "ten years of work"


def test_a_place_that_cannot_be_written_is_named(ten, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / "file" / "out")

    assert status == 2
    assert "cannot be written" in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APPLE_MUSIC_KEY", "-----BEGIN PRIVATE KEY-----"),
        ("APPLE_MUSIC_URL", "https://api.music.apple.com"),
        ("SHAZAM_URL", ""),
    ],
)
def test_songs_are_not_registered_with_a_real_catalogue(
    ten, tmp_path, capsys, settings, name, value
):
    setattr(settings, name, value)
    status, sentence = refusal(capsys, "--songs", ten, "--out", tmp_path / "out", "--register")

    assert status == 2
    assert "--register is for the stand-ins" in sentence
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_or_an_earlier_song_may_be_replaced(tmp_path):
    empty_one, earlier = tmp_path / "empty", tmp_path / "earlier"
    empty_one.mkdir()
    (earlier / "stems").mkdir(parents=True)
    (earlier / "song.wav").write_bytes(b"earlier")
    (earlier / "receipt.json").write_bytes(b"{}")

    SongWish(out=empty_one).check()
    SongWish(out=earlier).check()
    SongWish(out=tmp_path / "new" / "deep").check()
    with pytest.raises(SongStoppedError):
        SongWish(out=Path("/proc/self/status")).check()


def test_what_is_not_asked_for_is_left_to_the_product():
    assert SongWish(out=Path("x")).options == {}
    assert SongWish(out=Path("x"), minutes=2.5).options == {"seconds": 150.0}
