"""Another key, tempo or force: the same music, moved as a whole."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from generation.attribution.settlement import settle
from generation.composition.transposing import HOMES, with_energy, with_tempo, with_tonic
from tests.generation.score.reading import of_track, step_of

PITCHED = ("Lead", "Double", "Comp", "Pad", "Arp", "Bass")


def home_of(song):
    """Return the real tonic of a song (0 is C): in minor, not that of its relative major."""
    plan = song.score.plan
    return (plan.tonic - 3) % 12 if plan.mode == "minor" else plan.tonic


def gaps(song):
    """Return how far the second voice lies below the lead wherever both begin together."""
    lead = {step_of(event): event.pitch for event in of_track(song, "Lead")}
    return [lead[step_of(event)] - event.pitch for event in of_track(song, "Double")]


@pytest.mark.parametrize("tonic", range(12))
def test_every_part_keeps_its_intervals_its_home_and_its_second_voice(songs, tonic):
    """The second voice once went to an octave of its own: a tenth below, or above the lead."""
    for song in songs:
        moved = with_tonic(song, tonic)
        assert home_of(moved) == tonic
        assert gaps(moved) == gaps(song)
        for track in PITCHED:
            before = [event.pitch for event in of_track(song, track)]
            after = [event.pitch for event in of_track(moved, track)]
            assert [b - a for a, b in pairwise(after)] == [b - a for a, b in pairwise(before)]
            if track in HOMES and before:
                assert abs(sum(after) / len(after) - HOMES[track]) <= 12
        assert moved.bars == song.bars
        assert settle(moved.shares) == settle(song.shares)


def test_the_key_a_song_has_moves_nothing(songs):
    for song in songs:
        assert with_tonic(song, home_of(song)) == song


def test_the_key_a_song_has_moves_nothing_even_where_a_part_lies_high(third):
    """An octave nearer to home would be another song, and nobody asked for one."""
    high = tuple(
        replace(event, pitch=event.pitch + 12) if event.track == "Arp" else event
        for event in third.score.events
    )
    song = replace(third, score=replace(third.score, events=high))
    assert with_tonic(song, home_of(song)).score.events == high


def test_four_minor_thirds_lead_home(third):
    song = third
    for step in (3, 6, 9, 12):
        song = with_tonic(song, (home_of(third) + step) % 12)
    for track in PITCHED:
        [by] = {
            b.pitch - a.pitch
            for a, b in zip(of_track(third, track), of_track(song, track), strict=True)
        }
        assert by % 12 == 0
    assert settle(song.shares) == settle(third.shares)


@pytest.mark.parametrize("bpm", [60.0, 61.7, 119.999, 180.0])
def test_shares_do_not_depend_on_the_tempo(songs, bpm):
    """Of the bars, of their layers and of the song, to the last of a million parts."""
    for song in songs:
        moved = with_tempo(song, bpm)
        assert moved.score.plan.bar_s == 240.0 / bpm
        assert moved.score.events == song.score.events
        assert settle(moved.shares) == settle(song.shares)
        for before, after in zip(song.bars, moved.bars, strict=True):
            assert after == before


def test_the_force_it_has_changes_nothing(songs):
    for song in songs:
        same = with_energy(song, song.score.plan.energy)
        assert same.score.events == song.score.events
        assert settle(same.shares) == settle(song.shares)


@pytest.mark.parametrize("energy", [0.0, 0.3, 1.0])
def test_force_moves_every_note_the_same_way_and_stays_within_what_midi_can_say(songs, energy):
    for song in songs:
        moved = with_energy(song, energy)
        louder = energy > song.score.plan.energy
        for before, after in zip(song.score.events, moved.score.events, strict=True):
            assert 1 <= after.velocity <= 127
            assert (
                after.velocity >= before.velocity if louder else after.velocity <= before.velocity
            )
            assert replace(after, velocity=before.velocity) == before
        assert all(0.05 <= own <= 1 for own in moved.score.energies)


def test_loud_sections_stay_louder_than_soft_ones(songs):
    for song in songs:
        order = sorted(range(len(song.score.energies)), key=song.score.energies.__getitem__)
        moved = with_energy(song, 0.9).score.energies
        assert all(moved[a] <= moved[b] + 1e-12 for a, b in pairwise(order))


def test_whatever_is_changed_bars_still_settle_to_a_million(songs):
    for song in songs:
        moved = with_energy(with_tempo(with_tonic(song, 2), 90.0), 0.2)
        for bar in moved.bars:
            assert sum(settle(bar.total).values()) == 1_000_000
            for shares in bar.groups.values():
                assert math.isclose(sum(shares.values()), 1, abs_tol=1e-9)
