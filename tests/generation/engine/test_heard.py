"""The MIDI file names what was heard: programs, drums on channel 10, the lead, tempo, key, markers."""

from __future__ import annotations

import io

import mido
import pytest

from generation.composition.midi import write_midi
from generation.engines.heard import NEAREST, program_of, with_heard_programs
from generation.exports.spelling import Key
from generation.rendering.arranging import arrange
from generation.rendering.instruments import INSTRUMENTS

SEED = 3


@pytest.fixture(scope="module")
def file(made):
    score = with_heard_programs(made.score, seed=SEED)
    return mido.MidiFile(file=io.BytesIO(write_midi(score)))


def messages(track, kind):
    return [message for message in track if message.type == kind]


def test_each_track_has_the_program_of_the_instrument_that_plays_it(file, made):
    heard = {part.name: part.instrument for part in arrange(made.score, seed=SEED).parts}
    pitched = [track for track in file.tracks[1:] if track.name != "Drums"]
    assert pitched
    for track in pitched:
        [change] = messages(track, "program_change")
        assert change.program == program_of(heard[track.name]), track.name


def test_the_lead_is_named_and_the_drums_are_on_channel_ten(file):
    tracks = {track.name: track for track in file.tracks}
    assert "Lead" in tracks
    assert {m.channel for m in messages(tracks["Drums"], "note_on")} == {9}
    channels = [messages(track, "program_change")[0].channel for track in file.tracks[1:]]
    assert len(set(channels)) == len(channels)
    assert file.type == 1


def test_the_conductor_has_tempo_key_and_a_marker_for_each_section(file, made):
    conductor, plan = file.tracks[0], made.score.plan
    [tempo] = messages(conductor, "set_tempo")
    assert mido.tempo2bpm(tempo.tempo) == pytest.approx(plan.bpm, abs=0.01)
    [key] = messages(conductor, "key_signature")
    assert key.key[0] == Key(plan.tonic, plan.mode).name[0]
    assert key.key.endswith("m") == (plan.mode == "minor")
    assert [m.text for m in messages(conductor, "marker")] == [s.role for s in plan.sections]


def test_every_instrument_has_a_program_of_general_midi():
    for name in INSTRUMENTS:
        assert 0 <= program_of(name) <= 127
    assert set(NEAREST) <= set(INSTRUMENTS)


def test_only_the_programs_of_the_score_change(made):
    heard = with_heard_programs(made.score, seed=SEED)
    assert heard.events == made.score.events
    assert set(heard.programs) == set(made.score.programs)
