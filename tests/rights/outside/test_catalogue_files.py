"""Covers and previews through our own site: what is fetched, what is not, and for whom."""

from __future__ import annotations

import httpx
import pytest
from django.core.signing import Signer

from rights.catalogue.files import (
    FileRefusedError,
    FileUnavailableError,
    fetch_file,
    is_catalogue_address,
)
from rights.catalogue.ports import SystemClock
from rights.domain.pacing import GatePolicy
from rights.models import OutsideService
from rights.selectors.catalogue_files import SALT, artwork_path, preview_path
from tests.rights.catalogue.own import OwnGate


@pytest.fixture
def apple(sandbox, settings):
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    return sandbox["apple_music"]


@pytest.fixture
def member(cast, client):
    client.force_login(cast.alice)
    return client


def cover(apple, pixels: int = 160) -> str:
    return artwork_path(f"{apple.url}/artwork/7/{{w}}x{{h}}bb.png", pixels)


def test_a_member_sees_a_cover_in_the_asked_size(member, apple):
    answer = member.get(cover(apple))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert int.from_bytes(answer.content[16:20]) == 160
    (call,) = apple.journal("/artwork/")
    assert "authorization" not in call["headers"]
    assert "cookie" not in call["headers"]
    assert "referer" not in call["headers"]


def test_a_preview_plays_in_parts(member, apple):
    address = preview_path(f"{apple.url}/previews/910000001.wav")

    whole = member.get(address)
    part = member.get(address, headers={"range": "bytes=100-199"})
    beyond = member.get(address, headers={"range": "bytes=99999999-"})

    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/wav")
    assert whole["Accept-Ranges"] == "bytes"
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(whole.content)}"
    assert beyond.status_code == 416
    assert member.head(address).content == b""


def test_nobody_without_a_log_in_fetches_through_us(client, apple, db):
    answer = client.get(cover(apple))

    assert answer.status_code == 302
    assert apple.journal("/artwork/") == []
    assert not OutsideService.objects.exists()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(member, apple, method):
    assert getattr(member, method)(cover(apple)).status_code == 405
    assert apple.journal("/artwork/") == []


def test_a_token_that_is_not_ours_is_not_found(member, apple):
    address = cover(apple)
    forged = Signer(salt="another").sign_object(["artwork", f"{apple.url}/artwork/7/9x9bb.png"])
    strange = Signer(salt=SALT).sign_object(["page", f"{apple.url}/artwork/7/9x9bb.png"])

    for token in (forged, strange, "nonsense"):
        assert member.get(address.rpartition("/")[0] + "/" + token).status_code == 404
    assert member.get(address[:-1]).status_code == 404
    assert apple.journal("/artwork/") == []


def test_an_address_of_another_host_is_never_fetched(member, apple):
    for address in ("http://127.0.0.1:1/x.png", "https://evil.example/x.png"):
        assert member.get(artwork_path(address, 64)).status_code == 404
    assert not OutsideService.objects.exists()


def test_what_is_no_picture_is_not_served(member, apple):
    page = artwork_path(f"{apple.url}/_sandbox/health", 64)
    sound = artwork_path(f"{apple.url}/previews/7.wav", 64)
    missing = artwork_path(f"{apple.url}/artwork/7/9999x9999bb.png", 64)

    for address in (page, sound, missing):
        assert member.get(address).status_code == 404


def test_a_host_in_trouble_is_said_and_not_cached(member, apple):
    apple.fail("500", path="/artwork/")

    answer = member.get(cover(apple))

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Cache-Control"] == "no-store"
    assert member.get(cover(apple)).status_code == 200


def test_no_template_no_address():
    assert artwork_path("", 64) == preview_path("") == ""
    assert artwork_path("https://a.mzstatic.com/{w}x{h}.jpg", 64) == artwork_path(
        "https://a.mzstatic.com/64x64.jpg", 1
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://is1-ssl.mzstatic.com/image/thumb/Music/a/160x160bb.jpg",
        "https://audio-ssl.itunes.apple.com/itunes-assets/AudioPreview/a.m4a",
        "https://is1-ssl.mzstatic.com:443/a.jpg",
    ],
)
def test_apples_own_hosts_are_known(url):
    assert is_catalogue_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://is1-ssl.mzstatic.com/a.jpg",
        "https://is1-ssl.mzstatic.com:8443/a.jpg",
        "https://is1-ssl.mzstatic.com.evil.example/a.jpg",
        "https://evil.example/mzstatic.com/a.jpg",
        "https://a@is1-ssl.mzstatic.com/a.jpg",
        "https://is1-ssl.mzstatic.com@evil.example/a.jpg",
        "https://mzstatic.com/a.jpg",
        "https://x.y.mzstatic.com/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.jpg",
        "https://[mzstatic.com/a.jpg",
        "https://is1-ssl.mzstatic.com:99999/a.jpg",
        "file:///etc/passwd",
        "http://127.0.0.1:8712/a.png",
    ],
)
def test_other_addresses_are_not(url):
    assert not is_catalogue_address(url, stand_in="http://127.0.0.1:8711")


def test_a_redirect_is_not_followed_and_a_flood_is_cut(httpx_on):
    gate = OwnGate(GatePolicy(rate_per_s=100), SystemClock())
    url = "https://is1-ssl.mzstatic.com/a.png"
    for answer in (
        httpx.Response(302, headers={"Location": "http://169.254.169.254/"}),
        httpx.Response(200, content=b"\x89PNG\r\n\x1a\n" + b"x" * (4 << 20)),
        httpx.Response(200, content=b""),
    ):
        with pytest.raises(FileRefusedError):
            fetch_file(url, "artwork", http=httpx_on(answer), gate=gate)


def test_a_host_that_fails_again_and_again_is_left_alone(httpx_on):
    gate = OwnGate(GatePolicy(rate_per_s=100, burst=20, failures_to_open=3), SystemClock())
    asked: list[str] = []
    http = httpx_on(httpx.Response(503), asked)
    for _ in range(6):
        with pytest.raises(FileUnavailableError):
            fetch_file("https://is1-ssl.mzstatic.com/a.png", "artwork", http=http, gate=gate)

    assert len(asked) == 3


@pytest.fixture
def httpx_on():
    """A client on a wire that always carries the same answer, for hosts that we cannot start."""
    clients = []

    def client(answer: httpx.Response, asked: list[str] | None = None) -> httpx.Client:
        def carry(request: httpx.Request) -> httpx.Response:
            if asked is not None:
                asked.append(str(request.url))
            return answer

        clients.append(httpx.Client(transport=httpx.MockTransport(carry)))
        return clients[-1]

    yield client
    for one in clients:
        one.close()
