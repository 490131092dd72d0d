"""What a person asks the library for: every filter and order, and the address that holds them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from library.domain.keys import BY_CAMELOT
from library.models import Track
from library.selectors.track_query import SORTS, TrackQuery
from tests.jobs.factories import make_job
from tests.library.factories import make_track


def parse(address: str) -> TrackQuery:
    return TrackQuery.parse(QueryDict(address))


def titles(address: str) -> list[str]:
    return [track.title for track in parse(address).apply(Track.objects.all())]


@pytest.fixture
def shelf(cast):
    """Four songs that differ in everything that can be asked for."""
    job = make_job("failed", tenant=cast.studio.pk)
    day = [datetime(2026, 11, n, 12, tzinfo=UTC) for n in (1, 2, 3, 4)]
    a_minor, c_major, d_major = {"key_mode": "minor"}, {"key_mode": "major"}, {"key_mode": "major"}
    make_track(
        cast.studio, "Anchor", artist="zoe", album="Tides", tempo_bpm=89.6, created_at=day[0],
        key_pitch_class=9, loudness_lufs=-20.0, duration_ms=30_000, **a_minor,
    )  # fmt: skip
    make_track(
        cast.studio, "bell", artist="Yan", tempo_bpm=120.0, created_at=day[1],
        key_pitch_class=0, loudness_lufs=-8.0, duration_ms=60_000, **c_major,
    )  # fmt: skip
    make_track(
        cast.studio, "Crow", artist="Xu", tempo_bpm=140.4, created_at=day[2],
        key_pitch_class=2, loudness_lufs=-14.0, duration_ms=90_000, **d_major,
    )  # fmt: skip
    make_track(
        cast.studio, "Dune", state="reading", job=job, created_at=day[3],
        duration_ms=None, file_sha256="", audio_sha256="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", ["Dune", "Crow", "bell", "Anchor"]),
        ("q=BELL", ["bell"]),
        ("q=tides", ["Anchor"]),
        ("q=zoe+anchor", ["Anchor"]),
        ("q=zoe+bell", []),
        ("bpm_from=120", ["Crow", "bell"]),
        ("bpm_to=120", ["bell", "Anchor"]),
        ("bpm_from=90&bpm_to=120", ["bell"]),
        ("bpm_to=140", ["Crow", "bell", "Anchor"]),
        ("key=8A", ["Anchor"]),
        ("key=8a", ["Anchor"]),
        ("key=8A&near=1", ["bell", "Anchor"]),
        ("key=9B", []),
        ("key=9B&near=1", ["Crow", "bell"]),
        ("near=1", ["Dune", "Crow", "bell", "Anchor"]),
        ("state=ready", ["Crow", "bell", "Anchor"]),
        ("state=failed", ["Dune"]),
        ("state=reading", []),
        ("since=2026-11-03", ["Dune", "Crow"]),
        ("sort=date", ["Anchor", "bell", "Crow", "Dune"]),
        ("sort=title", ["Anchor", "bell", "Crow", "Dune"]),
        ("sort=-title", ["Dune", "Crow", "bell", "Anchor"]),
        ("sort=artist", ["Dune", "Crow", "bell", "Anchor"]),
        ("sort=duration", ["Anchor", "bell", "Crow", "Dune"]),
        ("sort=-duration", ["Crow", "bell", "Anchor", "Dune"]),
        ("sort=bpm", ["Anchor", "bell", "Crow", "Dune"]),
        ("sort=key", ["bell", "Crow", "Anchor", "Dune"]),
        ("sort=-loudness", ["bell", "Crow", "Anchor", "Dune"]),
        ("sort=state", ["Dune", "Crow", "bell", "Anchor"]),
    ],
)
def test_each_filter_and_order_does_what_it_says(shelf, address, found):
    assert titles(address) == found


@pytest.mark.parametrize(
    "address",
    [
        "bpm_from=fast&bpm_to=-3",
        "bpm_from=0",
        "bpm_from=99999999999999999999",
        "bpm_from=%D9%A3",
        "key=13A",
        "key=H",
        "state=perfect",
        "since=2026-13-45",
        "since=yesterday",
        "sort=colour",
        "sort=--date",
        "view=hologram",
        "page=-1",
        "page=zero",
        "unknown=1",
    ],
)
def test_what_cannot_be_understood_is_left_out(address):
    assert parse(address) == TrackQuery()


def test_the_text_is_cut_to_a_hundred_characters():
    assert len(parse("q=" + "a" * 500).text) == 100


def test_a_percent_sign_is_searched_for_as_such(cast):
    make_track(cast.studio, "100% pure")
    make_track(cast.studio, "1000 pure")
    assert titles("q=100%25") == ["100% pure"]


QUERIES = st.builds(
    TrackQuery,
    text=st.text("abc &=%é", max_size=12).map(str.strip),
    bpm_from=st.none() | st.integers(1, 400),
    bpm_to=st.none() | st.integers(1, 400),
    key=st.none() | st.sampled_from(list(BY_CAMELOT.values())),
    with_neighbours=st.booleans(),
    state=st.sampled_from(["", *Track.State.values]),
    since=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    sort=st.sampled_from(list(SORTS)),
    is_descending=st.booleans(),
    view=st.sampled_from(["table", "grid"]),
    page=st.integers(1, 100),
)


@given(QUERIES)
def test_the_address_holds_everything_and_reads_back(query):
    assert parse(query.address(page=query.page)) == query


@given(QUERIES)
def test_any_change_starts_at_the_first_page(query):
    assert parse(query.address(view="grid")).page == 1


def test_a_heading_turns_the_order_round_and_back():
    assert TrackQuery().sorted_by("title") == "sort=title"
    assert parse("sort=title").sorted_by("title") == "sort=-title"
    assert parse("sort=-title&q=x").sorted_by("title") == "q=x&sort=title"


@pytest.mark.parametrize(
    ("address", "narrowed"),
    [("", False), ("near=1", False), ("sort=title&view=grid", False), ("q=a", True),
     ("bpm_to=3", True), ("key=1A", True), ("state=ready", True), ("since=2026-01-01", True)],
)  # fmt: skip
def test_it_knows_whether_anything_narrows_the_list(address, narrowed):
    assert parse(address).is_filtered is narrowed
