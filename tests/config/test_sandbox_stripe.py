"""What only the stand-in of Stripe has: its key, its till, its messages over real HTTP, its memory."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.stripe_desk import Desk

KEY = {"authorization": "Bearer sk_test_tenfold"}
SECRET = "whsec_house"


@pytest.fixture
def desk(sandbox):
    return Desk(sandbox["stripe"])


@pytest.fixture
def letterbox():
    """A listener that keeps what it is sent, and answers what it is told to."""
    got, answers = [], []

    class Box(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((body, self.headers["stripe-signature"]))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Box)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got, answers
    server.shutdown()
    server.server_close()


def arrived(got, count, within_s=5):
    until = time.monotonic() + within_s
    while len(got) < count and time.monotonic() < until:
        time.sleep(0.01)
    return [json.loads(body)["type"] for body, _ in got]


def test_who_has_no_key_is_refused_and_what_is_not_built_says_so(desk):
    url = desk.stand_in.url
    assert httpx.get(f"{url}/v1/balance").status_code == 401
    answer = httpx.post(f"{url}/v1/charges", headers=KEY)
    assert answer.status_code == 501
    assert answer.json()["error"]["type"] == "api_error"
    missing = httpx.get(f"{url}/v1/transfers/tr_none", headers=KEY)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "resource_missing")
    wrong = httpx.post(f"{url}/v1/transfers", headers=KEY, data={"amount": "-5"})
    assert wrong.json()["error"]["code"] == "parameter_invalid_integer"


def test_the_till_takes_a_top_up_in_the_browser(desk):
    url = f"{desk.stand_in.url}/till"
    assert "empty" in httpx.get(url).text
    paid = httpx.post(url, data={"amount": "500", "currency": "EUR"})
    assert (paid.status_code, paid.headers["location"]) == (303, "/till")
    assert "500 EUR" in httpx.get(url).text
    assert desk.show("balance") == {"eur": 500}


def test_messages_are_signed_sent_in_order_and_sent_again_until_taken(desk, letterbox):
    url, got, answers = letterbox
    answers += [500]
    desk.act("webhook", url=url, secret=SECRET)
    desk.act("topup", amount=1, currency="eur")
    desk.act("topup", amount=2, currency="eur", fails=True)
    assert arrived(got, 3) == ["topup.succeeded", "topup.succeeded", "topup.failed"]
    body, header = got[0]
    moment, code = (part.partition("=")[2] for part in header.split(","))
    good = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert code == good
    assert abs(int(moment) - time.time()) < 5


def test_held_messages_go_when_the_desk_says_as_often_and_as_old_as_it_says(desk, letterbox):
    url, got, _answers = letterbox
    desk.act("webhook", url=url, secret=SECRET, held=True)
    desk.act("topup", amount=1, currency="eur")
    (event,) = desk.events("topup.succeeded")
    assert got == []
    told = desk.act("deliver", event=event["id"], times=2, skew_s=-301)
    assert told["statuses"] == [200, 200]
    assert [body.decode() for body, _ in got] == [event["body"]] * 2
    assert int(got[0][1].partition(",")[0][2:]) < time.time() - 300


def test_a_reset_forgets_money_and_keys(desk):
    desk.act("topup", amount=1, currency="eur")
    desk.stand_in.reset()
    assert (desk.show("balance"), desk.show("events")) == ({}, [])


def test_the_desk_refuses_what_makes_no_sense(desk):
    url = f"{desk.stand_in.url}/sandbox/stripe"
    assert httpx.post(f"{url}/topup", json={"amount": 0, "currency": "eur"}).status_code == 400
    assert httpx.post(f"{url}/topup", content=b"{").status_code == 400
    assert httpx.post(f"{url}/nothing", json={}).status_code == 404
    assert httpx.post(f"{url}/account", json={"account": "acct_none"}).status_code == 404
    assert httpx.get(f"{url}/topup").status_code == 404
