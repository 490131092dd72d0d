"""The stand-in's songs: registered, listed, deleted, searched, drawn and heard, over real HTTP."""

from __future__ import annotations

import io
import subprocess
import sys
import wave

import httpx
import pytest

from tests.sandbox import developer_token

SONG = {
    "title": "Harbour Wall",
    "artist": "Test Artist",
    "isrc": "ZZTST2600001",
    "duration_ms": 201_000,
    "release_date": "2024-03-08",
    "album": {
        "title": "Walls",
        "label": "Test Label",
        "copyright": "℗ 2024 Test Label Ltd",
        "upc": "200000009990",
    },
}


@pytest.fixture
def put(apple):
    def call(*songs) -> httpx.Response:
        return apple.http.put(f"{apple.url}/sandbox/songs", json={"songs": list(songs)})

    return call


def ids(answer: httpx.Response) -> list[str]:
    return [one["id"] for one in answer.json()["data"]]


def test_a_registered_song_is_answered_as_apple_answers(apple, get, put):
    registered = put(SONG).json()
    (one,) = registered["songs"]

    answer = get(f"/v1/catalog/gb/songs/{one['id']}").json()["data"][0]

    assert registered["changed"] == 1
    assert answer["type"] == "songs"
    assert answer["href"] == f"/v1/catalog/gb/songs/{one['id']}"
    attributes = answer["attributes"]
    assert attributes["name"] == "Harbour Wall"
    assert attributes["isrc"] == "ZZTST2600001"
    assert attributes["durationInMillis"] == 201_000
    assert attributes["playParams"] == {"id": one["id"], "kind": "song"}
    assert attributes["url"] == (
        f"https://music.apple.com/gb/album/walls/{one['album_id']}?i={one['id']}"
    )
    assert "contentRating" not in attributes
    assert "composerName" not in attributes
    assert answer["relationships"]["albums"]["data"] == [
        {
            "id": one["album_id"],
            "type": "albums",
            "href": f"/v1/catalog/gb/albums/{one['album_id']}",
        }
    ]


def test_the_same_registration_twice_is_one_song_and_no_change(apple, get, put):
    first, second = put(SONG).json(), put(SONG).json()

    assert (first["changed"], second["changed"]) == (1, 0)
    assert first["songs"] == second["songs"]
    assert len(ids(get("/v1/catalog/gb/songs?filter[isrc]=ZZTST2600001"))) == 1


def test_a_later_registration_of_the_same_id_replaces_it(apple, get, put):
    number = put(SONG).json()["songs"][0]["id"]
    assert put({**SONG, "id": number, "duration_ms": 199_000}).json()["changed"] == 1

    answer = get(f"/v1/catalog/gb/songs/{number}").json()["data"][0]

    assert answer["attributes"]["durationInMillis"] == 199_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "songs[0].title has 1 to 500 characters"),
        ({"title": None}, "songs[0].title is a str, not None"),
        ({"isrc": "nonsense"}, "songs[0].isrc does not look like one: 'nonsense'"),
        ({"duration_ms": True}, "songs[0].duration_ms is a int, not True"),
        ({"duration_ms": -1}, "songs[0].duration_ms is from 0 to 2147483647"),
        ({"genres": [1]}, "songs[0].genres is a list of str"),
        ({"storefronts": ["xx"]}, "songs[0].storefronts: no storefront 'xx'"),
        ({"colour": "red"}, "songs[0]: unknown field 'colour'"),
        ({"album": {"upc": "x"}}, "songs[0].album.upc does not look like one: 'x'"),
        ({"album": []}, "songs[0].album is a dict, not []"),
        ({"release_date": "8 March"}, "songs[0].release_date does not look like one"),
    ],
)
def test_a_bad_registration_is_named_and_stores_nothing(apple, get, put, change, words):
    answer = put({**SONG, **change}, {**SONG, "title": "Good", "isrc": "ZZTST2600002"})

    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert ids(get("/v1/catalog/gb/songs?filter[isrc]=ZZTST2600001,ZZTST2600002")) == []


@pytest.mark.parametrize("content", [{}, {"songs": []}, [], {"songs": "x"}, {"songs": [3]}])
def test_a_registration_of_nothing_is_refused(apple, content):
    assert apple.http.put(f"{apple.url}/sandbox/songs", json=content).status_code == 400


def test_a_built_in_song_is_not_replaced(apple, get, put):
    answer = put(SONG, {**SONG, "id": "910000001"})

    assert answer.status_code == 409
    assert answer.json()["error"] == "song 910000001 belongs to the built-in catalogue"
    assert ids(get("/v1/catalog/gb/songs?filter[isrc]=ZZTST2600001")) == []


