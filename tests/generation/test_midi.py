"""The MIDI file, read back byte by byte."""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from generation.composition.midi import FIFTHS, _length, write_midi
from generation.composition.units import BAR_TICKS


def read_number(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def read_tracks(data):
    """Return (format, division, tracks); a track is a list of (tick, status, payload)."""
    assert data[:4] == b"MThd"
    size, kind, count, division = struct.unpack(">IHHH", data[4:14])
    at, tracks = 8 + size, []
    for _ in range(count):
        assert data[at : at + 4] == b"MTrk"
        (length,) = struct.unpack(">I", data[at + 4 : at + 8])
        tracks.append(read_track(data[at + 8 : at + 8 + length]))
        at += 8 + length
    assert at == len(data)
    return kind, division, tracks


def read_track(body):
    at = tick = 0
    events = []
    while at < len(body):
        wait, at = read_number(body, at)
        tick += wait
        status = body[at]
        if status == 0xFF:
            kind = body[at + 1]
            size, at = read_number(body, at + 2)
            events.append((tick, (0xFF, kind), body[at : at + size]))
            at += size
        else:
            size = 1 if status & 0xF0 == 0xC0 else 2
            events.append((tick, (status, None), body[at + 1 : at + 1 + size]))
            at += 1 + size
    assert events[-1][1] == (0xFF, 0x2F)
    return events


@pytest.fixture(scope="module")
def read(made):
    return read_tracks(write_midi(made.score))


def names(tracks):
    return [next(e[2].decode() for e in t if e[1] == (0xFF, 0x03)) for t in tracks]


def test_it_is_a_type_one_file_with_named_tracks(read):
    kind, division, tracks = read
    assert (kind, division) == (1, 480)
    assert names(tracks) == ["Conductor", "Lead", "Double", "Comp", "Pad", "Arp", "Bass", "Drums"]


def test_drums_are_on_channel_ten_and_nothing_else_is(read):
    for name, track in zip(names(read[2]), read[2], strict=True):
        channels = {status[0] & 0x0F for _, status, _ in track if status[0] != 0xFF}
        if name == "Drums":
            assert channels == {9}
        else:
            assert 9 not in channels
            assert len(channels) <= 1


def test_every_note_begins_once_and_ends_once(read):
    for track in read[2]:
        sounding = defaultdict(int)
        for _, (status, _), payload in track:
            if status & 0xF0 == 0x90:
                assert 1 <= payload[1] <= 127
                sounding[payload[0]] += 1
            elif status & 0xF0 == 0x80:
                sounding[payload[0]] -= 1
                assert sounding[payload[0]] >= 0
        assert not any(sounding.values())


def test_tempo_metre_key_and_markers_are_the_plans(read, made):
    plan = made.score.plan
    conductor = read[2][0]
    meta = {status[1]: payload for _, status, payload in reversed(conductor)}
    assert int.from_bytes(meta[0x51], "big") == round(60_000_000 / plan.bpm)
    assert meta[0x58] == bytes((4, 2, 24, 8))
    assert struct.unpack(">bB", meta[0x59]) == (FIFTHS[plan.tonic], plan.mode == "minor")
    markers = [(tick, text.decode()) for tick, status, text in conductor if status[1] == 0x06]
    assert markers == [(s.bar * BAR_TICKS, s.role) for s in plan.sections]
    assert conductor[-1][0] == plan.bars * BAR_TICKS


def test_the_notes_are_the_scores(read, made):
    lead = read[2][1]
    starts = [(t, p[0], p[1]) for t, (status, _), p in lead if status & 0xF0 == 0x90]
    assert sorted(starts) == sorted(
        (e.tick, e.pitch, e.velocity) for e in made.score.events if e.track == "Lead"
    )


def test_the_lead_never_overlaps_itself(made):
    lead = sorted((e for e in made.score.events if e.track == "Lead"), key=lambda e: e.tick)
    assert all(a.tick + a.ticks <= b.tick for a, b in pairwise(lead))


@pytest.mark.parametrize(("tick", "ticks"), [(-7, 60), (-7, 3)])
def test_what_a_groove_plays_ahead_of_the_first_bar_begins_with_it(made, tick, ticks):
    """Such a score once kept the writer busy until the machine was out of memory."""
    first, *others = (e for e in made.score.events if e.track == "Bass")
    early = replace(first, tick=tick, ticks=ticks)
    score = replace(made.score, events=(early, *others))
    [bass] = read_tracks(write_midi(score))[2][1:]
    begins, ends = (
        next(at for at, (status, _), _ in bass if status & 0xF0 == kind) for kind in (0x90, 0x80)
    )
    assert begins == 0
    assert ends == max(1, tick + ticks)


def test_there_is_no_length_below_nothing():
    with pytest.raises(ValueError, match="not negative"):
        _length(-1)
