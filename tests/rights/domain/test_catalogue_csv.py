"""A label's table: encodings, delimiters, headings, every kind of cell, and hostile content."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain import tables
from rights.domain.catalogue_csv import (
    COLUMNS,
    duration_ms,
    mapping_errors,
    read_rows,
    suggest_mapping,
    template,
)
from rights.domain.tables import FORMULA, TableUnreadableError, cell_for_export, read_table

HEAD = "ISRC,Title,Artist"
MAPPING = {"isrc": "ISRC", "title": "Title", "artist": "Artist"}


def rows_of(text: str, **more: str):
    table = read_table(text.encode())
    return read_rows(table, MAPPING | more)


def test_the_template_reads_as_it_is_offered():
    table = read_table(template().encode())
    mapping = suggest_mapping(table.columns)
    assert set(mapping) == {column.name for column in COLUMNS}
    assert mapping_errors(mapping, table.columns) == []
    (row,) = read_rows(table, mapping)
    assert row.errors == ()
    assert row.values["duration_ms"] == 201_000
    assert (row.values["isrc"], row.values["explicit"]) == ("QZTEN2600001", False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_spreadsheet_is_read(encoding, delimiter):
    text = "ISRC,Title,Artist\r\nGB-UM7-15-04503,Café del Mar,Björk\r\n".replace(",", delimiter)
    table = read_table(text.encode(encoding))
    (row,) = read_rows(table, MAPPING)
    assert (row.values["title"], row.values["artist"]) == ("Café del Mar", "Björk")
    assert row.values["isrc"] == "GBUM71504503"
    assert table.delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no heading"),
        (b"\n\n , ,\n", "no heading"),
        (b"ISRC,ISRC\nA,B\n", "name of its own"),
        (b"PK\x03\x04\x00\x00\x00\x08", "no text"),
        (b"\xff\xfeA", "no text"),
        (b'ISRC\n"' + b"x" * 140_000 + b'"\n', "Line 2"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, says):
    with pytest.raises(TableUnreadableError, match=says):
        read_table(content)


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with pytest.raises(TableUnreadableError, match="rows"):
        read_table(b"ISRC\na\nb\nc\n")
    monkeypatch.setattr(tables, "MOST_BYTES", 3)
    with pytest.raises(TableUnreadableError, match="20 MB"):
        read_table(b"ISRC\n")


def test_lines_are_those_of_the_file_even_over_line_breaks_in_cells():
    rows = rows_of(f'{HEAD}\n\nQZTEN2600001,"Two\nlines",A\n\nQZTEN2600002,B,B\n')
    assert [(row.line, row.values["title"]) for row in rows] == [(3, "Two lines"), (6, "B")]


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("ISRC", "GB-UM7", "is no ISRC"),
        ("Title", "", "“Title” is missing"),
        ("Title", "x" * 2_001, "longer than 2,000"),
        ("UPC", "5012345678901", "right check digit"),
        ("Length", "three minutes", "is no length"),
        ("Length", "0", "is no length of a song"),
        ("Length", "5:00:00", "is no length of a song"),
        ("Release date", "2026", "Give the whole day"),
        ("Release date", "2026-02-30", "is no date"),
        ("Release date", "08/03/2026", "is no date"),
        ("Explicit", "perhaps", "neither yes nor no"),
    ],
)
def test_a_cell_that_does_not_read_is_named_with_its_line(column, cell, says):
    cells = {"ISRC": "QZTEN2600001", "Title": "T", "Artist": "A", column: cell}
    tape = io.StringIO()
    writer = csv.DictWriter(tape, cells)
    writer.writeheader()
    writer.writerow(cells)
    table = read_table(tape.getvalue().encode())
    (row,) = read_rows(table, suggest_mapping(table.columns))
    (error,) = row.errors
    assert says in error.text % error.data
    assert row.line == 2


def test_an_isrc_that_stands_twice_is_refused_the_second_time():
    rows = rows_of(f"{HEAD}\nQZTEN2600001,A,A\nQZ-TEN-26-00001,B,B\n")
    assert rows[0].errors == ()
    assert rows[1].errors[0].data == {"line": "2"}


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("3:21", 201_000),
        ("1:02:03", 3_723_000),
        ("3:21.5", 201_500),
        ("201", 201_000),
        ("201000", 201_000),
        ("03:21,250", 201_250),
        ("90:00", 5_400_000),
    ],
)
def test_lengths_are_read_as_people_write_them(text, ms):
    assert duration_ms(text) == ms


def test_a_mapping_that_cannot_be_right_is_named():
    columns = ("ISRC", "Title")
    wrong = mapping_errors({"isrc": "ISRC", "title": "ISRC", "artist": "Singer"}, columns)
    said = {error.text % error.data for error in wrong}
    assert said == {
        "The column “ISRC” is used twice.",
        "The table has no column “Singer”.",
    }
    assert [e.data["column"] for e in mapping_errors({}, columns)] == ["ISRC", "Title", "Artist"]


@pytest.mark.parametrize("evil", ["=1+1", "+A1", "-2", "@SUM(A1)", "\tx", '=HYPERLINK("x")'])
def test_a_formula_is_text_here_and_harmless_in_what_we_export(evil):
    (row,) = rows_of(f'{HEAD}\nQZTEN2600001,"{evil.replace(chr(34), chr(34) * 2)}",A\n')
    assert row.values["title"] == " ".join(evil.split())
    assert not cell_for_export(evil).startswith(FORMULA)
    (again,) = rows_of(f"{HEAD}\nQZTEN2600001,'=1+1,A\n")
    assert again.values["title"] == "=1+1"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(content):
    try:
        table = read_table(content)
    except TableUnreadableError:
        return
    mapping = suggest_mapping(table.columns)
    for row in read_rows(table, mapping):
        assert row.line >= 1
        for error in row.errors:
            assert error.text % error.data


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_what_is_written_as_a_table_is_read_as_it_was(titles):
    tape = io.StringIO(newline="")
    writer = csv.writer(tape)
    writer.writerow(["ISRC", "Title", "Artist"])
    for number, (title, artist) in enumerate(titles):
        writer.writerow([f"QZTEN26{number:05d}", f"T{title}", f"A{artist}"])
    table = read_table(b"\xef\xbb\xbf" + tape.getvalue().encode())
    read = [(row.values["title"], row.values["artist"]) for row in read_rows(table, MAPPING)]
    assert read == [(" ".join(f"T{t}".split()), " ".join(f"A{a}".split())) for t, a in titles]
