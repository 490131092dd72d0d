"""Which of several ids of one ISRC is taken: a table, and properties of the choice."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.catalogue.matching import fits, pick_song
from rights.catalogue.types import Album, Song


def song(number, artist="Marlow Quay", ms=187_000, date="2021-05-14", **fields):
    release = fields.pop("release", Album("1", release_text=date))
    return Song(
        number, artist=artist, duration_ms=ms, release_text=date, release=release,
        **{"playable": True, **fields},
    )  # fmt: skip


COMPILATION = Album("9", is_compilation=True, release_text="2001-01-01")
SINGLE = Album("8", is_single=True, release_text="2021-05-14")

TABLE = [
    ("nothing to choose from", [], None),
    ("the only one", [song("1")], "1"),
    ("earliest release", [song("1"), song("2", date="2021-03-05")], "2"),
    ("no compilation, though earlier", [song("1"), song("2", release=COMPILATION)], "1"),
    (
        "no album of various artists",
        [song("1"), song("2", release=Album("9", artist="Various Artists", release_text="1999"))],
        "1",
    ),
    ("a compilation when there is nothing else", [song("2", release=COMPILATION)], "2"),
    ("the exact artist", [song("1", artist="Marlow Quay & Co"), song("2", date="2024-01-01")], "2"),
    ("an artist written otherwise", [song("1", artist="MARLOW  QUAY", date="2020-01-01")], "1"),
    (
        "exact artist before compilation",
        [song("1", "Tribute"), song("2", release=COMPILATION)],
        "2",
    ),
    ("playable before earlier", [song("1"), song("2", date="2020-01-01", playable=False)], "1"),
    ("not playable when nothing is", [song("1", playable=False)], "1"),
    ("two seconds too long", [song("1", ms=189_001), song("2", date="2024-01-01")], "2"),
    ("exactly two seconds", [song("1", ms=189_000)], "1"),
    ("all too long", [song("1", ms=190_000), song("2", ms=150_000)], None),
    ("an unknown length is no reason against", [song("1", ms=None)], "1"),
    ("album before single of one day", [song("1", release=SINGLE), song("2")], "2"),
    ("a known day before a year", [song("1", date="2021"), song("2", date="2021-12-31")], "2"),
    ("a year before a later day", [song("1", date="2020"), song("2", date="2021-01-01")], "1"),
    ("no date comes last", [song("1", date=""), song("2", date="2024")], "2"),
    ("the shorter, then the lower id", [song("10"), song("9"), song("8")], "8"),
    ("without a release", [song("1", release=None), song("2", date="2020-01-01")], "2"),
]


@pytest.mark.parametrize(("why", "songs", "picked"), TABLE, ids=[row[0] for row in TABLE])
def test_the_song_that_people_mean_is_picked(why, songs, picked):
    for order in permutations(songs):
        chosen = pick_song(order, artist="Marlow Quay", duration_ms=187_000)
        assert (chosen.id if chosen else None) == picked


def test_without_artist_and_length_the_rest_decides():
    songs = [song("1", ms=1), song("2", artist="Other", date="2001-01-01")]

    assert pick_song(songs, artist=" ", duration_ms=None).id == "2"


def test_lengths_agree_when_one_is_unknown():
    assert fits(song("1", ms=None), 187_000)
    assert fits(song("1"), None)
    assert not fits(song("1"), 100_000)


SONGS = st.lists(
    st.builds(
        song,
        st.integers(1, 99).map(str),
        st.sampled_from(["Marlow Quay", "Tribute"]),
        st.sampled_from([None, 180_000, 187_000, 188_000]),
        st.sampled_from(["", "2020", "2021-05-14"]),
        release=st.sampled_from([None, SINGLE, COMPILATION]),
        playable=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(SONGS, st.randoms())
def test_the_choice_is_one_of_them_fits_and_does_not_depend_on_the_order(songs, random):
    chosen = pick_song(songs, artist="Marlow Quay", duration_ms=187_000)
    random.shuffle(songs)

    assert pick_song(songs, artist="Marlow Quay", duration_ms=187_000) == chosen
    assert (chosen is None) == (not any(fits(one, 187_000) for one in songs))
    if chosen is not None:
        assert chosen in songs
        assert fits(chosen, 187_000)


def test_of_the_built_in_trap_the_single_is_picked_and_never_the_compilation(bench):
    found = bench.client().songs_by_isrc(["ZZSAL2100002"], "gb")["ZZSAL2100002"]

    chosen = pick_song(found, artist="Marlow Quay", duration_ms=187_000)

    assert len(found) == 3
    assert chosen.id == "910009001"  # came out two months before the album
