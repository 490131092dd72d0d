"""The tus endpoint over HTTP: what a resumable client sees."""

from __future__ import annotations

import base64
import hashlib

import pytest
from django.urls import reverse

from config.jobs.models import Job
from library.constants import CHUNK_MAX_BYTES, FILE_MAX_BYTES
from library.models import Track, Upload
from library.services import pieces

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = "application/offset+octet-stream"


def metadata(filename: str) -> str:
    return f"filename {base64.b64encode(filename.encode()).decode()},broken !!"


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def create(client, size=10, filename="Ünïque.wav", **headers):
    return client.post(
        reverse("library:tus"),
        headers={
            **TUS,
            "Upload-Length": str(size),
            "Upload-Metadata": metadata(filename),
            **headers,
        },
    )


def patch(client, url, offset, content, **headers):
    headers = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(
        url, content, content_type=headers.pop("content_type", OCTETS), headers=headers
    )


def test_options_tells_what_is_spoken(as_alice):
    answer = as_alice.options(reverse("library:tus"))
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert answer["Tus-Max-Size"] == str(FILE_MAX_BYTES)


def test_a_file_in_two_pieces_with_a_pause_between(as_alice):
    made = create(as_alice)
    assert made.status_code == 201
    url = made["Location"]
    first = patch(as_alice, url, 0, b"abcd")
    assert (first.status_code, first["Upload-Offset"]) == (204, "4")
    where = as_alice.head(url, headers=TUS)
    assert (where["Upload-Offset"], where["Upload-Length"]) == ("4", "10")
    assert where["Cache-Control"] == "no-store"
    assert "Upload-Expires" in where
    last = patch(as_alice, url, 4, b"efghij")
    assert (last.status_code, last["Upload-Offset"]) == (204, "10")
    assert "Upload-Expires" not in last
    track = Track.objects.get()
    assert track.filename == "Ünïque.wav"
    assert pieces.path(track.upload_id).read_bytes() == b"abcdefghij"


def test_a_piece_larger_than_djangos_memory_limit_goes_through(as_alice):
    content = bytes(3 << 20)
    url = create(as_alice, size=len(content))["Location"]
    assert patch(as_alice, url, 0, content).status_code == 204
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "ten"}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": str(FILE_MAX_BYTES + 1)}, 413),
        ({"Upload-Length": "9" * 30}, 400),
        ({"Upload-Length": "-5"}, 400),
    ],
)
def test_a_beginning_that_is_wrong_is_refused(as_alice, change, status):
    answer = create(as_alice, **change)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("offset", "headers", "status"),
    [
        (1, {}, 409),
        (0, {"content_type": "text/plain"}, 415),
        (0, {"Tus-Resumable": "2.0.0"}, 412),
        ("x", {}, 400),
        (0, {"Upload-Checksum": "crc32 AAAA"}, 400),
        (0, {"Upload-Checksum": "sha256 not-base64!"}, 400),
        (0, {"Upload-Checksum": "sha256 " + base64.b64encode(bytes(32)).decode()}, 460),
    ],
)
def test_a_piece_that_is_wrong_is_refused_and_nothing_moves(as_alice, offset, headers, status):
    url = create(as_alice)["Location"]
    assert patch(as_alice, url, offset, b"abcd", **headers).status_code == status
    assert Upload.objects.get().offset_bytes == 0


def test_a_piece_beyond_the_cap_is_refused(as_alice):
    url = create(as_alice, size=CHUNK_MAX_BYTES + 10)["Location"]
    assert patch(as_alice, url, 0, bytes(CHUNK_MAX_BYTES + 1)).status_code == 413
    assert Upload.objects.get().offset_bytes == 0


def test_a_piece_with_the_right_checksum_is_taken(as_alice):
    url = create(as_alice)["Location"]
    digest = base64.b64encode(hashlib.sha1(b"abcd").digest()).decode()  # noqa: S324 - tus names it
    assert (
        patch(as_alice, url, 0, b"abcd", **{"Upload-Checksum": f"sha1 {digest}"}).status_code == 204
    )
    assert Upload.objects.get().offset_bytes == 4


def test_delete_takes_back_and_the_address_is_gone(as_alice):
    url = create(as_alice)["Location"]
    assert as_alice.delete(url, headers=TUS).status_code == 204
    assert as_alice.head(url, headers=TUS).status_code == 410
    assert patch(as_alice, url, 0, b"abcd").status_code == 410
    assert not Track.objects.exists()


@pytest.mark.parametrize("name", ["charlie", "rita"])
def test_strangers_get_404_and_nothing_changes(client, cast, as_alice, name):
    url = create(as_alice)["Location"]
    client.force_login(getattr(cast, name))
    answers = [client.head(url, headers=TUS), patch(client, url, 0, b"abcd"),
               client.delete(url, headers=TUS)]  # fmt: skip
    assert [a.status_code for a in answers] == [404] * 3
    upload = Upload.objects.get()
    assert (upload.offset_bytes, upload.state) == (0, "receiving")


@pytest.mark.parametrize("name", ["vera", "rita"])
def test_who_may_not_add_songs_is_refused(client, cast, name):
    client.force_login(getattr(cast, name))
    assert create(client).status_code == 403
    assert not Upload.objects.exists()


def test_nobody_is_sent_to_log_in(client, cast):
    assert create(client).status_code == 302
    assert not Upload.objects.exists()


def test_other_methods_are_not_allowed(as_alice):
    assert as_alice.get(reverse("library:tus")).status_code == 405
