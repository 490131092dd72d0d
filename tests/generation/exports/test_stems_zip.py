"""Stems: kept as FLAC, and their archive, unpacked by the standard library and read by libsndfile."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from functools import partial

import mido
import numpy as np
import pytest
import soundfile

from generation.composition.midi import write_midi
from generation.exports.errors import AudioUnfitError, StemsUnequalError
from generation.exports.facts import file_slug
from generation.exports.readme import stems_readme
from generation.exports.spelling import Key
from generation.exports.stems import Residual, StemWriter
from generation.exports.stems_zip import stem_names, write_stems_zip
from tests.generation.exports.papers import RECEIPT, facts_for
from tests.generation.exports.signals import RATE, chirp

PARTS = ("Lead", "Kick", "Bass", "Pad")
STEP = 2.0**-19
NOTHING_LEFT = Residual(-200.0, -200.0)


@pytest.fixture(scope="module")
def facts(made):
    """Return the facts of a composed song, in a tempo and a key that the tests can name."""
    found = facts_for(made.score, "Zehn für Eins / 十")
    return replace(found, bpm=112.0, key=Key(8, "major"))


@pytest.fixture(scope="module")
def stems():
    return {part: 0.2 * np.roll(chirp(), 700 * n, axis=0) for n, part in enumerate(PARTS)}


@pytest.fixture(scope="module")
def mix(stems):
    return np.sum([stems[part] for part in PARTS], axis=0, dtype=np.float32)


@pytest.fixture(scope="module")
def stored(stems, mix, tmp_path_factory):
    """Return what opens each stem as it is kept, and what is left between them and the mix."""
    folder = tmp_path_factory.mktemp("stems")
    writer = StemWriter(mix, RATE)
    for part, samples in stems.items():
        writer.write(part, samples, folder / f"{part}.flac")
    opened = {part: partial((folder / f"{part}.flac").open, "rb") for part in stems}
    return opened, writer.residual()


@pytest.fixture(scope="module")
def written(stored, facts, made):
    out, told = io.BytesIO(), []
    opened, residual = stored
    midi = write_midi(made.score)
    write_stems_zip(out, opened, facts=facts, midi=midi, residual=residual, progress=told.append)
    return out.getvalue(), told


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
        assert np.abs(samples - stems[part]).max() <= 0.5 * STEP


def test_the_stems_add_up_and_the_archive_says_how_exactly(archive, stored, mix):
    total = sum(
        soundfile.read(io.BytesIO(archive.read(name)), dtype="float64")[0]
        for name in archive.namelist()[:4]
    )
    apart = np.abs(total - mix).max()
    told = json.loads(archive.read("metadata.json"))["stems"]
    assert told["sum_minus_mix_peak_dbfs"] == round(20 * np.log10(apart), 1)
    assert told["sum_minus_mix_peak_dbfs"] == stored[1].peak_dbfs < -105
    assert told["sum_minus_mix_rms_dbfs"] == stored[1].rms_dbfs < -115
    assert (told["bits"], told["significant_bits"]) == (24, 20)


def test_what_is_kept_is_a_flac_of_24_bits_whose_last_four_are_empty(stored):
    with stored[0]["Bass"]() as stream:
        samples, _ = soundfile.read(stream, dtype="int32")
    with stored[0]["Bass"]() as stream:
        assert soundfile.info(stream).subtype == "PCM_24"
    assert not (samples & 0xFFF).any()
    assert (samples & 0x1000).any()


def test_a_mix_that_is_not_the_sum_is_not_hidden(stems, mix, tmp_path):
    writer = StemWriter(mix, RATE)
    writer.write("Kick", stems["Kick"], tmp_path / "kick.flac")
    assert writer.residual().peak_dbfs > -30


def test_silence_has_no_residual(tmp_path):
    nothing = np.zeros((500, 2), np.float32)
    writer = StemWriter(nothing, RATE)
    writer.write("Pad", nothing, tmp_path / "pad.flac")
    assert writer.residual() == NOTHING_LEFT


def test_beyond_full_scale_is_clipped_and_never_wraps(tmp_path):
    loud = np.array([[1.5, -1.5]] * 2000, np.float32)
    StemWriter(loud, RATE).write("Pad", loud, tmp_path / "pad.flac")
    samples, _ = soundfile.read(tmp_path / "pad.flac", dtype="float64")
    assert np.all(samples[:, 0] == 1 - STEP)
    assert np.all(samples[:, 1] == -1.0)


def test_progress_counts_the_stems(written):
    assert written[1] == [0.25, 0.5, 0.75, 1.0]


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


def test_the_readme_says_what_people_ask(archive, stored, facts):
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
    assert stored[1].peak_dbfs <= stated <= stored[1].peak_dbfs + 1


def test_a_long_row_of_chords_is_broken_into_lines(facts):
    many = tuple((n * 0.05, "Bbm") for n in range(100))
    text = stems_readme(replace(facts, chords=many), -120.0)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert text.count("Bbm") == 100


def test_the_midi_inside_opens(archive):
    file = mido.MidiFile(file=io.BytesIO(archive.read("MIDI/Zehn_fur_Eins.mid")))
    assert file.type == 1
    assert "Lead" in [track.name for track in file.tracks]


def test_the_same_song_is_the_same_archive_and_names_no_date(written, stored, facts, made):
    again = io.BytesIO()
    opened, residual = stored
    write_stems_zip(again, opened, facts=facts, midi=write_midi(made.score), residual=residual)
    assert hashlib.sha256(again.getvalue()).digest() == hashlib.sha256(written[0]).digest()
    for entry in zipfile.ZipFile(again).infolist():
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_type == zipfile.ZIP_STORED


def test_the_archive_is_sound(archive):
    assert archive.testzip() is None


def test_memory_does_not_grow_with_the_number_of_stems(facts, tmp_path):
    mix = np.full((400_000, 2), 0.12, np.float32)
    StemWriter(mix, RATE).write("Pad", mix, tmp_path / "stem.flac")
    opened = {f"Part{n}": partial((tmp_path / "stem.flac").open, "rb") for n in range(12)}
    with (tmp_path / "stems.zip").open("wb") as out:
        tracemalloc.start()
        try:
            write_stems_zip(out, opened, facts=facts, midi=b"", residual=NOTHING_LEFT)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert out.tell() > 12 * len(mix) * 6
    # Blocks only; one stem is 2.4 MB.
    assert peak < 8_000_000


def test_a_stem_of_another_length_is_refused(stems, mix, stored, facts, tmp_path):
    with pytest.raises(StemsUnequalError, match="Pad has"):
        StemWriter(mix, RATE).write("Pad", stems["Pad"][:-1], tmp_path / "pad.flac")
    short = stems["Pad"][:-1]
    StemWriter(short, RATE).write("Pad", short, tmp_path / "pad.flac")
    mixed = {**stored[0], "Pad": partial((tmp_path / "pad.flac").open, "rb")}
    with pytest.raises(StemsUnequalError, match="Pad has"):
        write_stems_zip(io.BytesIO(), mixed, facts=facts, midi=b"", residual=NOTHING_LEFT)


def test_no_stems_and_unfit_stems_are_refused(mix, facts, tmp_path):
    with pytest.raises(StemsUnequalError, match="none"):
        write_stems_zip(io.BytesIO(), {}, facts=facts, midi=b"", residual=NOTHING_LEFT)
    with pytest.raises(AudioUnfitError, match="no numbers"):
        StemWriter(mix, RATE).write("Pad", np.full_like(mix, np.nan), tmp_path / "pad.flac")


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Ça va?", "Ca_va"), ("十", "Song"), ("../../etc", "etc"), ("a" * 99, "a" * 60), ("", "Song")],
)
def test_a_title_becomes_a_plain_file_name(text, slug):
    assert file_slug(text) == slug
