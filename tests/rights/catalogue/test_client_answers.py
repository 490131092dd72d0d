"""What the client makes of Apple's answers, over real HTTP against the stand-in."""

from __future__ import annotations

from datetime import date

import pytest

from rights.catalogue.types import CatalogueNotFoundError, Page

SONG = {"title": "Harbour Wall", "artist": "Test Artist", "duration_ms": 201_000}


def test_a_song_comes_whole_with_its_release(bench):
    song = bench.client().song("910000001", "gb")

    assert (song.id, song.isrc, song.title) == ("910000001", "ZZSAL2100001", "Harbour Lights")
    assert (song.artist, song.album, song.album_id) == (
        "Marlow Quay",
        "Low Tide Letters",
        "900000001",
    )
    assert (song.duration_ms, song.track_number) == (201_037, 1)
    assert (song.release_date, song.release_text) == (date(2021, 5, 14), "2021-05-14")
    assert song.artwork_url.endswith("/artwork/900000001/{w}x{h}bb.png")
    assert len(song.artwork_colour) == 6
    assert song.preview_url.endswith("/previews/910000001.wav")
    assert song.url.startswith("https://music.apple.com/gb/album/low-tide-letters/900000001?i=")
    assert (song.playable, song.explicit) == (True, False)
    assert song.genres == ("Indie Pop",)
    assert song.composer == "Marlow Quay"
    assert song.release is not None
    assert song.release.label == "Saltline Records"
    assert song.release.p_line == (
        "℗ 2021 Saltline Records Ltd, under exclusive licence to Great Northern Sound"
    )
    assert song.release.upc == "200000000004"
    assert not song.release.is_compilation


def test_several_ids_of_one_isrc_all_come_and_unknown_isrcs_come_empty(bench):
    found = bench.client().songs_by_isrc(
        ["ZZ-SAL-21-00002", "ZZTST2699999", "no isrc", "ZZSAL2100001"], "gb"
    )

    assert [song.id for song in found["ZZ-SAL-21-00002"]] == ["910000002", "910009001", "910009002"]
    assert [song.release.is_compilation for song in found["ZZ-SAL-21-00002"]] == [
        False,
        False,
        True,
    ]
    assert found["ZZTST2699999"] == found["no isrc"] == []
    assert [song.id for song in found["ZZSAL2100001"]] == ["910000001"]
    assert len(bench.calls()) == 1


def test_isrcs_are_asked_twenty_five_at_a_time(bench):
    isrcs = [f"ZZTST26{n:05d}" for n in range(60)]
    bench.register(*({**SONG, "title": f"Song {n}", "isrc": code} for n, code in enumerate(isrcs)))

    found = bench.client().songs_by_isrc(isrcs, "gb")

    assert [found[code][0].title for code in isrcs] == [f"Song {n}" for n in range(60)]
    assert [call.count("ZZTST26") for call in bench.calls()] == [25, 25, 10]


def test_ids_are_asked_a_hundred_at_a_time_and_come_in_the_order_asked(bench):
    numbers = [str(5000 + n) for n in range(120)]
    bench.register(*({**SONG, "title": f"Song {n}", "id": n} for n in numbers))
    wanted = [*reversed(numbers), "1", "not an id"]

    found = bench.client().songs(wanted, "gb")

    assert [song.id for song in found] == list(reversed(numbers))
    assert len(bench.calls()) == 2


def test_a_song_without_an_isrc_attribute_is_tied_by_meta(bench):
    bench.register({**SONG, "id": "77", "isrc": "ZZTST2600001", "omit": ["isrc"]})

    found = bench.client().songs_by_isrc(["ZZTST2600001"], "gb")

    assert [(song.id, song.isrc) for song in found["ZZTST2600001"]] == [("77", "")]


def test_every_attribute_may_be_missing(bench):
    everything = [
        "name", "artistName", "albumName", "isrc", "durationInMillis", "composerName",
        "genreNames", "releaseDate", "discNumber", "trackNumber", "hasLyrics", "artwork",
        "previews", "url", "playParams", "contentRating", "isAppleDigitalMaster",
    ]  # fmt: skip
    bench.register({**SONG, "id": "78", "omit": everything, "album": {"omit": ["name", "upc"]}})

    song = bench.client().song("78", "gb")

    assert (song.id, song.title, song.isrc, song.duration_ms) == ("78", "", "", None)
    assert (song.release_date, song.artwork_url, song.playable) == (None, "", False)
    assert song.release is not None
    assert song.release.title == ""


def test_a_date_that_is_not_known_to_the_day_is_no_day(bench):
    (song,) = bench.client().songs_by_isrc(["ZZSAB2200001"], "gb")["ZZSAB2200001"]

    assert (song.release_date, song.release_text) == (None, "2022")


def test_what_does_not_stream_here_is_not_playable(bench):
    client = bench.client()

    assert not client.song("910009008", "gb").playable
    assert client.song("910009008", "us").playable


def test_equivalents_are_what_the_country_sells(bench):
    assert [song.id for song in bench.client().equivalents("910000301", "jp")] == ["910009005"]
    assert bench.client().equivalents("not an id", "jp") == []


def test_a_search_is_read_page_by_page(bench):
    bench.register(*({**SONG, "id": str(70 + n)} for n in range(7)))
    client, pages = bench.client(), []
    offset: int | None = 0
    while offset is not None:
        page = client.search("harbour wall", "gb", limit=3, offset=offset)
        pages.append([song.id for song in page.items])
        offset = page.next_offset

    assert pages == [["70", "71", "72"], ["73", "74", "75"], ["76"]]


