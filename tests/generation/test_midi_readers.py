"""The MIDI file as an independent reader sees it, and as a workstation needs it."""

from __future__ import annotations

import io

import mido
import pytest

from generation.composition.midi import write_midi
from generation.composition.units import BAR_TICKS
from generation.exports.spelling import Key


@pytest.fixture(scope="module")
def file(made):
    return mido.MidiFile(file=io.BytesIO(write_midi(made.score)))


def test_mido_reads_a_type_one_file_with_named_tracks(file):
    assert (file.type, file.ticks_per_beat, file.charset) == (1, 480, "latin1")
    assert [t.name for t in file.tracks][:2] == ["Conductor", "Lead"]
    assert "Drums" in [t.name for t in file.tracks]


def test_the_song_lasts_as_long_as_its_bars(file, made):
    plan = made.score.plan
    assert file.length == pytest.approx(plan.bars * plan.bar_s, abs=0.5)


def test_every_part_chooses_its_instrument_before_it_plays(file, made):
    for track in file.tracks[1:]:
        kinds = [message.type for message in track]
        assert kinds.index("program_change") < kinds.index("note_on")
        program = next(m for m in track if m.type == "program_change")
        if track.name == "Drums":
            assert (program.channel, program.program) == (9, 0)
        else:
            assert program.program == made.score.programs[track.name.lower()]


def test_each_track_has_a_channel_of_its_own(file):
    channels = [{m.channel for m in t if not m.is_meta} for t in file.tracks[1:]]
    assert all(len(own) == 1 for own in channels)
    assert len(set.union(*channels)) == len(channels)


def test_sections_are_markers_at_their_bars(file, made):
    at, found = 0, []
    for message in file.tracks[0]:
        at += message.time
        if message.type == "marker":
            found.append((at, message.text))
    assert found == [(s.bar * BAR_TICKS, s.role) for s in made.score.plan.sections]


def test_every_track_ends_once_and_not_before_its_last_note(file, made):
    end = made.score.plan.bars * BAR_TICKS
    for track in file.tracks:
        assert [m.type for m in track].count("end_of_track") == 1
        assert track[-1].type == "end_of_track"
        assert sum(m.time for m in track) >= end


def test_tempo_metre_and_key_stand_at_the_beginning(file, made):
    first = {m.type: m for m in file.tracks[0] if m.time == 0 and m.is_meta}
    assert mido.tempo2bpm(first["set_tempo"].tempo) == pytest.approx(made.score.plan.bpm, abs=0.01)
    assert (first["time_signature"].numerator, first["time_signature"].denominator) == (4, 4)
    key = Key(made.score.plan.tonic, made.score.plan.mode)
    assert first["key_signature"].key == key.home.text + ("m" if key.mode == "minor" else "")
