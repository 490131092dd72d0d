"""Tables of rates: the four shapes say the same, and everything else is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from rights.domain.rate_tables import LARGEST_BYTES, Printed, RateTableError, tables_read
from tests.rights.exchange.tables import csv_of, xml_of, zip_of

DAYS = {
    "2026-10-30": {"USD": "1.0842", "JPY": "164.15", "GBP": "0.8321"},
    "2026-10-29": {"USD": "1.0840", "JPY": "164.1"},
}
FIGURES = [
    Printed(date(2026, 10, 29), "JPY", "164.1"),
    Printed(date(2026, 10, 29), "USD", "1.0840"),
    Printed(date(2026, 10, 30), "GBP", "0.8321"),
    Printed(date(2026, 10, 30), "JPY", "164.15"),
    Printed(date(2026, 10, 30), "USD", "1.0842"),
]


@pytest.mark.parametrize(
    "content",
    [
        xml_of(DAYS),
        csv_of(DAYS),
        b"\xef\xbb\xbf" + csv_of(DAYS).replace(b"\n", b"\r\n"),
        zip_of(csv_of(DAYS)),
    ],
    ids=["xml", "csv", "csv with a mark and CRLF", "zip"],
)
def test_every_shape_says_the_same_in_the_very_words_of_the_bank(content):
    tables = tables_read(content)

    assert list(tables.rates) == FIGURES
    assert tables.unknown == []


def test_the_csv_of_one_day_writes_its_day_in_words():
    tables = tables_read(b"Date, USD, JPY, \n30 October 2026, 1.0842, 164.15, \n")

    assert [(one.on, one.quote, one.text) for one in tables.rates] == [
        (date(2026, 10, 30), "JPY", "164.15"),
        (date(2026, 10, 30), "USD", "1.0842"),
    ]


def test_currencies_that_are_no_more_are_named_and_left_out():
    tables = tables_read(csv_of({"2001-03-01": {"USD": "0.93", "EEK": "15.6466", "SKK": "43.8"}}))

    assert [one.quote for one in tables.rates] == ["USD"]
    assert tables.unknown == ["EEK", "SKK"]


BOMB = b"<?xml version='1.0'?><!DOCTYPE z [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><Cube>&b;</Cube>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "names currencies"),
        (b"ISRC,Net\nQZTEN2600001,1\n", "names currencies"),
        (b"Date,USD,\n", "not one rate"),
        (b"Date,USD\n2026-13-40,1.1\n", "'2026-13-40' is not a day"),
        (b"Date,USD\n2026-10-30,1.1,2,3\n", "line 2 has 4 cells"),
        (b"Date,USD\n2026-10-30,-1.1\n", "'-1.1' is not a rate"),
        (b"Date,USD\n2026-10-30,1e3\n", "'1e3' is not a rate"),
        (b"Date,USD\n2026-10-30,0\n", "a rate is positive"),
        (b"Date,USD\n2026-10-30,=1+1\n", "is not a rate"),
        (b"Date,USD,USD\n2026-10-30,1.1,1.2\n", "says both 1.1 and 1.2"),
        (b"Date,USD\n2026-10-30,1.1\n2026-10-30,1.2\n", "says both 1.1 and 1.2"),
        (b"\xff\xfeD\x00a\x00", "cannot be read"),
        (b"<Cube><Cube time='2026-10-30'>", "cannot be read"),
        (b"<Cube><Cube currency='USD' rate='1.1'/></Cube>", "stands in no day"),
        (b"<html><body>Closed for maintenance</body></html>", "not one rate"),
        (BOMB, "no document type"),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><Cube/>", "no document type"),
        (zip_of(b"Date,USD\n", name="readme.txt"), "holds one CSV file, this one 0"),
        (b"PK\x03\x04 and nothing more", "cannot be opened"),
        (b"x" * (LARGEST_BYTES + 1), "at most 32 MB"),
        (zip_of(b"0" * (LARGEST_BYTES + 1)), "unpacks to more than 32 MB"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:30],
)
def test_what_is_no_table_is_refused_with_the_reason(content, words):
    with pytest.raises(RateTableError) as refused:
        tables_read(content)

    assert words in str(refused.value)
