"""Mining: what the analysis says comes back as units, relative and with the evidence it has."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from generation.composition.chords import Chord, read_loop
from generation.composition.errors import SourceTooVagueError
from generation.composition.mining.measured import read_analysis
from generation.composition.mining.source import mine_source
from generation.composition.stream import Stream
from generation.composition.units import LEAST_CONFIDENCE, SourceModel
from library.analysis import types
from tests.generation.songs import LOOPS, analysis


def units_of(model: SourceModel):
    names = [
        "harmony",
        "drums",
        "grooves",
        "bass",
        "comp",
        "pads",
        "arps",
        "rhythms",
        "contours",
        "forms",
        "sounds",
    ]
    return [unit for name in names for unit in getattr(model, name)]


@pytest.fixture(scope="module")
def song():
    return mine_source("00", analysis(0))


def test_the_loader_reads_the_fields_that_the_library_stores():
    """The library's dataclasses are the contract: a field renamed there fails here."""
    data = analysis(0)
    for row, kind in (
        (data["chords"][0], types.Chord),
        (data["sections"][0], types.Section),
        (data["melody"]["notes"][0], types.Note),
        (data["drums"][0]["hits"][0], types.DrumHit),
        (data["key"], types.Key),
        (data["timbre"], types.Timbre),
    ):
        assert set(row) == {field.name for field in fields(kind)}
    stored = {field.name for field in fields(types.Analysis)}
    assert set(data) <= stored


def test_positions_and_times_are_inverse_even_where_the_tempo_gives():
    data = analysis(0)
    data["beats"]["beats_s"] = [b + 0.02 * (n % 3) for n, b in enumerate(data["beats"]["beats_s"])]
    data["beats"]["downbeats_s"] = data["beats"]["beats_s"][2::4]
    song = read_analysis(data)
    for step in (0.0, 3.0, 17.5, 200.25):
        assert song.position(song.time(step)) == pytest.approx(step)
    assert song.position(data["beats"]["downbeats_s"][3]) == pytest.approx(48)


def test_chord_loops_are_relative_to_the_key(song):
    wanted = {
        tuple(Chord(root, quality) for root, quality in LOOPS[n] for _ in range(2)) for n in (0, 1)
    }
    assert {unit.chords for unit in song.harmony} == wanted
    assert read_loop("I V vi IV", "major") in wanted


def test_a_song_in_another_key_gives_the_same_loop():
    """Numbers 0 and 5 have the same loops, five fifths apart."""
    assert {u.chords for u in mine_source("5", analysis(5)).harmony} == {
        u.chords for u in mine_source("0", analysis(0)).harmony
    }


def test_a_minor_key_shares_the_frame_of_its_relative_major():
    minor = mine_source("1", analysis(1))
    assert minor.mode == "minor"
    assert minor.tonic == 5
    assert all(chord.is_diatonic for unit in minor.harmony for chord in unit.chords)


def test_drums_keep_their_strokes_and_grooves_their_lateness(song):
    kicks = {hit.step for hit in song.drums[0].hits if hit.piece == "kick"}
    assert kicks == {0, 8}
    assert song.drums[0].roles == ("verse",)
    assert len(song.grooves[0].late) == len(song.grooves[0].accent) == 16
    assert all(abs(late) <= 30 for late in song.grooves[0].late)
    assert song.grooves[0].accent[0] > song.grooves[0].accent[2]


def test_the_bass_figure_is_what_the_bars_agree_on(song):
    figure = song.bass[0]
    assert [(tone.step, tone.place) for tone in figure.tones] == [(0, 1), (8, 1)]
    assert figure.confidence > 0.9


def test_the_comping_rhythm_is_where_notes_start_together():
    odd = mine_source("3", analysis(3))
    assert [stroke.step for stroke in odd.comp[0].strokes] == [0, 6, 12]


def test_motifs_know_their_place_and_their_shape(song):
    rhythm, contour = song.rhythms[0], song.contours[0]
    assert rhythm.span == contour.span
    assert rhythm.span.bars == 2
    assert len(contour.steps) == len(rhythm.strokes) - 1
    assert all(abs(step) <= 7 for step in contour.steps)
    assert song.lines
    assert song.heard


def test_what_was_heard_reaches_the_copy_guard_even_when_it_is_too_unsure_to_use():
    data = analysis(0)
    noise = Stream(1)
    for note in data["melody"]["notes"]:
        note["confidence"] = 0.05
        note["start_s"] += noise.spread(1.0)
    model = mine_source("x", data)
    assert model.rhythms == ()
    assert model.lines == ()
    assert sum(len(line) for line in model.heard) > 30


def test_a_waltz_gives_chords_but_no_figures_of_four(song):
    waltz = mine_source("w", analysis(2, meter=3))
    assert waltz.harmony
    assert waltz.forms
    assert (waltz.drums, waltz.bass, waltz.comp, waltz.rhythms) == ((), (), (), ())


def test_no_unit_below_one_half_enters_the_pool():
    for number in range(10):
        for unit in units_of(mine_source(f"{number}", analysis(number))):
            assert LEAST_CONFIDENCE <= unit.confidence <= 1, unit.id


def test_unsure_chords_are_left_out():
    data = analysis(0)
    for chord in data["chords"]:
        chord["confidence"] = 0.3
    assert mine_source("x", data).harmony == ()


def test_chords_of_another_key_are_left_out():
    data = analysis(0)
    for chord in data["chords"]:
        chord["label"] = "F#:maj" if chord["start_s"] % 4 < 2 else "C#:maj"
    assert mine_source("x", data).harmony == ()


def test_ids_say_whose_a_unit_is_and_are_unique(song):
    ids = [unit.id for unit in units_of(song)]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("song:00:") for name in ids)


def test_a_song_of_which_nothing_is_clear_is_refused_before_any_note():
    data = analysis(0)
    data["beats"].update(beats_s=[], downbeats_s=[])
    data["timbre"]["confidence"] = 0.1
    with pytest.raises(SourceTooVagueError) as refused:
        mine_source("x", data)
    assert refused.value.code == "generation.source.too_vague"
    assert "replace it" in refused.value.message


def test_silence_is_refused_and_does_not_crash():
    data = analysis(0)
    for name in ("bass", "melody", "notes"):
        data[name]["notes"] = []
    data["beats"].update(beats_s=[], downbeats_s=[])
    data["key"] = {"tonic": "", "mode": "major", "confidence": 0.0}
    data["loudness"]["integrated_lufs"] = None
    data["timbre"]["confidence"] = 0.0
    data.update(chords=[], sections=[], drums=[])
    with pytest.raises(SourceTooVagueError):
        mine_source("x", data)


def test_mining_is_a_pure_function():
    assert mine_source("00", analysis(0)) == mine_source("00", analysis(0))
    assert replace(mine_source("00", analysis(0)), key="other").key == "other"