def test_registered_songs_are_listed_page_by_page_and_deleted(apple, put):
    songs = [{**SONG, "id": str(50 + n), "isrc": f"ZZTST26{n:05d}"} for n in range(3)]
    put(*songs)
    desk = f"{apple.url}/sandbox/songs"

    first = apple.http.get(desk, params={"limit": 2}).json()
    second = apple.http.get(desk, params={"limit": 2, "after": first["next_after"]}).json()

    assert [song["id"] for song in first["songs"] + second["songs"]] == ["50", "51", "52"]
    assert second["next_after"] == ""
    assert apple.http.delete(f"{desk}/51").json() == {"deleted": 1}
    assert apple.http.delete(f"{desk}/51").status_code == 404
    assert apple.http.delete(f"{desk}/910000001").status_code == 404  # built in
    assert apple.http.delete(desk).json() == {"deleted": 2}
    assert apple.http.get(desk).json()["songs"] == []
    assert apple.http.post(desk).status_code == 405
    assert apple.http.get(desk, params={"limit": "0"}).status_code == 400


def test_an_empty_installation_finds_forty_songs_and_more(get):
    from config.sandbox.songbook import songbook

    book = songbook()

    assert len(book.songs) >= 40
    assert len({song["artist"] for song in book.songs}) >= 11
    assert get("/v1/catalog/gb/search?term=harbour+lights&types=songs").json()["results"]["songs"][
        "data"
    ]


def test_reset_forgets_registered_songs_and_keeps_the_built_in(apple, get, put):
    number = put(SONG).json()["songs"][0]["id"]

    apple.reset()

    assert get(f"/v1/catalog/gb/songs/{number}").status_code == 404
    assert get("/v1/catalog/gb/songs/910000001").status_code == 200


def test_songs_outlive_the_process(tmp_path):
    command = [sys.executable, "-m", "config.sandbox", "--port", "0"]
    answers = []
    for call in ("put", "get"):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={"VAR_DIR": str(tmp_path)}
        )
        try:
            assert process.stdout is not None
            with process.stdout as lines:
                url = lines.readline().split()[1]
                if call == "put":
                    httpx.put(f"{url}/sandbox/songs", json={"songs": [SONG]}, trust_env=False)
                else:
                    answers = httpx.get(f"{url}/sandbox/songs", trust_env=False).json()["songs"]
        finally:
            process.terminate()
            process.wait(timeout=10)

    assert [song["isrc"] for song in answers] == ["ZZTST2600001"]


def test_one_isrc_has_several_ids_and_meta_names_them(get):
    answer = get("/v1/catalog/gb/songs?filter[isrc]=ZZSAL2100002,ZZTST2699999")

    assert ids(answer) == ["910000002", "910009001", "910009002"]
    named = answer.json()["meta"]["filters"]["isrc"]
    assert [one["id"] for one in named["ZZSAL2100002"]] == ids(answer)
    assert "ZZTST2699999" not in named


def test_limits_are_apples(get):
    many = ",".join(f"ZZTST26{n:05d}" for n in range(26))
    assert get(f"/v1/catalog/gb/songs?filter[isrc]={many}").status_code == 400
    assert get(f"/v1/catalog/gb/songs?ids={','.join(map(str, range(1, 302)))}").status_code == 400
    assert get("/v1/catalog/gb/songs").status_code == 400
    assert get("/v1/catalog/gb/search?term=a&types=songs&limit=26").status_code == 400
    assert get("/v1/catalog/gb/search?term=&types=songs").status_code == 400
    assert get("/v1/catalog/gb/search?term=a").status_code == 400


def test_songs_carry_their_album_when_asked(get):
    bare = get("/v1/catalog/gb/songs?ids=910000001").json()["data"][0]
    whole = get("/v1/catalog/gb/songs?ids=910000001&include=albums").json()["data"][0]

    assert "relationships" not in bare
    album = whole["relationships"]["albums"]["data"][0]
    assert album["attributes"]["recordLabel"] == "Saltline Records"
    assert album["attributes"]["copyright"].startswith("℗ 2021 Saltline Records Ltd")
    assert album["attributes"]["isCompilation"] is False


def test_an_album_is_found_by_its_id_and_its_barcode(get):
    by_id = get("/v1/catalog/gb/albums/900000001").json()["data"]
    upc = by_id[0]["attributes"]["upc"]

    assert get(f"/v1/catalog/gb/albums?filter[upc]={upc}").json()["data"] == by_id
    assert get("/v1/catalog/gb/albums?ids=900000001").json()["data"] == by_id
    assert get("/v1/catalog/gb/albums/1").status_code == 404
    assert get("/v1/catalog/gb/albums").status_code == 400


