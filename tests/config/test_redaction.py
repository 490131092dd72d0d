"""What the net catches, and what it lets through."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.lib.redaction import REDACTED, is_secret_name, redact, redact_text

TOKEN = "fZ3kPq0xW8vJt5Lr2NcY7mBs4HdG9aUe1iKo6XyTzQw"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def.ghi", f"Authorization: {REDACTED} {REDACTED}"),
        ("sent Bearer abc.def.ghi to them", f"sent Bearer {REDACTED} to them"),
        ("GET /x?token=abc&page=2", f"GET /x?token={REDACTED}&page=2"),
        ('{"password": "s3cret", "name": "x"}', f'{{"password": {REDACTED}, "name": "x"}}'),
        ("{'csrftoken': 'abc def', 'theme': 'dark'}", f"{{'csrftoken': {REDACTED}, 'theme': 'dark'}}"),
        ("X-Amz-Signature=0a1b2c&X-Amz-Date=2026", f"X-Amz-Signature={REDACTED}&X-Amz-Date=2026"),
        ("key sk_live_51Habc was refused", f"key {REDACTED} was refused"),
        ("whsec_abc123", REDACTED),
        ("sent eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJURUFNIn0.c2lnbmF0dXJl off", f"sent {REDACTED} off"),
        ("AKIAIOSFODNN7EXAMPLE", REDACTED),
        ("postgresql://tenfold:hunter2@db/tenfold", f"postgresql://{REDACTED}@db/tenfold"),
        ("alice.smith@example.com wrote", "a***@example.com wrote"),
        ("to b@x.example.co.uk, c@y.org", "to b***@x.example.co.uk, c***@y.org"),
        (f"/invitations/{TOKEN}/accept", f"/invitations/{REDACTED}/accept"),
        (f"Not Found: /media/{TOKEN}:{TOKEN}/song.wav", f"Not Found: /media/{REDACTED}/song.wav"),
        (f"/anything/{TOKEN}/", f"/anything/{REDACTED}/"),
        (
            "/account/password/reset/key/5-cx2n3k-3f8e1a2b3c4d5e6f/",
            f"/account/password/reset/key/{REDACTED}/",
        ),
        (
            "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY----- and on",
            f"{REDACTED} and on",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMHc cut off", REDACTED),
    ],
)  # fmt: skip
def test_secrets_are_taken_out_of_text(text, clean):
    assert redact_text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Not Found: /jobs/3fa85f64-5717-4562-b3fc-2c963f66afa6/",
        "sha256/5a/e0/5ae0db5b0a20d3b52286f7bd7cc9077915b9a1487d542debeedaa57bee73473c.wav",
        'File "/srv/app/library/analysis/a_very_long_module_name_of_ours.py", line 12, in f',
        "3 of 10 songs analysed in 1.2 s",
        "the token was missing",
        "https://example.com/path?page=2&sort=name",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text):
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    ["password", "new_password1", "SECRET_KEY", "api_key", "apiKey", "X-API-Key", "Authorization",
     "authorisation", "Cookie", "Set-Cookie", "csrfmiddlewaretoken", "sessionid", "access_key",
     "refresh_token", "iban", "otp", "X-Signature", "credentials", "private_key"],
)  # fmt: skip
def test_fields_with_such_names_go_whatever_they_hold(name):
    assert is_secret_name(name)
    assert redact({name: "x"}) == {name: REDACTED}
    assert redact({name: {"deep": ["x"]}}) == {name: REDACTED}
    assert redact({name: 123456}) == {name: REDACTED}


@pytest.mark.parametrize(
    "name", ["key", "name", "author", "step", "passed", "signed_at", "token_id"]
)
def test_fields_with_harmless_names_stay(name):
    assert redact({name: "value"}) == {name: "value"}


def test_that_there_is_no_secret_may_be_told():
    given = {"password": "", "token": None, "csrf_checked": True}
    assert redact(given) == given


def test_structures_are_walked_and_the_original_is_left_alone():
    original = {
        "list": [{"token": "x"}, ("alice@example.com", 1, 2.5, None, True)],
        "deep": {"a": {"b": {"password": "x", "ok": "yes"}}},
        "id": uuid.UUID(int=1),
    }

    clean = redact(original)

    assert clean == {
        "list": [{"token": REDACTED}, ["a***@example.com", 1, 2.5, None, True]],
        "deep": {"a": {"b": {"password": REDACTED, "ok": "yes"}}},
        "id": "00000000-0000-0000-0000-000000000001",
    }
    assert original["deep"] == {"a": {"b": {"password": "x", "ok": "yes"}}}


def test_what_refers_to_itself_comes_to_an_end():
    circle: dict[str, object] = {"name": "x"}
    circle["self"] = circle

    assert "x" in str(redact(circle))


def test_objects_become_their_redacted_text():
    class Odd:
        def __str__(self) -> str:
            return "Odd(password=hunter2)"

    assert redact([Odd(), b"token=abc"]) == [f"Odd(password={REDACTED}", f"b'token={REDACTED}'"]


@given(st.text(max_size=200))
def test_redacting_twice_is_redacting_once(text):
    once = redact_text(text)

    assert redact_text(once) == once


@given(secret=st.text("abcdefghijkmnopqrstuvwxyzABCDEFGH23456789", min_size=8, max_size=40))
def test_a_secret_given_by_name_is_never_left(secret):
    for text in (
        f"https://x.example/?token={secret}&a=1",
        f'{{"password": "{secret}"}}',
        f"Authorization: Bearer {secret}",
        f"Cookie: sessionid={secret}",
        f"client_secret='{secret}'",
    ):
        assume(text.count(secret) == 1)  # "password" may be a secret, and is a name too
        assert secret not in redact_text(text)


def test_a_long_text_is_redacted_in_linear_time():
    import time

    for text in ("a" * 200_000, "/" * 100_000, "token" * 40_000, "a@" * 100_000, "x=" * 100_000):
        start = time.process_time()
        redact_text(text)
        assert time.process_time() - start < 1.5, text[:10]
