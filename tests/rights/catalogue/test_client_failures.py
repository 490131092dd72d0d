"""Apple Music on bad days, over real HTTP: each failure is one error with a sentence that helps."""

from __future__ import annotations

import logging
import re

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from rights.catalogue.tokens import LIFE_S, DeveloperTokens, throwaway_key
from rights.catalogue.transport import retry_after
from rights.catalogue.types import (
    CatalogueError,
    CatalogueRefusedError,
    CatalogueUnavailableError,
)


def fails(bench, *, patience_s: float = 60) -> CatalogueError:
    with pytest.raises(CatalogueError) as raised:
        bench.client(patience_s=patience_s).song("910000001", "gb")
    return raised.value


def pem_of(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_401_says_that_the_key_is_refused_and_is_not_repeated(bench):
    bench.apple.fail("401", times=0, path="/v1/")

    error = fails(bench)

    assert isinstance(error, CatalogueRefusedError)
    assert error.code == "catalogue.key_refused"
    assert error.message == (
        "Apple Music does not accept the key of this installation. Your songs are safe. Nothing "
        "that you do will change this: whoever runs this installation checks APPLE_MUSIC_KEY, "
        "APPLE_MUSIC_KEY_ID and APPLE_MUSIC_TEAM_ID."
    )
    assert len(bench.calls()) == 1
    assert bench.clock.naps == []


def test_a_real_401_of_an_expired_token_is_the_same(bench):
    bench.clock.at -= 2 * LIFE_S

    assert fails(bench).code == "catalogue.key_refused"


def test_403_says_what_to_check(bench):
    bench.apple.fail("403", path="/v1/")

    error = fails(bench)

    assert isinstance(error, CatalogueRefusedError)
    assert error.message == (
        "Apple Music does not allow this installation to look songs up. Your songs are safe. "
        "Whoever runs this installation checks in Apple's developer account that the key is made "
        "for MusicKit and has not been revoked."
    )
    assert len(bench.calls()) == 1


def test_404_of_many_ids_means_that_none_is_there(bench):
    bench.apple.fail("404", path="/v1/")

    assert bench.client().songs(["910000001"], "gb") == []


def test_429_waits_as_long_as_it_is_told_and_then_gets_its_answer(bench):
    bench.apple.fail("429", times=2, retry_after_s=3, path="/v1/")

    song = bench.client().song("910000001", "gb")

    assert song.title == "Harbour Lights"
    assert bench.clock.naps == [3, 3]
    assert [call["status"] for call in bench.apple.journal("/v1/")] == [429, 429, 200]
    assert bench.gate.state.is_closed  # it answers: no failure of the breaker


def test_429_for_longer_than_patience_says_when_to_come_again_and_holds_all_back(bench):
    bench.apple.fail("429", retry_after_s=30, path="/v1/")

    error = fails(bench, patience_s=10)

    assert isinstance(error, CatalogueUnavailableError)
    assert (error.code, error.retry_after_s) == ("catalogue.busy", 30)
    assert error.message == (
        "Apple Music is being asked too often at the moment. Your songs are safe. Try again in 30 "
        "seconds."
    )
    assert bench.clock.naps == []
    again = fails(bench, patience_s=10)  # another worker: it does not even ask
    assert (again.code, len(bench.calls())) == ("catalogue.busy", 1)
    bench.clock.at += 31
    assert bench.client().song("910000001", "gb").id == "910000001"


def test_500_is_tried_four_times_with_longer_and_longer_pauses(bench):
    bench.apple.fail("500", times=0, path="/v1/")

    error = fails(bench)

    assert isinstance(error, CatalogueUnavailableError)
    assert (error.code, error.retry_after_s) == ("catalogue.down", 30)
    assert error.message == (
        "Apple Music is in trouble and does not answer. Your songs are safe. Try again in 30 "
        "seconds."
    )
    assert bench.clock.naps == [1, 2, 4]
    assert len(bench.calls()) == 4


def test_500_once_is_not_noticed(bench):
    bench.apple.fail("500", path="/v1/")

    assert bench.client().song("910000001", "gb").id == "910000001"
    assert bench.gate.state.failures == 0


def test_503_with_retry_after_is_honoured(bench):
    bench.apple.fail("503", retry_after_s=120, path="/v1/")

    error = fails(bench)

    assert isinstance(error, CatalogueUnavailableError)
    assert error.retry_after_s == 120
    assert error.message.endswith("Your songs are safe. Try again in 2 minutes.")


@pytest.mark.parametrize("mode", ["html", "malformed"])
def test_what_is_no_json_is_tried_again_and_then_said_to_be_unreadable(bench, mode):
    bench.apple.fail(mode, times=0, path="/v1/")

    error = fails(bench)

    assert isinstance(error, CatalogueUnavailableError)
    assert error.code == "catalogue.garbled"
    assert error.message == (
        "Apple Music sent an answer that cannot be read. Your songs are safe. Try again in 30 "
        "seconds."
    )
    assert len(bench.calls()) == 4


@pytest.mark.parametrize("mode", ["slow", "timeout_after_acting"])
def test_silence_is_tried_again_and_then_said(bench, mode):
    bench.apple.fail(mode, times=2, delay_s=5, path="/v1/")
    assert bench.client().song("910000001", "gb").id == "910000001"
    assert bench.clock.naps == [1, 2]
    bench.apple.fail(mode, times=0, delay_s=5, path="/v1/")

    with pytest.raises(CatalogueUnavailableError) as raised:
        bench.client(patience_s=0).song("910000002", "gb")

    assert raised.value.code == "catalogue.unreachable"
    assert raised.value.message == (
        "Apple Music could not be reached in time. Your songs are safe. Try again in 30 seconds."
    )


def test_nobody_listening_is_the_same_as_silence(bench):
    with pytest.raises(CatalogueUnavailableError) as raised:
        bench.client(url="http://127.0.0.1:9").song("910000001", "gb")

    assert raised.value.code == "catalogue.unreachable"


def test_an_installation_without_apple_music_says_so(bench):
    with pytest.raises(CatalogueUnavailableError) as raised:
        bench.client(url="").song("910000001", "gb")

    assert raised.value.code == "catalogue.off"
    assert raised.value.retry_after_s is None
    assert raised.value.message == (
        "This installation does not ask Apple Music. Your songs are safe. Whoever runs it can "
        "switch Apple Music on with APPLE_MUSIC_KEY."
    )


def test_a_question_that_apple_does_not_take_is_not_repeated(bench):
    with pytest.raises(CatalogueRefusedError) as raised:
        bench.client().transport.get("/v1/catalog/gb/songs", {})

    assert raised.value.code == "catalogue.refused"
    assert raised.value.message == (
        "Apple Music did not take this question (status 400). Nothing was changed. Try other "
        "words, or search by ISRC."
    )
    assert len(bench.calls()) == 1


def test_failures_are_not_remembered(bench):
    bench.apple.fail("500", times=4, path="/v1/")
    fails(bench)

    assert bench.client().song("910000001", "gb").id == "910000001"


def test_the_breaker_opens_asks_nothing_probes_once_and_closes(bench):
    bench.apple.fail("500", times=0, path="/v1/")
    fails(bench)
    fails(bench)  # the fifth failure opens it in the middle of this one
    asked = len(bench.calls())
    assert asked == 5

    error = fails(bench)

    assert isinstance(error, CatalogueUnavailableError)
    assert error.code == "catalogue.resting"
    assert re.fullmatch(
        r"Apple Music has not answered several times in a row, so it is left alone for a while\. "
        r"Your songs are safe\. Try again in \d+ seconds\.",
        error.message,
    )
    assert len(bench.calls()) == asked

    bench.clock.at += 15
    fails(bench)  # half open: one call, and it fails
    assert len(bench.calls()) == asked + 1
    bench.apple.http.delete(f"{bench.apple.url}/_sandbox/faults")
    bench.clock.at += 15
    assert fails(bench).code == "catalogue.resting"  # twice as long now
    bench.clock.at += 15
    assert bench.client().song("910000001", "gb").id == "910000001"
    assert bench.gate.state.is_closed


def test_the_bucket_is_honoured(bench):
    client = bench.client()
    started = bench.clock.at
    for n in range(25):
        client.search(f"word {n}", "gb")

    assert bench.clock.at - started == pytest.approx(
        1.5, abs=1e-3
    )  # ten at once, then ten a second
    assert len(bench.calls()) == 25


def test_whoever_would_wait_too_long_is_sent_away_without_asking(bench):
    for n in range(12):
        bench.client().search(f"word {n}", "gb")

    error = fails(bench, patience_s=0)

    assert (error.code, len(bench.calls())) == ("catalogue.busy", 12)


def test_a_token_has_apples_form_and_a_life_of_twelve_hours(hand_clock):
    key = ec.generate_private_key(ec.SECP256R1())
    tokens = DeveloperTokens(
        team_id="TEAM567890", key_id="ABCDE12345", private_key=pem_of(key), clock=hand_clock
    )

    token = tokens.token()

    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "ABCDE12345", "typ": "JWT"}
    claims = jwt.decode(token, key.public_key(), algorithms=["ES256"])
    assert claims["iss"] == "TEAM567890"
    assert claims["exp"] - claims["iat"] == 12 * 3600
    assert claims["iat"] == int(hand_clock.at) - 30
    assert "origin" not in claims


