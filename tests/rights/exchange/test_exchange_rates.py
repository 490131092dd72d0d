"""Rates in the database: kept once, never changed, found for a day, exact to the last digit."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import AuditEntry
from rights.domain.exchange import RateError, RateMissingError
from rights.domain.rate_tables import tables_read
from rights.exceptions import RatesRefusedError
from rights.models import ExchangeRate
from rights.services.exchange import rate_find, rates_import
from tests.rights.exchange.tables import csv_of, xml_of

pytestmark = pytest.mark.django_db

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 2)
DAYS = {
    "2026-10-30": {"USD": "1.0842", "GBP": "0.8321", "JPY": "164.15"},
    "2026-10-29": {"USD": "1.0840", "GBP": "0.8300", "JPY": "164.1"},
}


def take(days, shape=xml_of):
    return rates_import(tables=tables_read(shape(days)), actor=None, name="table")


def everything():
    return list(ExchangeRate.objects.order_by("on", "quote").values_list("on", "quote", "text"))


def test_a_rate_is_found_as_printed_the_other_way_round_and_across():
    take(DAYS)

    assert rate_find(base="EUR", quote="USD", on=FRIDAY).text() == "1.0842"
    back = rate_find(base="USD", quote="EUR", on=FRIDAY)
    assert (back.numerator, back.denominator) == (5000, 5421)
    across = rate_find(base="USD", quote="GBP", on=FRIDAY)
    assert (across.numerator, across.denominator) == (8321, 10842)
    assert (across.source, across.on) == ("ECB", FRIDAY)


def test_a_weekend_takes_the_friday_and_more_than_a_week_takes_nothing():
    take(DAYS)

    assert rate_find(base="EUR", quote="USD", on=SATURDAY).on == FRIDAY
    assert rate_find(base="EUR", quote="USD", on=date(2026, 11, 6)).on == FRIDAY
    for on in (date(2026, 11, 7), date(2026, 10, 28)):
        with pytest.raises(RateMissingError, match="rates_import"):
            rate_find(base="EUR", quote="USD", on=on)


def test_a_currency_that_the_newest_table_lacks_is_not_taken_from_an_older_one():
    take({**DAYS, "2026-11-02": {"USD": "1.09"}})

    with pytest.raises(RateMissingError, match="2026-11-02 has no rate for GBP"):
        rate_find(base="USD", quote="GBP", on=MONDAY)
    with pytest.raises(RateError, match="against itself"):
        rate_find(base="USD", quote="USD", on=MONDAY)


def test_the_same_table_in_any_shape_changes_nothing_the_second_time():
    first = take(DAYS)
    before, told = everything(), AuditEntry.objects.count()

    assert (first.added, first.known) == (6, 0)
    for shape in (xml_of, csv_of):
        again = take(DAYS, shape)
        assert (again.added, again.known) == (0, 6)
    assert everything() == before
    assert AuditEntry.objects.count() == told == 1


def test_zeros_at_the_end_do_not_make_another_rate():
    take({"2026-10-30": {"USD": "1.0840"}})

    assert take({"2026-10-30": {"USD": "1.084"}}).added == 0
    assert everything() == [(FRIDAY, "USD", "1.0840")]


def test_another_figure_for_a_known_day_is_refused_by_name_and_nothing_is_kept():
    take(DAYS)
    before = everything()

    with pytest.raises(RatesRefusedError) as refused, transaction.atomic():
        take({"2026-10-30": {"USD": "1.0843"}, "2026-11-02": {"USD": "1.09"}})

    assert "says 1.0843 for USD of 2026-10-30" in refused.value.message
    assert "before says 1.0842" in refused.value.message
    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rights_exchangerate SET text = '9'",
        "DELETE FROM rights_exchangerate",
        "TRUNCATE rights_exchangerate",
    ],
)
def test_a_rate_that_is_kept_is_never_changed(change):
    take(DAYS)
    before = everything()

    with (
        pytest.raises((IntegrityError, ProgrammingError), match=r"only added|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before


@pytest.mark.parametrize(
    ("source", "base", "quote", "text"),
    [
        ("ECB", "EUR", "EUR", "1"),
        ("ECB", "EUR", "usd", "1"),
        ("ECB", "EUR", "USD", "0.000"),
        ("ECB", "EUR", "USD", "-1"),
        ("ECB", "EUR", "USD", "1,1"),
        ("", "EUR", "USD", "1.1"),
    ],
)
def test_the_database_refuses_what_is_no_rate(source, base, quote, text):
    row = 'INSERT INTO rights_exchangerate (source, "on", base, quote, text) VALUES (%s, %s, %s, %s, %s)'
    with (
        pytest.raises(IntegrityError, match="check constraint"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(row, [source, FRIDAY, base, quote, text])

    assert everything() == []


def test_the_command_imports_files_and_says_what_is_new(tmp_path, capsys):
    file = tmp_path / "eurofxref-hist.csv"
    file.write_bytes(csv_of({**DAYS, "2001-03-01": {"USD": "0.93", "EEK": "15.6466"}}))

    call_command("rates_import", file)
    call_command("rates_import", file)

    first, second = capsys.readouterr().out.splitlines()
    assert "7 rates are new, 0 were known; 2001-03-01 to 2026-10-30" in first
    assert "not of our currencies: EEK" in first
    assert "0 rates are new, 7 were known" in second


def test_the_command_refuses_a_file_by_name_and_keeps_the_others(tmp_path, capsys):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(xml_of(DAYS))
    bad.write_bytes(b"<html>Closed</html>")

    with pytest.raises(CommandError, match="1 of 2 files"):
        call_command("rates_import", bad, good)

    assert "bad.xml: refused" in capsys.readouterr().out
    assert len(everything()) == 6
    with pytest.raises(CommandError, match="There is no file"):
        call_command("rates_import", tmp_path / "nothing.xml")
