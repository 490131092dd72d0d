"""Keys on the Camelot wheel, checked against the printed wheel."""

from __future__ import annotations

import pytest

from library.domain.keys import ALL, BY_CAMELOT, MusicalKey

# The wheel as DJs print it.
WHEEL = {
    "1A": (8, "minor"), "1B": (11, "major"), "2A": (3, "minor"), "2B": (6, "major"),
    "3A": (10, "minor"), "3B": (1, "major"), "4A": (5, "minor"), "4B": (8, "major"),
    "5A": (0, "minor"), "5B": (3, "major"), "6A": (7, "minor"), "6B": (10, "major"),
    "7A": (2, "minor"), "7B": (5, "major"), "8A": (9, "minor"), "8B": (0, "major"),
    "9A": (4, "minor"), "9B": (7, "major"), "10A": (11, "minor"), "10B": (2, "major"),
    "11A": (6, "minor"), "11B": (9, "major"), "12A": (1, "minor"), "12B": (4, "major"),
}  # fmt: skip


@pytest.mark.parametrize(("place", "key"), WHEEL.items())
def test_each_place_holds_its_key(place, key):
    assert BY_CAMELOT[place] == MusicalKey(*key)
    assert MusicalKey(*key).camelot == place


def test_there_are_twenty_four_keys():
    assert len(set(ALL)) == len(BY_CAMELOT) == 24


@pytest.mark.parametrize("key", ALL, ids=str)
def test_relatives_share_their_hour_and_point_at_each_other(key):
    assert key.relative.relative == key
    assert key.relative.camelot[:-1] == key.camelot[:-1]
    assert key.relative.mode != key.mode


@pytest.mark.parametrize("key", ALL, ids=str)
def test_neighbours_are_one_hour_away_or_on_the_other_letter(key):
    hour = int(key.camelot[:-1])
    around = {(hour % 12) + 1, (hour - 2) % 12 + 1}
    same_letter = {int(n.camelot[:-1]) for n in key.neighbours if n.mode == key.mode}
    assert same_letter == around
    assert key.relative in key.neighbours


def test_names_are_written_as_musicians_write_them():
    assert str(MusicalKey(10, "minor")) == "B♭ minor"
    assert str(MusicalKey(6, "major")) == "F♯ major"
