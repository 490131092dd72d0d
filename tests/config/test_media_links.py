"""Signed links: whom they serve, how long, and under which name."""

from __future__ import annotations

import io
import time
from urllib.parse import unquote

import pytest
from django.core.signing import Signer

from config.lib import blobs
from config.media import SALT, safe_filename, signed_url
from tests.config.media_responses import body, status

SONG = b"RIFF....WAVE" * 1000


@pytest.fixture
def key() -> str:
    return blobs.put(io.BytesIO(SONG), suffix=".wav")


@pytest.fixture
def url(cast, client, key):
    client.force_login(cast.alice)
    return signed_url(
        key, user_id=cast.alice.pk, filename="Sång 1.wav", content_type="audio/wav", inline=True
    )


# ---------------------------------------------------------------- who may


def test_nobody_else_gets_the_file_and_nothing_is_leaked(cast, client, url, key):
    for other in (cast.bob, cast.charlie, cast.sam):
        client.force_login(other)
        response = client.get(url)
        assert response.status_code == 404
        assert "ETag" not in response
        assert "Content-Disposition" not in response
        assert blobs.digest_of(key).encode() not in body(response)

    client.logout()
    assert status(client, url) == 404


def test_a_link_for_everybody_is_made_on_purpose(client, db, key):
    url = signed_url(key, user_id=None, filename="cover.png", content_type="image/png")

    response = client.get(url)

    assert body(response) == SONG
    assert response["Content-Disposition"] == 'attachment; filename="cover.png"'


def test_an_expired_link_says_so_and_gives_nothing(client, cast, url, time_machine):
    time_machine.move_to(time.time() + 661)

    response = client.get(url)

    assert response.status_code == 403
    assert "ETag" not in response
    assert "This link has expired" in response.content.decode()
    assert "Your file is safe" in response.content.decode()

    client.force_login(cast.charlie)
    assert status(client, url) == 404  # a stranger does not even learn that it was one


def test_a_link_lives_at_least_its_time_and_at_most_a_minute_longer(client, url, time_machine):
    time_machine.move_to(time.time() + 599)

    assert status(client, url) == 200


def test_links_made_within_a_minute_are_the_same_text(cast, key, time_machine):
    time_machine.move_to("2026-11-21T12:00:01Z", tick=False)

    def link() -> str:
        return signed_url(key, user_id=1, filename="a.wav", content_type="audio/wav")

    first = link()
    time_machine.shift(50)
    assert link() == first
    time_machine.shift(50)
    assert link() != first


def test_any_change_to_a_link_makes_it_worthless(client, url):
    token, name = url.split("/")[2:]

    for forged in (
        f"/media/{token}/other.wav",
        f"/media/{token}x/{name}",
        f"/media/{token[1:]}/{name}",
        f"/media/{token.replace(':', '')}/{name}",
        f"/media/x/{name}",
    ):
        assert status(client, forged) == 404


@pytest.mark.parametrize("content", [["a"], {}, [1, 2, 3, 4, 5, 6, 7], "text", None])
def test_something_else_that_we_signed_is_no_link(client, db, content):
    token = Signer(salt=SALT).sign_object(content)
    assert status(client, f"/media/{token}/a.wav") == 404

    other_salt = Signer(salt="other").sign_object(["k", "a.wav", "audio/wav", True, None, 9**12])
    assert status(client, f"/media/{other_salt}/a.wav") == 404


def test_a_file_that_is_gone_is_404(client, url, key):
    blobs.delete(key)

    assert status(client, url) == 404
    assert client.head(url).status_code == 404


# ---------------------------------------------------------------- what a browser makes of it


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "audio/", ""],
)
def test_a_type_that_could_run_as_a_page_is_never_inline(key, content_type):
    with pytest.raises(ValueError, match="never served inline"):
        signed_url(key, user_id=1, filename="x", content_type=content_type, inline=True)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("song.wav", "song.wav"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d.wav", "a_b_c_d.wav"),
        ('quote".wav', "quote_.wav"),
        ("line\r\nSet-Cookie: x=1.wav", "lineSet-Cookie_ x=1.wav"),
        ("\u202evaw.exe", "vaw.exe"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("Ode an die Freude, Größe.flac", "Ode an die Freude, Größe.flac"),
        ("x" * 300 + ".wav", "x" * 116 + ".wav"),
        ("y" * 300, "y" * 120),
    ],
)
def test_a_name_is_made_safe(given, safe):
    assert safe_filename(given) == safe


def test_a_hostile_name_survives_the_round_trip_as_a_safe_one(client, cast, key):
    client.force_login(cast.alice)
    url = signed_url(
        key,
        user_id=cast.alice.pk,
        filename='../"evil"\r\nX-Bad: 1/100% Ö?.wav',
        content_type="audio/wav",
    )

    response = client.get(url)

    assert body(response) == SONG
    assert "X-Bad" not in response
    assert unquote(response["Content-Disposition"]).startswith("attachment; filename")
    assert not any(c in response["Content-Disposition"] for c in '\r\n"/\\')
