"""The archive of stems, unpacked by the standard library and read by libsndfile."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Mapping
from dataclasses import replace

import mido
import numpy as np
import pytest
import soundfile

from generation.composition.midi import write_midi
from generation.exports.errors import AudioUnfitError, StemsUnequalError
from generation.exports.facts import SourceFact, file_slug, song_facts
from generation.exports.readme import stems_readme
from generation.exports.spelling import Key
from generation.exports.stems_zip import stem_names, write_stems_zip
from tests.generation.exports.signals import RATE, chirp

SOURCES = tuple(SourceFact(f"Song {n}", f"Artist {n}", f"QZZZZ26{n:05}", 67_000) for n in range(10))
RECEIPT = "https://tenfold.example/verify/0f5c"
PARTS = ("Lead", "Kick", "Bass", "Pad")


@pytest.fixture(scope="module")
def facts(made):
    """Return the facts of a composed song, in a tempo and a key that the tests can name."""
    found = song_facts(
        made.score,
        title="Zehn für Eins / 十",
        sources=SOURCES,
        base_ppm=330_000,
        licence="Licensed to Alice for any use.",
        engine="Mosaic 1.0",
        receipt=RECEIPT,
    )
    return replace(found, bpm=112.0, key=Key(8, "major"))


@pytest.fixture(scope="module")
def stems():
    return {part: 0.2 * np.roll(chirp(), 700 * n, axis=0) for n, part in enumerate(PARTS)}


@pytest.fixture(scope="module")
def mix(stems):
    return np.sum([stems[part] for part in PARTS], axis=0, dtype=np.float32)


@pytest.fixture(scope="module")
def written(stems, mix, facts, made):
    out = io.BytesIO()
    report = write_stems_zip(out, stems, mix, RATE, facts=facts, midi=write_midi(made.score))
    return out.getvalue(), report


@pytest.fixture(scope="module")
def archive(written):
    return zipfile.ZipFile(io.BytesIO(written[0]))


def test_files_are_named_and_ordered_as_on_a_desk(archive):
    assert archive.namelist() == [
        "Stems/01_Kick_112bpm_Abmaj.wav",
        "Stems/02_Bass_112bpm_Abmaj.wav",
        "Stems/03_Pad_112bpm_Abmaj.wav",
        "Stems/04_Lead_112bpm_Abmaj.wav",
        "MIDI/Zehn_fur_Eins.mid",
        "metadata.json",
        "README.txt",
    ]
    assert all(name.isascii() and "#" not in name for name in archive.namelist())


def test_unknown_parts_come_last_by_name(facts):
    names = list(stem_names(dict.fromkeys(["Zither", "Choir 2", "Snare"]), facts).values())
    assert [name.split("_")[1] for name in names] == ["Snare", "Choir", "Zither"]


def test_a_broken_tempo_keeps_one_decimal(facts):
    names = stem_names({"Bass": None}, replace(facts, bpm=98.54))
    assert names["Bass"] == "Stems/01_Bass_98.5bpm_Abmaj.wav"


def test_stems_are_24_bits_of_equal_length_and_begin_together(archive, stems, mix):
    for part, name in zip(("Kick", "Bass", "Pad", "Lead"), archive.namelist(), strict=False):
        data = archive.read(name)
        info = soundfile.info(io.BytesIO(data))
        assert (info.subtype, info.samplerate, info.channels) == ("PCM_24", RATE, 2)
        samples, _ = soundfile.read(io.BytesIO(data), dtype="float64")
        assert samples.shape == mix.shape
        assert np.abs(samples - stems[part]).max() <= 1.5 * 2**-23


def test_the_stems_add_up_and_the_archive_says_how_exactly(archive, written, mix):
    total = sum(
        soundfile.read(io.BytesIO(archive.read(name)), dtype="float64")[0]
        for name in archive.namelist()[:4]
    )
    apart = np.abs(total - mix).max()
    stated = json.loads(archive.read("metadata.json"))["stems"]
    assert stated["sum_minus_mix_peak_dbfs"] == round(20 * np.log10(apart), 1)
    assert stated["sum_minus_mix_peak_dbfs"] == written[1].residual_peak_dbfs < -120
    assert stated["sum_minus_mix_rms_dbfs"] == written[1].residual_rms_dbfs < -130


def test_a_mix_that_is_not_the_sum_is_not_hidden(stems, mix, facts):
    report = write_stems_zip(io.BytesIO(), stems, mix * 0.5, RATE, facts=facts, midi=b"")
    assert report.residual_peak_dbfs > -30


def test_silence_has_no_residual(facts):
    nothing = np.zeros((500, 2), np.float32)
    report = write_stems_zip(io.BytesIO(), {"Pad": nothing}, nothing, RATE, facts=facts, midi=b"")
    assert (report.residual_peak_dbfs, report.residual_rms_dbfs) == (-200.0, -200.0)


def test_metadata_says_what_programs_ask(archive, made, mix, facts):
    told = json.loads(archive.read("metadata.json"))
    plan = made.score.plan
    assert (told["bpm"], told["key"], told["metre"]) == (112.0, "A flat major", "4/4")
    assert told["stems"]["frames"] == len(mix)
    assert told["stems"]["files"] == archive.namelist()[:4]
    assert [s["bar"] for s in told["sections"]] == [s.bar + 1 for s in plan.sections]
    assert told["sections"][-1]["end_s"] == pytest.approx(plan.bars * plan.bar_s, abs=1e-3)
    assert told["chords"][0] == {"start_s": 0.0, "chord": facts.chords[0][1]}
    assert len(told["chords"]) == len(facts.chords) > 8
    assert sum(s["share_ppm"] for s in told["sources"]) + told["base_model_share_ppm"] == 1_000_000
    assert told["receipt"] == RECEIPT
    assert told["ai"]["composed_by"] == "Mosaic 1.0"


def test_the_readme_says_what_people_ask(archive, written, facts):
    text = archive.read("README.txt").decode()
    for words in (
        "Zehn für Eins / 十",
        "112 BPM, constant, 4/4",
        "A flat major",
        "Auto-Warp",
        f"{facts.sections[0].name}: {facts.chords[0][1]} {facts.chords[1][1]}",
        "  6.70 %  Song 0, Artist 0 (QZZZZ2600000)",
        " 33.00 %  base model",
        "Licensed to Alice",
        "artificial intelligence",
        RECEIPT,
    ):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 100
    stated = int(text.split("stays below ")[1].split()[0])
    assert written[1].residual_peak_dbfs <= stated <= written[1].residual_peak_dbfs + 1


def test_a_long_row_of_chords_is_broken_into_lines(facts):
    many = tuple((n * 0.05, "Bbm") for n in range(100))
    text = stems_readme(replace(facts, chords=many), -120.0)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert text.count("Bbm") == 100


def test_the_midi_inside_opens(archive):
    file = mido.MidiFile(file=io.BytesIO(archive.read("MIDI/Zehn_fur_Eins.mid")))
    assert file.type == 1
    assert "Lead" in [track.name for track in file.tracks]


def test_the_same_song_is_the_same_archive_and_names_no_date(written, stems, mix, facts, made):
    again = io.BytesIO()
    write_stems_zip(again, stems, mix, RATE, facts=facts, midi=write_midi(made.score))
    assert hashlib.sha256(again.getvalue()).digest() == hashlib.sha256(written[0]).digest()
    for entry in zipfile.ZipFile(again).infolist():
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_type == zipfile.ZIP_STORED


def test_the_archive_is_sound(archive):
    assert archive.testzip() is None


class OnDisk(Mapping):
    """Stems that are made when asked for, as if read from files."""

    def __init__(self, number, frames):
        self.parts = [f"Part{n}" for n in range(number)]
        self.frames = frames

    def __getitem__(self, part):
        return np.full((self.frames, 2), 0.01, np.float32)

    def __iter__(self):
        return iter(self.parts)

    def __len__(self):
        return len(self.parts)


def test_memory_does_not_grow_with_the_number_of_stems(facts, tmp_path):
    frames = 400_000
    mix = np.full((frames, 2), 0.12, np.float32)
    with (tmp_path / "stems.zip").open("wb") as out:
        tracemalloc.start()
        try:
            write_stems_zip(out, OnDisk(12, frames), mix, RATE, facts=facts, midi=b"")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert out.tell() > 12 * frames * 6
    # Two stems while one is replaced, the sum, and blocks; twelve stems are 38 MB.
    assert peak < 20_000_000


def test_a_stem_of_another_length_is_refused(stems, mix, facts):
    short = {**stems, "Pad": stems["Pad"][:-1]}
    with pytest.raises(StemsUnequalError, match="Pad has"):
        write_stems_zip(io.BytesIO(), short, mix, RATE, facts=facts, midi=b"")


def test_no_stems_and_unfit_stems_are_refused(stems, mix, facts):
    with pytest.raises(StemsUnequalError, match="none"):
        write_stems_zip(io.BytesIO(), {}, mix, RATE, facts=facts, midi=b"")
    broken = {**stems, "Pad": np.full_like(mix, np.nan)}
    with pytest.raises(AudioUnfitError, match="no numbers"):
        write_stems_zip(io.BytesIO(), broken, mix, RATE, facts=facts, midi=b"")


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Ça va?", "Ca_va"), ("十", "Song"), ("../../etc", "etc"), ("a" * 99, "a" * 60), ("", "Song")],
)
def test_a_title_becomes_a_plain_file_name(text, slug):
    assert file_slug(text) == slug
