"""Each way to fail, the journal and the reset, over real HTTP."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest

from tests.sandbox import developer_token


def test_slow_answers_rightly_but_late(apple, get):
    apple.fail("slow", delay_s=0.3)

    start = time.monotonic()
    answer = get()

    assert 0.3 <= time.monotonic() - start < 3
    assert answer.json()["data"][0]["id"] == "gb"
    assert apple.journal()[0]["fault"] == "slow"


def test_429_refuses_before_acting_and_says_when_to_come_again(apple, get):
    apple.fail("429", times=2, retry_after_s=3)

    answers = [get() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "3"
    assert answers[0].json()["errors"][0]["title"] == "Too Many Requests"
    assert [entry["acted"] for entry in apple.journal()] == [False, False, True]


def test_500_fails_before_acting(apple, get):
    apple.fail("500")

    assert get().status_code == 500
    assert get().status_code == 200
    assert [(e["fault"], e["acted"], e["status"]) for e in apple.journal()] == [
        ("500", False, 500),
        ("", True, 200),
    ]


def test_a_timeout_after_acting_leaves_the_act_in_the_journal(apple, get):
    apple.fail("timeout_after_acting", delay_s=30)

    with pytest.raises(httpx.ReadTimeout):
        get(timeout=0.4)

    (entry,) = apple.journal()
    assert entry["acted"] is True
    assert entry["answered"] is False
    assert entry["fault"] == "timeout_after_acting"
    assert get().status_code == 200


def test_a_timeout_after_acting_ends_in_a_closed_connection(apple, get):
    apple.fail("timeout_after_acting", delay_s=0.1)

    with pytest.raises(httpx.RemoteProtocolError):
        get()

    assert apple.journal()[0]["acted"] is True


def test_malformed_breaks_off_in_the_middle_of_a_good_answer(apple, get):
    apple.fail("malformed")

    answer = get()

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert apple.journal()[0]["acted"] is True
    assert get().json()["data"]


def test_a_fault_hits_only_the_path_and_method_it_names(apple, get):
    apple.fail("500", path="/v1/storefronts/us")
    apple.fail("500", method="POST")

    assert get().status_code == 200
    assert get("/v1/storefronts/us").status_code == 500
    assert get("/v1/storefronts/us").status_code == 200
    assert len(apple.http.get(f"{apple.url}/_sandbox/faults").json()["faults"]) == 1


def test_faults_come_in_the_order_they_were_switched_on(apple, get):
    apple.fail("500")
    apple.fail("429")

    assert [get().status_code for _ in range(3)] == [500, 429, 200]


def test_a_fault_without_end_lasts_until_it_is_switched_off(apple, get):
    apple.fail("500", times=0)
    assert {get().status_code for _ in range(5)} == {500}

    assert apple.http.delete(f"{apple.url}/_sandbox/faults").status_code == 204
    assert get().status_code == 200


def test_a_fault_of_one_service_is_none_of_another(sandbox, get):
    sandbox["stripe"].fail("500", times=0)

    assert get().status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"mode": "explode"},
        {"mode": "slow", "unknown": 1},
        {"mode": "slow", "times": -1},
        {"mode": "slow", "times": True},
        {"mode": "slow", "times": "2"},
        {"mode": "slow", "delay_s": 301},
        {"mode": "slow", "delay_s": -0.1},
        {"mode": ["slow"]},
        [],
        "slow",
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_a_reason(apple, content):
    answer = apple.http.post(f"{apple.url}/_sandbox/faults", json=content)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert apple.http.get(f"{apple.url}/_sandbox/faults").json()["faults"] == []


def test_a_fault_that_is_no_json_is_refused(apple):
    answer = apple.http.post(f"{apple.url}/_sandbox/faults", content=b"{")

    assert answer.status_code == 400


def test_the_journal_keeps_what_was_sent_but_no_secret(apple):
    headers = {"authorization": f"Bearer {developer_token()}", "x-asked-by": "me"}
    apple.http.post(f"{apple.url}/v1/x?a=1", headers=headers, content=b'{"b": 2}')

    (entry,) = apple.journal()

    assert (entry["number"], entry["method"], entry["path"]) == (1, "POST", "/v1/x")
    assert (entry["query"], entry["body"]) == ("a=1", '{"b": 2}')
    assert entry["headers"]["x-asked-by"] == "me"
    assert entry["headers"]["authorization"] == "[present]"
    assert developer_token().split(".")[1] not in json.dumps(entry)


def test_the_journal_is_read_from_a_place_on_and_by_path(apple, get):
    get()
    get("/v1/storefronts/us")
    get()

    def numbers(**params) -> list[int]:
        answer = apple.http.get(f"{apple.url}/_sandbox/journal", params=params)
        return [entry["number"] for entry in answer.json()["entries"]]

    assert numbers(after=1) == [2, 3]
    assert numbers(path="/v1/storefronts/us") == [2]
    assert apple.http.get(f"{apple.url}/_sandbox/journal?after=x").status_code == 400

    assert apple.http.delete(f"{apple.url}/_sandbox/journal").status_code == 204
    assert numbers() == []


def test_reset_forgets_everything_and_lets_go_of_held_calls(apple, get):
    apple.fail("timeout_after_acting", delay_s=60)
    apple.fail("500", times=0)
    ended = []

    def held() -> None:
        try:
            get()
        except httpx.RemoteProtocolError:
            ended.append(time.monotonic())

    caller = threading.Thread(target=held)
    caller.start()
    deadline = time.monotonic() + 5
    while not apple.journal() and time.monotonic() < deadline:
        time.sleep(0.02)
    start = time.monotonic()
    apple.reset()
    caller.join(timeout=10)

    assert ended
    assert ended[0] - start < 5
    assert apple.journal() == []
    assert get().status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_sandbox/nothing", 404),
        ("PUT", "/_sandbox/faults", 405),
        ("GET", "/_sandbox/reset", 405),
        ("POST", "/_sandbox/health", 405),
    ],
)
def test_switches_that_do_not_exist_are_errors(apple, method, path, status):
    answer = apple.http.request(method, apple.url + path)

    assert answer.status_code == status
    assert apple.journal() == []


def test_a_call_that_was_held_over_a_reset_is_not_in_the_new_journal(apple, get):
    apple.fail("slow", delay_s=30)
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{apple.url}/v1/storefronts", timeout=0.5, trust_env=False)

    apple.reset()
    time.sleep(0.3)  # what was held has been let go, and has come to its end

    assert apple.journal() == []
    get("/v1/storefronts")
    assert len(apple.journal()) == 1
