"""Cells of tables: exact numbers in every notation, days of every form, and refusals that say why."""

from __future__ import annotations

import pytest

from rights.domain.csv_cells import (
    CellError,
    currency_cell,
    day_cell,
    icpn_cell,
    isrc_cell,
    number_cell,
    text_cell,
)
from rights.domain.csv_mapping import ColumnMapping, MappingError, header_key
from rights.domain.csv_presets import OWN, PRESETS, preset_of


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "number"),
    [
        ("12.5", ".", "", "12.5"),
        ("0.0000000001", ".", "", "0.0000000001"),
        ("-3", ".", "", "-3"),
        ("\N{MINUS SIGN}3", ".", "", "-3"),
        ("3-", ".", "", "-3"),
        ("(1,234.50)", ".", ",", "-1234.50"),
        ("1.234.567,89", ",", ".", "1234567.89"),
        ("1 234,5", ",", " ", "1234.5"),
        ("1\xa0234,5", ",", " ", "1234.5"),
        ("12'000.5", ".", "'", "12000.5"),
        ("99999999999999999", ".", "", "99999999999999999"),
    ],
)
def test_a_number_is_read_exactly_in_the_notation_of_its_source(text, decimal, thousands, number):
    assert f"{number_cell(text, decimal=decimal, thousands=thousands):f}" == number


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("", ".", ""), ("abc", ".", ""), ("1e5", ".", ""), ("NaN", ".", ""), ("Infinity", ".", ""),
        ("1,5", ".", ""), ("1.5", ",", ""), ("1,50", ".", ","), ("12,34,567", ".", ","),
        ("1.2.3", ".", ""), ("0.12345678901", ".", ""), ("9" * 18, ".", ""), ("=1+1", ".", ""),
        ("\uff11\uff12", ".", ""), ("--1", ".", ""), ("1 2", ".", ""), ("(-1", ".", ""),
    ],
)  # fmt: skip
def test_what_is_no_such_number_is_refused_rather_than_guessed(text, decimal, thousands):
    with pytest.raises(CellError, match="a number with at most 10 decimal places"):
        number_cell(text, decimal=decimal, thousands=thousands)


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2026-10", "YYYY-MM", ("2026-10-01", False)),
        ("2026-10-31", "YYYY-MM-DD", ("2026-10-31", True)),
        ("202610", "YYYYMM", ("2026-10-01", False)),
        ("20261031", "YYYYMMDD", ("2026-10-31", True)),
        ("1.2.2026", "DD.MM.YYYY", ("2026-02-01", True)),
        ("03/02/2026", "DD/MM/YYYY", ("2026-02-03", True)),
        ("03/02/2026", "MM/DD/YYYY", ("2026-03-02", True)),
        ("10/2026", "MM/YYYY", ("2026-10-01", False)),
        ("29.02.2024", "DD.MM.YYYY", ("2024-02-29", True)),
    ],
)
def test_a_day_is_read_in_the_form_of_its_source(text, form, day):
    assert day_cell(text, form=form) == day


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-13", "YYYY-MM"), ("29.02.2026", "DD.MM.YYYY"), ("31/12/2026", "MM/DD/YYYY"),
        ("", "YYYY-MM"), ("2026-10-31", "YYYY-MM"), ("0026-10", "YYYY-MM"), ("2026-1\uff10", "YYYY-MM"),
    ],
)  # fmt: skip
def test_what_is_no_day_of_that_form_is_refused(text, form):
    with pytest.raises(CellError, match="a day or month written"):
        day_cell(text, form=form)


def test_identifiers_are_written_one_way():
    assert isrc_cell(" de-abc-26-00001 ") == "DEABC2600001"
    assert icpn_cell("12345678901") == "012345678901"  # a spreadsheet took the zero
    assert icpn_cell("") == isrc_cell("") == ""
    assert currency_cell(" eur ") == "EUR"
    assert text_cell("Two\tcells\r\nand\x00a line ") == "Two cells and a line"
    for read, text in ((isrc_cell, "DEABC26"), (icpn_cell, "12"), (currency_cell, "EURO")):
        with pytest.raises(CellError, match="is not"):
            read(text)
    with pytest.raises(CellError, match="it is empty"):
        currency_cell("")


NAMES = ("ISRC", "Month", "Net", "Currency", "Country")
COLUMNS = {"isrc": "ISRC", "day": "Month", "net": "Net", "currency": "Currency"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"columns": {**COLUMNS, "isrc": "Isrc"}}, "a column is named that the file does not have"),
        ({"columns": {"day": "Month", "net": "Net", "currency": "Currency"}}, "which song it is"),
        ({"columns": {"isrc": "ISRC", "day": "Month", "currency": "Currency"}}, "the net revenue"),
        ({"columns": {"isrc": "ISRC", "net": "Net", "currency": "Currency"}}, "day or month"),
        ({"fixed": {"currency": "EUR"}}, "a column or one value"),
        ({"columns": {**COLUMNS, "colour": "Country"}}, "no field colour"),
        ({"header": (*NAMES, "Net")}, "whose name the file has twice"),
        ({"thousands": "."}, "the same sign"),
        ({"decimal": ";"}, "a point or a comma"),
        ({"delimiter": "x"}, "an unknown sign"),
        ({"encoding": "utf-7"}, "encoding is unknown"),
        ({"days": "YY"}, "form of the days"),
        ({"returns": "never"}, "how returns are written"),
        ({"header_row": 0}, "lines are passed over"),
        ({"skip_last": 201}, "lines are passed over"),
    ],
)
def test_a_mapping_that_cannot_be_read_by_is_refused(changed, words):
    with pytest.raises(MappingError, match=words):
        ColumnMapping(**{"header": NAMES, "columns": COLUMNS, **changed})
    no_currency = {"isrc": "ISRC", "day": "Month", "net": "Net"}
    with pytest.raises(MappingError, match="is no currency"):
        ColumnMapping(header=NAMES, columns=no_currency, fixed={"currency": "EURO"})


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_saved_and_read_back_and_known_by_its_columns(name):
    preset = PRESETS[name]

    assert ColumnMapping.of_json(preset.to_json()) == preset
    assert preset_of([one.upper() + " " for one in preset.header] + ["", ""]) == name


def test_columns_are_compared_by_their_names_in_order():
    assert header_key(["  Sale  Month", "ISRC", "", ""]) == ("sale month", "isrc")
    assert not PRESETS[OWN].fits(list(reversed(PRESETS[OWN].header)))
    assert preset_of(["something", "else"]) == ""
    with pytest.raises(MappingError, match="not whole"):
        ColumnMapping.of_json({"header": ["a"]})
