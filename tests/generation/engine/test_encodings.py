"""Files that are begun before a song is judged: those of the sound that is kept, and of no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import soundfile

from generation.engines.base import Sound
from generation.exports.encode import encode
from generation.exports.errors import StemsUnequalError
from generation.exports.stored import lossy_of
from generation.exports.tags import Tags
from generation.tasks import encodings as module
from generation.tasks.encodings import Encodings
from tests.generation.exports.signals import RATE, chirp

TAGS = Tags("Ours", "Alice's Studio with Tenfold")


def sound(seconds=1.5, level=1.0):
    whole = chirp(seconds) * np.float32(level)
    return Sound(whole * np.float32(0.8), whole, {"Lead": whole / 2, "Bass": whole / 2}, RATE)


@pytest.fixture
def encodings():
    with Encodings(TAGS, title="Ours", also=["mp3"]) as begun:
        yield begun


def begin(encodings, made):
    encodings.mixed(made.mix, made.stems, made.rate)
    encodings.mastered(made.audio, made.rate)


@pytest.fixture
def here(monkeypatch):
    """Count what this process itself encodes, by kind."""
    counted = []

    def noted(audio, rate, kind, tags):
        counted.append(kind)
        return encode(audio, rate, kind, tags)

    monkeypatch.setattr(module, "encode", noted)
    return counted


def finish(encodings, made):
    """Finish the files of a sound; return those of the master by kind, of the stems by name."""
    masters, stems = {}, {}

    def done(kind, name, path):
        if kind == "stem":
            stems[name] = path
        else:
            masters[kind] = path

    residual = encodings.finish(made, done)
    return SimpleNamespace(masters=masters, stems=stems, residual=residual)


def copies():
    return {child.pid for child in psutil.Process().children()}


def played(found):
    return soundfile.read(found.masters["flac"], dtype="float32")[0]


def heard(stem):
    return soundfile.read(stem, dtype="float32")[0]


def test_what_was_begun_is_what_would_be_made_later(encodings, here):
    made = sound()
    begin(encodings, made)
    found = finish(encodings, made)
    flac = encode(made.audio, RATE, "flac", TAGS)
    assert found.masters["flac"].read_bytes() == flac
    assert found.masters["mp3_320"].read_bytes() == lossy_of(flac, "mp3_320", "Ours")
    assert here == []  # copies did it


def test_stems_come_by_name_and_add_up_to_the_mix(encodings):
    made = sound()
    begin(encodings, made)
    found = finish(encodings, made)
    assert list(found.stems) == ["Lead", "Bass"]
    for name, samples in made.stems.items():
        assert np.abs(heard(found.stems[name]) - samples).max() <= 2**-19
    assert found.residual.peak_dbfs < -110


def test_nobody_waits_for_an_mp3_that_was_not_asked_for():
    made = sound()
    with Encodings(TAGS, title="Ours", also=[]) as encodings:
        found = finish(encodings, made)
        assert set(found.masters) == {"flac", "aac"}
        aac = encode(made.audio, RATE, "aac", TAGS)
        assert found.masters["aac"].read_bytes() == aac


def test_who_waits_for_the_mp3_does_not_wait_for_the_aac_besides(encodings):
    assert set(finish(encodings, sound()).masters) == {"flac", "mp3_320"}


def test_a_sound_that_was_not_begun_is_encoded_all_the_same(encodings):
    found = finish(encodings, sound())
    assert set(found.masters) == {"flac", "mp3_320"}
    assert all(path.stat().st_size for path in found.masters.values())


def test_each_file_is_told_of_when_it_is_there_what_takes_longest_last(encodings):
    made, told = sound(), []

    def done(kind, name, path):
        told.append((kind, name, path.stat().st_size > 0))

    begin(encodings, made)
    residual = encodings.finish(made, done)
    assert told == [
        ("stem", "Lead", True),
        ("stem", "Bass", True),
        ("flac", "", True),
        ("mp3_320", "", True),
    ]
    assert residual.peak_dbfs < -110


def test_of_two_tries_the_files_are_those_of_the_one_that_is_kept(encodings):
    loud, quiet = sound(), sound(level=0.25)
    begin(encodings, loud)
    encodings.discard()
    begin(encodings, quiet)
    found = finish(encodings, quiet)
    assert np.abs(played(found) - quiet.audio).max() < 1e-6
    assert np.abs(heard(found.stems["Lead"]) - quiet.stems["Lead"]).max() <= 2**-19


def test_an_earlier_try_that_is_kept_after_all_is_encoded_anew(encodings):
    first, second = sound(level=0.25), sound()
    begin(encodings, first)
    begin(encodings, second)
    found = finish(encodings, first)
    assert np.abs(played(found) - first.audio).max() < 1e-6


def test_what_is_dropped_works_on_nothing_any_more(encodings):
    before = copies()
    begin(encodings, sound(20.0))
    assert len(copies() - before) == 3
    encodings.discard()
    assert copies() == before


def test_what_a_killed_copy_left_is_done_here(encodings, here):
    made = sound(20.0)
    begin(encodings, made)
    for copy in encodings._copies.values():
        os.kill(copy.pid, signal.SIGKILL)
    found = finish(encodings, made)
    assert here == ["flac"]  # the MP3 has another way in
    assert found.masters["flac"].read_bytes() == encode(made.audio, RATE, "flac", TAGS)
    assert np.abs(heard(found.stems["Bass"]) - made.stems["Bass"]).max() <= 2**-19


def test_what_a_killed_process_left_is_cleared_by_the_next(monkeypatch, tmp_path):
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    names = [f"encodings-{pid}-x" for pid in (killed.pid, os.getpid(), os.getppid())]
    for name in (*names, "encodings-of-somebody"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "0.flac").write_bytes(b"x")
    with Encodings(TAGS, title="Ours", also=[]):
        left = {path.name for path in tmp_path.iterdir()}
        assert names[0] not in left
        assert {*names[1:], "encodings-of-somebody"} < left
        assert (tmp_path / names[1] / "deep" / "0.flac").exists()


def test_leaving_the_block_drops_everything_and_leaves_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    before = copies()
    with Encodings(TAGS, title="Ours", also=["mp3"]) as encodings:
        begin(encodings, sound(20.0))
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
    assert copies() == before


def test_stems_that_are_not_as_long_as_the_mix_are_said_so(encodings):
    made = sound()
    short = Sound(made.audio, made.mix, {"Lead": made.stems["Lead"][:-1]}, RATE)
    begin(encodings, short)
    with pytest.raises(StemsUnequalError, match="Lead"):
        finish(encodings, short)