def test_a_token_is_kept_and_renewed_an_hour_before_its_end(hand_clock):
    tokens = DeveloperTokens(team_id="", key_id="", private_key="", clock=hand_clock)
    first = tokens.token()
    hand_clock.at += 11 * 3600 - 60
    assert tokens.token() == first

    hand_clock.at += 60

    second = tokens.token()
    assert second != first
    claims = jwt.decode(
        second, throwaway_key().public_key(), algorithms=["ES256"], options={"verify_iat": False}
    )
    assert claims["exp"] > hand_clock.at + 11 * 3600


def test_a_refused_token_is_made_anew_for_the_next_question(bench):
    client = bench.client()
    bench.apple.fail("401", path="/v1/")
    with pytest.raises(CatalogueRefusedError):
        client.song("910000001", "gb")

    assert client.song("910000001", "gb").id == "910000001"


def test_a_key_may_stand_on_one_line(bench):
    key = pem_of(ec.generate_private_key(ec.SECP256R1()))
    bench.key = key.replace("\n", "\\n")

    assert bench.client().song("910000001", "gb").id == "910000001"


@pytest.mark.parametrize(
    "key",
    [
        "nonsense",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem_of(ec.generate_private_key(ec.SECP384R1())),
        pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ],
)
def test_a_key_that_cannot_be_read_is_said_without_showing_it(bench, key):
    bench.key = key

    error = fails(bench)

    assert error.code == "catalogue.key_unreadable"
    assert error.message == (
        "Apple Music cannot be asked, because the private key of this installation cannot be "
        "read. Nothing was changed. Whoever runs this installation sets APPLE_MUSIC_KEY to the "
        "whole .p8 file from Apple."
    )
    assert bench.calls() == []


def test_neither_logs_nor_errors_nor_reprs_hold_the_token(bench, caplog):
    caplog.set_level(logging.DEBUG)
    bench.apple.fail("500", times=2, path="/v1/")
    client = bench.client()
    client.song("910000001", "gb")
    bench.apple.fail("403", path="/v1/")
    with pytest.raises(CatalogueRefusedError) as raised:
        client.song("910000002", "gb")

    token = client.transport._tokens.token()
    written = caplog.text + repr(client) + repr(client.transport._tokens) + repr(raised.value)
    assert token not in written
    assert token.split(".")[2] not in written


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("7", 7),
        (" 7 ", 7),
        ("-7", 0),
        ("soon", 0),
        ("99999999999999", 86_400),
        ("Sat, 21 Nov 2026 06:00:10 GMT", 10),
        ("Sat, 21 Nov 2026 05:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 06:00:10 -0000", 10),
    ],
)
def test_retry_after_is_read_in_both_forms(header, seconds):
    assert retry_after(header, now=1_795_240_800.0) == seconds
