"""The stand-ins and their own words, over real HTTP against a real process."""

from __future__ import annotations

import time

import pytest

from config.partners import STAND_INS
from tests.sandbox import developer_token

NAMES = list(STAND_INS)


@pytest.mark.parametrize("name", NAMES)
def test_each_service_has_its_own_port_and_says_that_it_is_well(sandbox, name):
    answer = sandbox[name].http.get(f"{sandbox[name].url}/_sandbox/health")

    assert answer.status_code == 200
    assert answer.json() == {"service": name, "ok": True}
    assert len({client.url for client in sandbox.values()}) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "path", "error"),
    [
        (
            "platoon",
            "/v1/releases",
            {
                "type": "about:blank",
                "title": "This stand-in does not answer this call yet.",
                "status": 501,
            },
        ),
    ],
)
def test_what_is_not_built_says_so_in_the_services_own_words(sandbox, name, path, error):
    answer = sandbox[name].http.post(sandbox[name].url + path, json={})

    assert answer.status_code == 501
    assert answer.json() == error
    assert sandbox[name].journal()[0]["acted"] is False


def test_shazam_fails_with_a_page_and_limits_with_nothing(sandbox):
    shazam = sandbox["shazam"]
    answer = shazam.http.post(f"{shazam.url}/discovery/v5/en/GB/iphone/-/tag/a/b")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html")
    assert shazam.http.get(f"{shazam.url}/v1/charts").status_code == 501

    shazam.fail("429")
    answer = shazam.http.post(f"{shazam.url}/discovery/v5/en/GB/iphone/-/tag/a/b")
    assert (answer.status_code, answer.content) == (429, b"")


def test_stripe_names_its_rate_limit(sandbox):
    stripe = sandbox["stripe"]
    stripe.fail("429", retry_after_s=7)

    answer = stripe.http.get(f"{stripe.url}/v1/transfers")

    assert answer.headers["retry-after"] == "7"
    assert answer.headers["request-id"] == "req_sandbox"
    assert answer.json()["error"]["code"] == "rate_limit"


def test_a_storefront_has_apples_wire_format(get):
    answer = get()

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "data": [
            {
                "id": "gb",
                "type": "storefronts",
                "href": "/v1/storefronts/gb",
                "attributes": {
                    "defaultLanguageTag": "en-GB",
                    "explicitContentPolicy": "allowed",
                    "name": "United Kingdom",
                    "supportedLanguageTags": ["en-GB"],
                },
            }
        ]
    }
    assert [one["id"] for one in get("/v1/storefronts").json()["data"]] == [
        "de",
        "fr",
        "gb",
        "jp",
        "us",
    ]


def test_an_unknown_storefront_is_an_error_in_apples_envelope(get):
    answer = get("/v1/storefronts/xx")

    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        {
            "id": "TENFOLD404",
            "title": "Resource Not Found",
            "detail": "Resource with requested id was not found",
            "status": "404",
            "code": "40400",
        }
    ]


def test_other_methods_and_other_calls_are_errors(apple):
    headers = {"authorization": f"Bearer {developer_token()}"}

    assert apple.http.post(f"{apple.url}/v1/storefronts/gb", headers=headers).status_code == 405
    answer = apple.http.get(f"{apple.url}/v1/catalog/gb/playlists/1", headers=headers)
    assert answer.status_code == 501
    assert answer.json()["errors"][0]["code"] == "50100"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer a.b.c",
        "Bearer a.b",
        f"Basic {developer_token()}",
        f"Bearer {developer_token(header={'alg': 'HS256'})}",
        f"Bearer {developer_token(header={'alg': 'none'})}",
        f"Bearer {developer_token(header={'kid': 'SHORT'})}",
        f"Bearer {developer_token(claims={'iss': 'SHORT'})}",
        f"Bearer {developer_token(claims={'exp': int(time.time()) - 1})}",
        f"Bearer {developer_token(claims={'iat': int(time.time()) + 99_999})}",
        f"Bearer {developer_token(claims={'exp': int(time.time()) + 15_777_001})}",
        f"Bearer {developer_token().rpartition('.')[0]}.",
        f"Bearer {developer_token(claims={'exp': None})}",
    ],
)
def test_without_a_good_developer_token_there_is_an_empty_401(apple, authorization):
    headers = {"authorization": authorization} if authorization else {}
    answer = apple.http.get(f"{apple.url}/v1/storefronts/gb", headers=headers)

    assert (answer.status_code, answer.content) == (401, b"")
    assert apple.journal()[0]["acted"] is False
