"""Signed links and the view behind them."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from django.core.files.storage import default_storage

from config.lib import blobs
from config.media import FileSlice, signed_url
from tests.config.media_responses import body, status

SONG = bytes(range(256)) * 700  # 179,200 bytes: three blocks, the last one short


@pytest.fixture
def key() -> str:
    return blobs.put(io.BytesIO(SONG), suffix=".wav")


@pytest.fixture
def url(cast, client, key):
    client.force_login(cast.alice)
    return signed_url(
        key, user_id=cast.alice.pk, filename="Sång 1.wav", content_type="audio/wav", inline=True
    )


def test_the_whole_file_is_served_with_what_a_player_needs(client, url, key):
    response = client.get(url)

    assert response.status_code == 200
    assert response["Content-Length"] == str(len(SONG))
    assert response["Content-Type"] == "audio/wav"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{blobs.digest_of(key)}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''S%C3%A5ng%201.wav"
    assert response["Cache-Control"].startswith("private, max-age=")
    assert "Content-Range" not in response
    assert body(response) == SONG


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=65535-65537", 65535, 65537),
        ("bytes=179199-", 179199, 179199),
        ("bytes=0-999999999", 0, 179199),
        ("bytes=-10", 179190, 179199),
        ("bytes=-999999999", 0, 179199),
    ],
)
def test_a_range_is_served_as_206(client, url, header, first, last):
    response = client.get(url, headers={"range": header})

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/179200"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "audio/wav"
    assert body(response) == SONG[first : last + 1]


@pytest.mark.parametrize("header", ["bytes=179200-", "bytes=999999-9999999", "bytes=-0"])
def test_a_range_beyond_the_file_is_416_and_says_the_size(client, url, header):
    response = client.get(url, headers={"range": header})

    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */179200"
    assert body(response) == b""


@pytest.mark.parametrize("header", ["bytes=0-1,5-9", "bytes=9-1", "songs=0-1", "bytes=a-b"])
def test_several_ranges_and_malformed_ones_get_the_whole_file(client, url, header):
    response = client.get(url, headers={"range": header})

    assert response.status_code == 200
    assert body(response) == SONG


def test_if_range_counts_only_for_the_same_bytes(client, url, key):
    etag = f'"{blobs.digest_of(key)}"'

    def with_if_range(value: str) -> int:
        return status(client, url, **{"range": "bytes=0-9", "if-range": value})

    assert with_if_range(etag) == 206
    assert with_if_range('"other"') == 200
    assert with_if_range(f"W/{etag}") == 200
    assert with_if_range("Sat, 21 Nov 2026 00:00:00 GMT") == 200


def test_what_the_browser_has_is_not_sent_again(client, url, key):
    etag = f'"{blobs.digest_of(key)}"'

    response = client.get(url, headers={"if-none-match": etag})
    assert response.status_code == 304
    assert response["ETag"] == etag
    assert body(response) == b""

    assert client.get(url, headers={"if-match": '"other"'}).status_code == 412


def test_head_describes_the_file_and_ignores_the_range(client, url):
    response = client.head(url, headers={"range": "bytes=0-9"})

    assert response.status_code == 200
    assert response["Content-Length"] == str(len(SONG))
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == b""


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, url, method):
    assert getattr(client, method)(url).status_code == 405


def test_an_empty_file_is_served(cast, client):
    client.force_login(cast.alice)
    key = blobs.put(io.BytesIO(b""), suffix=".wav")
    url = signed_url(key, user_id=cast.alice.pk, filename="a.wav", content_type="audio/wav")

    assert status(client, url) == 200
    assert status(client, url, range="bytes=-5") == 200
    assert status(client, url, range="bytes=0-") == 416


# ---------------------------------------------------------------- who sends the bytes


def test_nginx_sends_the_file_when_told_where(client, url, key, settings):
    settings.MEDIA_ACCEL_PREFIX = "/_media/"

    response = client.get(url, headers={"range": "bytes=0-9"})

    assert response.status_code == 200  # NGINX makes the 206
    assert response["X-Accel-Redirect"] == "/_media/" + quote(key)
    assert response["Content-Type"] == "audio/wav"
    assert response["Content-Disposition"].startswith("inline")
    assert response.content == b""

    blobs.delete(key)
    assert status(client, url) == 404


def test_300_megabytes_are_streamed_without_being_held(client, cast):
    digest = "ab" * 32
    key = f"sha256/ab/ab/{digest}.wav"
    path = Path(default_storage.path(key))
    path.parent.mkdir(parents=True)
    size = 300 * 1000 * 1000
    with path.open("wb") as file:
        file.truncate(size)  # sparse: takes no room on the disk
    client.force_login(cast.alice)
    url = signed_url(key, user_id=cast.alice.pk, filename="a.wav", content_type="audio/wav")

    process = psutil.Process()
    before = process.memory_info().rss
    tracemalloc.start()
    try:
        response = client.get(url)
        read = biggest = 0
        for block in response.streaming_content:
            read += len(block)
            biggest = max(biggest, len(block))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read == size
    assert biggest == 64 << 10
    assert peak < 4 << 20
    assert process.memory_info().rss - before < 32 << 20


def test_a_listener_who_leaves_gives_the_file_back(client, url, key):
    def is_open() -> bool:
        return any(file.path.endswith(key) for file in psutil.Process().open_files())

    response = client.get(url)
    next(iter(response.streaming_content))
    assert is_open()
    response.close()

    assert not is_open()


def test_a_response_that_nobody_reads_gives_the_file_back(key):
    from config.lib.byteranges import ByteRange

    file = blobs.open_blob(key)
    FileSlice(file, ByteRange(0, 10)).close()

    assert file.closed


def test_a_thousand_small_ranges_put_together_are_the_file(client, url):
    step = 179
    parts = [
        body(client.get(url, headers={"range": f"bytes={at}-{at + step - 1}"}))
        for at in range(0, len(SONG), step * 10)
    ]

    assert parts == [SONG[at : at + step] for at in range(0, len(SONG), step * 10)]


def test_serving_asks_the_database_for_nothing_but_the_person(
    client, url, django_assert_num_queries
):
    status(client, url)  # the first request of a log-in notes its session

    with django_assert_num_queries(2):  # session and person
        status(client, url)
