"""How often programs, people and strangers may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from config.api.limits import AddressLimit, PersonLimit, TokenLimit
from tests.api.conftest import make_program

if TYPE_CHECKING:
    from tests.api.conftest import Program
    from tests.cast import Cast

pytestmark = pytest.mark.django_db

RATES = {"token": "3/min", "person": "3/min", "address": "2/min"}


@pytest.fixture(autouse=True)
def _rates(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in (TokenLimit, PersonLimit, AddressLimit):
        monkeypatch.setattr(limit, "THROTTLE_RATES", RATES)


def statuses(client: Client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _each in range(times)]


def test_token_is_stopped_and_told_how_long_to_wait(alices: Program):
    assert statuses(alices.client, "/api/v1/me/", 3) == [200] * 3
    answer = alices.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_another_token_of_the_same_person_goes_on(alices: Program, cast: Cast):
    statuses(alices.client, "/api/v1/me/", 4)
    other = make_program(cast.alice)
    assert statuses(other.client, "/api/v1/me/", 3) == [200] * 3


def test_browser_of_the_same_person_has_its_own_limit(alices: Program, cast: Cast):
    statuses(alices.client, "/api/v1/me/", 4)
    browser = Client()
    browser.force_login(cast.alice)
    assert statuses(browser, "/api/v1/me/", 4) == [200, 200, 200, 429]


def test_schema_is_limited_by_address(db: None):
    assert statuses(Client(), "/api/v1/schema/", 3) == [200, 200, 429]


def test_guessing_tokens_is_limited_by_address(db: None):
    guesser = Client(headers={"authorization": "Bearer tf_" + "0" * 64})
    assert statuses(guesser, "/api/v1/me/", 4) == [401, 401, 429, 429]
    answer = guesser.get("/api/v1/me/")
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_guessers_at_the_same_address_do_not_stop_a_good_token(alices: Program):
    statuses(Client(), "/api/v1/me/", 4)
    assert alices.get("/api/v1/me/").status_code == 200
