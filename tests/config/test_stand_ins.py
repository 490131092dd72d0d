"""How the stand-ins are started, and whom they send messages to."""

from __future__ import annotations

import sys

from config import stand_ins


def test_the_program_is_the_sandbox_where_the_settings_expect_it(settings):
    settings.SANDBOX_PORT = 9400
    assert stand_ins.program() == [
        *(sys.executable, "-m", "config.sandbox"),
        *("--host", "127.0.0.1", "--port", "9400"),
    ]


def test_host_and_port_may_be_others_and_no_port_is_any_free_one():
    assert stand_ins.program(host="::1", port=0)[-4:] == ["--host", "::1", "--port", "0"]


def test_stripes_messages_go_to_the_site_of_the_settings(settings):
    settings.SITE_URL = "https://tenfold.example/"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]
    assert stand_ins.environment() == {
        "SANDBOX_STRIPE_WEBHOOK_URL": "https://tenfold.example/webhooks/stripe/",
        "SANDBOX_STRIPE_WEBHOOK_SECRET": "whsec_new",
    }


def test_a_product_on_another_port_gets_them_there(settings):
    settings.STRIPE_WEBHOOK_SECRETS = []
    told = stand_ins.environment(site_url="http://127.0.0.1:8001")
    assert told == {
        "SANDBOX_STRIPE_WEBHOOK_URL": "http://127.0.0.1:8001/webhooks/stripe/",
        "SANDBOX_STRIPE_WEBHOOK_SECRET": "",
    }