def test_what_a_country_does_not_have_is_not_there(get):
    assert get("/v1/catalog/jp/songs/910009012").status_code == 200
    assert get("/v1/catalog/gb/songs/910009012").status_code == 404
    assert get("/v1/catalog/xx/songs/910009012").status_code == 404
    assert ids(get("/v1/catalog/gb/songs?ids=910009012,910000001")) == ["910000001"]


def test_equivalents_name_the_id_of_another_country(get):
    here = get("/v1/catalog/gb/songs?filter[isrc]=ZZHED2000001")
    there = get(f"/v1/catalog/jp/songs?filter[equivalents]={ids(here)[0]}")

    assert ids(there) == ["910009005"]
    assert ids(here) != ids(there)


def test_what_does_not_play_here_has_no_play_params(get):
    here = get("/v1/catalog/gb/songs/910009008").json()["data"][0]["attributes"]
    there = get("/v1/catalog/us/songs/910009008").json()["data"][0]["attributes"]

    assert "playParams" not in here
    assert there["playParams"]["kind"] == "song"


def test_attributes_may_be_missing(get):
    without = get("/v1/catalog/gb/songs/910009010").json()["data"][0]["attributes"]

    for name in ("artwork", "durationInMillis", "releaseDate", "genreNames", "url"):
        assert name not in without
    assert "isrc" not in get("/v1/catalog/gb/songs/910009009").json()["data"][0]["attributes"]


def test_a_search_goes_on_where_its_next_says(get, put):
    put(*({**SONG, "id": str(70 + n), "isrc": f"ZZTST26{n:05d}"} for n in range(5)))

    first = get("/v1/catalog/gb/search?term=harbour%20wall&types=songs&limit=3").json()
    onward = first["results"]["songs"]["next"]
    second = get(onward).json()["results"]["songs"]

    assert [one["id"] for one in first["results"]["songs"]["data"]] == ["70", "71", "72"]
    assert [one["id"] for one in second["data"]] == ["73", "74"]
    assert "next" not in second
    assert get("/v1/catalog/gb/search?term=zzzz&types=songs").json()["results"] == {}


def test_words_are_compared_without_accents_and_case(get):
    for term in ("PLEIN ETE", "ete verne", "plein%20%C3%A9t%C3%A9"):
        answer = get(f"/v1/catalog/gb/search?term={term}&types=songs").json()["results"]
        assert answer["songs"]["data"][0]["attributes"]["name"] == "Plein été"


def test_a_cover_is_a_drawn_png_of_the_asked_size(apple, get):
    attributes = get("/v1/catalog/gb/songs/910000001").json()["data"][0]["attributes"]
    address = attributes["artwork"]["url"].replace("{w}", "120").replace("{h}", "80")

    answer = apple.http.get(address)

    assert answer.headers["content-type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(answer.content[16:20]) == 120
    assert int.from_bytes(answer.content[20:24]) == 80
    assert apple.http.get(address.replace("120x80", "9999x9999")).status_code == 404


def test_a_preview_is_ten_seconds_that_sound(apple, get):
    attributes = get("/v1/catalog/gb/songs/910000001").json()["data"][0]["attributes"]

    answer = apple.http.get(attributes["previews"][0]["url"])

    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(10, abs=0.01)
        assert max(sound.readframes(10_000)) > 0


def test_files_and_registration_ask_for_no_token_and_questions_do(apple):
    assert apple.http.get(f"{apple.url}/artwork/1/10x10bb.png").status_code == 200
    assert apple.http.get(f"{apple.url}/sandbox/songs").status_code == 200
    answer = apple.http.get(f"{apple.url}/v1/catalog/gb/songs/910000001")
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("mode", ["401", "403", "404", "503"])
def test_refusals_can_be_switched_on(apple, mode):
    apple.fail(mode, path="/v1/", retry_after_s=4)
    headers = {"authorization": f"Bearer {developer_token()}"}

    answer = apple.http.get(f"{apple.url}/v1/catalog/gb/songs/910000001", headers=headers)

    assert answer.status_code == int(mode)
    assert answer.headers.get("retry-after") == ("4" if mode == "503" else None)
    assert apple.journal()[-1]["acted"] is False


def test_a_page_for_people_can_take_the_place_of_an_answer(apple, get):
    apple.fail("html", path="/v1/")

    answer = get("/v1/catalog/gb/songs/910000001")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!doctype html>")
