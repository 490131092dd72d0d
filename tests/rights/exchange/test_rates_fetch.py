"""Fetching the rates over HTTP from the stand-in: whole, once, and patient with a service that is down."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from rights.connectors.ecb import RatesUnreachableError, rates_download
from rights.domain.rate_tables import tables_read
from rights.models import ExchangeRate
from rights.services.exchange import rate_find
from rights.tasks.exchange import rates_fetch

DAYS = {"2026-10-30": {"USD": "1.0842", "GBP": "0.8321"}, "2026-10-29": {"USD": "1.0840"}}


@pytest.fixture
def bank(sandbox, settings, monkeypatch):
    settings.ECB_URL = sandbox["ecb"].url
    monkeypatch.setattr(rates_download, "__kwdefaults__", {"patience_ms": 0})
    return sandbox["ecb"]


def put(bank, days):
    assert bank.http.put(f"{bank.url}/sandbox/rates", json=days).status_code == 200


def test_the_stand_in_prints_the_same_figure_for_a_day_whenever_it_is_asked(bank):
    first, second = rates_download(bank.url), rates_download(bank.url)

    assert first == second
    tables = tables_read(first)
    days = {one.on for one in tables.rates}
    assert all(day.weekday() < 5 for day in days)
    assert len(tables.rates) == 6 * len(days)


@pytest.mark.django_db
def test_rates_are_fetched_once_and_found(bank):
    put(bank, DAYS)
    rates_fetch()
    rates_fetch()

    assert ExchangeRate.objects.count() == 3
    newest = ExchangeRate.objects.first().on
    assert rate_find(base="GBP", quote="USD", on=newest).text(4) == "1.303"
    assert len(bank.journal("/stats/")) == 2


@pytest.mark.django_db
def test_a_bank_that_is_down_for_a_moment_is_asked_again(bank):
    put(bank, DAYS)
    bank.fail("503", times=2)

    rates_fetch()

    assert ExchangeRate.objects.count() == 3
    assert len(bank.journal("/stats/")) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["500", "404", "html", "empty", "malformed"])
def test_what_is_no_table_is_an_error_in_the_log_and_keeps_nothing(bank, mode):
    bank.fail(mode, times=0)

    with capture_logs() as told:
        rates_fetch()

    assert [one["event"] for one in told] == ["exchange_rates_not_fetched"]
    assert ExchangeRate.objects.count() == 0


@pytest.mark.django_db
def test_a_bank_that_contradicts_itself_is_an_error_in_the_log_and_the_first_figure_stays(bank):
    put(bank, DAYS)
    rates_fetch()
    put(bank, {"2026-10-30": {"USD": "1.0999"}})

    with capture_logs() as told:
        rates_fetch()

    assert "1.0999 for USD of 2026-10-30" in told[0]["why"]
    assert ExchangeRate.objects.get(on="2026-10-30", quote="USD").text == "1.0842"


@pytest.mark.django_db
def test_without_an_address_nobody_is_asked(bank, settings):
    settings.ECB_URL = ""

    rates_fetch()

    assert bank.journal("/stats/") == []


def test_a_bank_that_does_not_answer_is_said_so():
    with pytest.raises(RatesUnreachableError, match="it did not answer"):
        rates_download("http://127.0.0.1:9", patience_ms=0)


def test_the_stand_in_refuses_figures_that_are_none(bank):
    assert bank.http.put(f"{bank.url}/sandbox/rates", json=["x"]).status_code == 400
    assert bank.http.get(f"{bank.url}/stats/other.xml").status_code == 404
    assert bank.http.get(f"{bank.url}/other").status_code == 501