def test_a_search_asks_for_twenty_five_at_most_and_for_words_only(bench):
    client = bench.client()
    client.search("  harbour \n lights ", "gb", limit=400)

    assert client.search(" \0 ", "gb") == Page((), 0)
    assert client.search("a", "gb", offset=10_000) == Page((), 10_000)
    assert bench.calls() == [
        "/v1/catalog/gb/search?term=harbour+lights&types=songs&limit=25&offset=0"
    ]


def test_a_search_without_answers_is_an_empty_page(bench):
    assert bench.client().search("zzzzzz", "gb") == Page((), 0)


def test_albums_come_by_id_and_by_barcode(bench):
    album = bench.client().album("900000101", "gb")

    assert (album.title, album.artist, album.label) == (
        "Ferry Song - Single",
        "Marlow Quay",
        "Saltline Records",
    )
    assert (album.is_single, album.is_compilation) == (True, False)
    assert album.release_date == date(2021, 3, 5)
    assert bench.client().albums_by_upc(album.upc, "gb") == [album]
    assert bench.client().albums_by_upc("nonsense", "gb") == []


def test_storefronts_come_by_name(bench):
    assert [(one.id, one.name) for one in bench.client().storefronts()] == [
        ("fr", "France"),
        ("de", "Germany"),
        ("jp", "Japan"),
        ("gb", "United Kingdom"),
        ("us", "United States"),
    ]


def test_storefronts_are_asked_for_once_and_none_that_could_not_be_asked_is_among_them(bench):
    for _ in range(2):
        bench.client().storefronts()
    assert bench.calls() == ["/v1/storefronts?"]

    shops = [{"id": one, "attributes": {"name": "N"}} for one in ("gb", "GB", "../", "gbr", "")]
    bench.memory.remember({"test:storefronts:all": [*shops, "nonsense"]}, ttl_s=60)
    assert [one.id for one in bench.client().storefronts()] == ["gb"]


@pytest.mark.parametrize("song_id", ["1", "nonsense", "910009012"])
def test_a_song_that_is_not_there_is_said_to_be_missing(bench, song_id):
    with pytest.raises(CatalogueNotFoundError) as raised:
        bench.client().song(song_id, "gb")

    assert raised.value.code == "catalogue.not_found"
    assert raised.value.message == (
        "Apple Music has nothing under this id in the storefront “gb”. Nothing was changed. Look "
        "at the link again, or search by title and artist."
    )


def test_an_album_that_is_not_there_is_said_to_be_missing(bench):
    for album_id in ("1", "../songs/910000001"):
        with pytest.raises(CatalogueNotFoundError):
            bench.client().album(album_id, "gb")


@pytest.mark.parametrize("storefront", ["xx", "", "gbr", "g/"])
def test_a_country_without_a_shop_is_named(bench, storefront):
    with pytest.raises(CatalogueNotFoundError) as raised:
        bench.client().songs_by_isrc(["ZZSAL2100001"], storefront)

    assert raised.value.code == "catalogue.storefront_unknown"
    assert raised.value.message == (
        f"Apple Music has no storefront “{storefront}”. Nothing was changed. Choose the country of "
        "your organisation anew."
    )


def test_an_answer_is_remembered_for_a_day_and_asked_for_again_after(bench):
    for _ in range(3):
        bench.client().songs_by_isrc(["ZZSAL2100001", "ZZSAL2100003"], "gb")
        bench.client().song("910000001", "gb")
        bench.client().album("900000001", "gb")
        bench.client().search("harbour", "gb")
    assert len(bench.calls()) == 4

    bench.clock.at += 86_399
    bench.client().song("910000001", "gb")
    assert len(bench.calls()) == 4
    bench.clock.at += 2
    with pytest.raises(Exception, match="key of this installation"):  # tomorrow's token is early
        bench.client().song("910000001", "gb")
    assert len(bench.calls()) == 5


def test_only_what_is_not_known_is_asked_for(bench):
    bench.client().songs_by_isrc(["ZZSAL2100001"], "gb")
    bench.client().songs_by_isrc(["ZZSAL2100001", "ZZSAL2100003"], "gb")

    assert "ZZSAL2100001" not in bench.calls()[1]
    assert "ZZSAL2100003" in bench.calls()[1]


def test_countries_and_services_are_remembered_apart(bench):
    bench.client().song("910000001", "gb")
    bench.client().song("910000001", "us")

    assert len(bench.calls()) == 2


def test_what_is_missing_today_is_looked_for_again_in_an_hour(bench):
    for _ in range(2):
        assert bench.client().songs_by_isrc(["ZZTST2600001"], "gb")["ZZTST2600001"] == []
    assert len(bench.calls()) == 1
    bench.register({**SONG, "isrc": "ZZTST2600001"})

    bench.clock.at += 3599
    assert bench.client().songs_by_isrc(["ZZTST2600001"], "gb")["ZZTST2600001"] == []
    bench.clock.at -= 3599  # the stand-in has not slept
    bench.memory.remember({"test:isrc:gb:ZZTST2600001": []}, ttl_s=-1)
    assert len(bench.client().songs_by_isrc(["ZZTST2600001"], "gb")["ZZTST2600001"]) == 1
