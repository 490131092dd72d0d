"""The MIDI file as another program reads it: mido, which knows nothing of us."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import mido
import pytest

from generation.composition.midi import CHANNELS, write_midi
from generation.composition.score import TRACKS
from generation.composition.transposing import with_tempo
from generation.composition.units import BAR_TICKS, PPQ
from tests.generation.score.reading import of_track


def read(content):
    """Return the file and, by track, its notes as (start, end, pitch, velocity)."""
    file = mido.MidiFile(file=io.BytesIO(content))
    return file, {track.name: notes_of(track) for track in file.tracks[1:]}


def notes_of(track):
    """Pair every beginning with its end; refuse a note that begins while it sounds."""
    now, sounding, found = 0, {}, []
    for message in track:
        now += message.time
        if message.type == "note_on":
            assert message.velocity > 0
            assert message.note not in sounding, (track.name, message.note, now)
            sounding[message.note] = now, message.velocity
        elif message.type == "note_off":
            began, velocity = sounding.pop(message.note)
            found.append((began, now, message.note, velocity))
    assert not sounding
    return sorted(found)


@pytest.fixture(scope="module")
def files(songs):
    return [read(write_midi(song.score)) for song in songs]


def test_no_note_begins_while_the_same_key_is_down(files):
    """A synthesiser has one voice to a key: the first end would silence the second note."""
    for _, tracks in files:
        for notes in tracks.values():
            assert notes
            by_pitch = defaultdict(list)
            for began, ended, pitch, _ in notes:
                assert ended > began
                by_pitch[pitch].append((began, ended))
            for held in by_pitch.values():
                assert all(a[1] <= b[0] for a, b in pairwise(held))


def test_every_note_of_the_score_is_in_the_file_with_its_time_and_force(songs, files):
    for song, (_, tracks) in zip(songs, files, strict=True):
        for name, notes in tracks.items():
            wanted = sorted((e.tick, e.pitch, e.velocity) for e in of_track(song, name))
            assert sorted((began, pitch, force) for began, _, pitch, force in notes) == wanted


def test_a_note_is_as_long_as_written_unless_its_key_is_struck_again(songs, files):
    for song, (_, tracks) in zip(songs, files, strict=True):
        for name, notes in tracks.items():
            ends = {(began, pitch): ended for began, ended, pitch, _ in notes}
            for event in of_track(song, name):
                assert ends[event.tick, event.pitch] <= event.tick + event.ticks
                if name in ("Lead", "Double", "Bass"):
                    assert ends[event.tick, event.pitch] == event.tick + event.ticks


@pytest.mark.parametrize("track", [name for name in TRACKS if name != "Drums"])
def test_the_score_itself_never_strikes_a_key_that_is_down(songs, track):
    """Played a little late here and a little early there, a chord still ends before the next."""
    for song in songs:
        last = {}
        for event in of_track(song, track):
            assert last.get(event.pitch, 0) <= event.tick
            last[event.pitch] = event.tick + event.ticks


def test_a_drum_struck_again_before_it_rang_out_is_cut_by_the_second_stroke(third):
    first, *_ = of_track(third, "Drums")
    again = replace(first, tick=first.tick + 40, velocity=33)
    score = replace(third.score, events=(first, again))
    _, tracks = read(write_midi(score))
    assert tracks["Drums"] == [
        (first.tick, first.tick + 40, first.pitch, first.velocity),
        (again.tick, again.tick + again.ticks, again.pitch, 33),
    ]


def test_two_strokes_of_one_drum_at_one_moment_are_one_and_the_louder(third):
    """A chorus opens with a cymbal; a pattern that begins with one already has it."""
    first, *_ = of_track(third, "Drums")
    soft = replace(first, velocity=20, ticks=30)
    for events in ((first, soft), (soft, first)):
        _, tracks = read(write_midi(replace(third.score, events=events)))
        assert tracks["Drums"] == [
            (first.tick, first.tick + first.ticks, first.pitch, first.velocity)
        ]


def test_the_conductor_says_tempo_metre_key_and_every_section(songs, files):
    for song, (file, _) in zip(songs, files, strict=True):
        plan, conductor = song.score.plan, file.tracks[0]
        [tempo] = [m.tempo for m in conductor if m.type == "set_tempo"]
        assert abs(mido.tempo2bpm(tempo) - plan.bpm) < 0.01
        [metre] = [m for m in conductor if m.type == "time_signature"]
        assert (metre.numerator, metre.denominator) == (4, 4)
        now, marks = 0, []
        for message in conductor:
            now += message.time
            if message.type == "marker":
                marks.append((now // BAR_TICKS, message.text))
        assert marks == [(section.bar, section.role) for section in plan.sections]


KEYS = {
    ("major", 0): "C",
    ("major", 9): "A",
    ("major", 10): "Bb",
    ("minor", 0): "Am",
    ("minor", 3): "Cm",
    ("minor", 8): "Fm",
}


@pytest.mark.parametrize(("key", "name"), KEYS.items())
def test_the_key_signature_is_the_one_musicians_write(third, key, name):
    mode, tonic = key
    plan = replace(third.score.plan, mode=mode, tonic=tonic)
    file, _ = read(write_midi(replace(third.score, plan=plan)))
    assert [m.key for m in file.tracks[0] if m.type == "key_signature"] == [name]


@pytest.mark.parametrize("bpm", [60.0, 97.3, 180.0])
def test_the_file_lasts_as_long_as_its_bars(third, bpm):
    song = with_tempo(third, bpm)
    file, _ = read(write_midi(song.score))
    assert file.ticks_per_beat == PPQ
    assert abs(file.length - song.score.plan.bars * song.score.plan.bar_s) < 0.01


def test_chord_names_stand_where_chords_change_and_nowhere_else(songs, files):
    for song, (file, _) in zip(songs, files, strict=True):
        now, named = 0, {}
        for message in file.tracks[0]:
            now += message.time
            if message.type == "text":
                named[now * 2 // BAR_TICKS] = message.text
        chords = song.score.chords
        changes = [n for n, chord in enumerate(chords) if n == 0 or chord != chords[n - 1]]
        assert named == {n: chords[n].symbol(song.score.plan.tonic) for n in changes}


def test_each_part_has_its_own_channel_and_drums_the_tenth(files):
    for file, _ in files:
        for track in file.tracks[1:]:
            channels = {m.channel for m in track if not m.is_meta}
            assert channels == {CHANNELS[track.name]}
        assert CHANNELS["Drums"] == 9


def test_a_part_that_does_not_play_has_no_track(third):
    events = tuple(e for e in third.score.events if e.track not in ("Arp", "Double"))
    file, tracks = read(write_midi(replace(third.score, events=events)))
    assert not {"Arp", "Double"} & tracks.keys()
    assert len(file.tracks) == 1 + len(tracks)
