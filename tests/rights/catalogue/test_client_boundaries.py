"""Where the client's batches, pages, keys and spellings end, and what lies one beyond."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest

from rights.catalogue import transport
from rights.catalogue.client import LAST_OFFSET
from rights.catalogue.types import CatalogueNotFoundError, CatalogueUnavailableError


def isrcs(count: int) -> list[str]:
    return [f"QZTEN26{n:05d}" for n in range(count)]


def entry(number: int, **fields) -> dict:
    return {
        "id": f"93{number:07d}",
        "title": f"Boundary {number:03d}",
        "artist": "The Edges",
        "isrc": f"QZTEN26{number:05d}",
        "duration_ms": 180_000,
        **fields,
    }


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_a_batch_of_isrcs_ends_at_twenty_five(bench, count, calls):
    found = bench.client().songs_by_isrc(isrcs(count), "gb")

    assert len(found) == count
    assert len(bench.calls()) == calls


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (100, 1), (101, 2)])
def test_a_batch_of_ids_ends_at_a_hundred(bench, count, calls):
    bench.client().songs([str(93_000_000 + n) for n in range(count)], "gb")

    assert len(bench.calls()) == calls


def test_spellings_of_one_isrc_are_one_question_and_each_gets_the_answer(bench):
    bench.register(entry(1))
    spellings = ["QZTEN2600001", "qz-ten-26-00001", " ISRC QZ TEN 26 00001 "]

    found = bench.client().songs_by_isrc(spellings, "gb")

    assert list(found) == spellings
    assert {songs[0].id for songs in found.values()} == {"930000001"}
    (call,) = bench.calls()
    assert call.count("QZTEN2600001") == 1


@pytest.mark.parametrize(
    "wrong", ["", "QZTEN260000", "QZTEN26000011", "12TEN2600001", "QZTEN2600001,QZTEN2600002"]
)
def test_what_is_no_isrc_is_empty_and_asks_nobody(bench, wrong):
    assert bench.client().songs_by_isrc([wrong], "gb") == {wrong: []}
    assert bench.calls() == []


@pytest.mark.parametrize("wrong", ["", "1,2", "../storefronts", "1" * 21, "\uff19", "-1"])
def test_what_is_no_id_asks_nobody(bench, wrong):
    client = bench.client()

    assert client.songs([wrong], "gb") == []
    assert client.equivalents(wrong, "gb") == []
    assert client.albums_by_upc(wrong, "gb") == []
    with pytest.raises(CatalogueNotFoundError):
        client.album(wrong, "gb")
    assert bench.calls() == []


@pytest.mark.parametrize("wrong", ["", "g", "gbr", "g/", "..", "G B"])
def test_what_is_no_country_never_becomes_part_of_an_address(bench, wrong):
    with pytest.raises(CatalogueNotFoundError) as raised:
        bench.client().search("moon", wrong)

    assert raised.value.code == "catalogue.storefront_unknown"
    assert bench.calls() == []


def test_pages_of_a_search_hold_each_song_once_and_end(bench):
    bench.register(*(entry(n) for n in range(60)))
    client, offset, seen = bench.client(), 0, []
    for _page in range(10):
        page = client.search("boundary", "gb", offset=offset)
        seen += [song.id for song in page.items]
        if page.next_offset is None:
            break
        assert page.next_offset > offset, "never back, or the reader goes round"
        offset = page.next_offset

    assert len(seen) == len(set(seen)) == 60
    assert len(bench.calls()) == 3


@pytest.mark.parametrize(
    ("asked", "sent"), [((1, 0), (1, 0)), ((0, 0), (1, 0)), ((99, -5), (25, 0)), ((-1, 3), (1, 3))]
)
def test_size_and_place_of_a_page_are_brought_within_bounds(bench, asked, sent):
    bench.client().search("moon", "gb", limit=asked[0], offset=asked[1])

    (call,) = bench.calls()
    assert f"limit={sent[0]}&" in call
    assert call.endswith(f"offset={sent[1]}") or f"offset={sent[1]}&" in call


def test_beyond_the_last_place_nobody_is_asked(bench):
    client = bench.client()

    assert client.search("moon", "gb", offset=LAST_OFFSET + 1).items == ()
    assert bench.calls() == []
    client.search("moon", "gb", offset=LAST_OFFSET)
    assert len(bench.calls()) == 1


def test_the_same_words_in_another_case_or_spacing_are_asked_once(bench):
    client = bench.client()
    first = client.search("paper moon", "us")

    assert client.search("  Paper\n MOON ", "us") == first
    assert len(bench.calls()) == 1
    client.search("paper moon", "us", limit=5)
    assert len(bench.calls()) == 2, "another size is another question"


def test_a_very_long_question_is_cut_and_a_nul_is_no_character(bench):
    bench.client().search("a\0b " + "x" * 500, "gb")

    (call,) = bench.calls()
    assert "%00" not in call
    assert "a+b+" in call or "a%20b%20" in call
    assert call.count("x") <= 200


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.songs_by_isrc(["QZTEN2600001"], "gb"),
        lambda client: client.songs(["910000001"], "gb"),
        lambda client: client.equivalents("910000001", "us"),
        lambda client: client.search("moon", "gb"),
        lambda client: client.album("920000001", "gb"),
        lambda client: client.albums_by_upc("5012345678900", "gb"),
        lambda client: client.storefronts(),
    ],
    ids=["isrc", "ids", "equivalents", "search", "album", "upc", "storefronts"],
)
def test_an_answer_of_another_shape_is_unreadable_and_never_remembered_as_nothing(bench, ask):
    bench.apple.fail("shape", path="/v1/")

    with pytest.raises(CatalogueUnavailableError) as raised:
        ask(bench.client())

    assert raised.value.code == "catalogue.garbled"
    calls = len(bench.calls())
    with suppress(CatalogueNotFoundError):
        ask(bench.client())
    assert len(bench.calls()) == calls + 1, "what was not understood is asked again"


def test_countries_are_known_only_once_they_were_asked_for(bench):
    client = bench.client()
    assert client.storefronts_known() == []
    assert bench.calls() == []

    asked = client.storefronts()

    assert client.storefronts_known() == asked
    bench.clock.at += 86_401
    assert client.storefronts_known() == [], "stale is not known"
    assert len(bench.calls()) == 1


@pytest.mark.parametrize(
    ("own", "left_s", "read", "connect"),
    [
        (httpx.Timeout(10.0, connect=5.0), 60.0, 10.0, 5.0),
        (httpx.Timeout(10.0, connect=5.0), 4.0, 4.0, 4.0),
        (httpx.Timeout(10.0, connect=5.0), 0.0, 2.0, 2.0),
        (httpx.Timeout(10.0, connect=5.0), -3.0, 2.0, 2.0),
        (httpx.Timeout(0.5), 60.0, 0.5, 0.5),
        (httpx.Timeout(None), 7.0, 7.0, 7.0),
    ],
)
def test_no_answer_is_waited_for_longer_than_the_caller_has_patience(own, left_s, read, connect):
    limit = transport._within(own, left_s)

    assert (limit.read, limit.connect) == (read, connect)
