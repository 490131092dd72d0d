"""Tables before they are read: encodings, archives, and every physical line in exactly one row."""

from __future__ import annotations

import codecs
import gzip

import pytest

from rights.income.csv_files import (
    delimiter_of,
    is_table,
    preview_rows,
    preview_text,
    table_open,
    table_rows,
)
from rights.income.files import Limits, ReportRefusedError

TEXT = "isrc;net\r\nQZTEN2600001;1,5 €\r\n"


def rows_of(path, folder, encoding="auto", delimiter=";"):
    table = table_open(path, folder, encoding=encoding)
    return table, list(table_rows(table, delimiter))


@pytest.mark.parametrize(
    ("content", "encoding", "found"),
    [
        (TEXT.encode(), "auto", "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "auto", "utf-8"),
        (TEXT.encode("cp1252"), "auto", "cp1252"),
        (TEXT.encode("cp1252"), "cp1252", "cp1252"),
        (TEXT.encode("utf-16"), "auto", "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "auto", "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16", "utf-16-le"),
        (gzip.compress(TEXT.encode()), "auto", "utf-8"),
        (TEXT.replace("\r\n", "\r").encode(), "auto", "utf-8"),
    ],
)
def test_every_encoding_comes_to_the_same_text(tmp_path, content, encoding, found):
    path = tmp_path / "report"
    path.write_bytes(content)

    table, rows = rows_of(path, tmp_path, encoding)

    assert table.encoding == found
    assert table.lines == 2
    assert [list(row.cells) for row in rows] == [["isrc", "net"], ["QZTEN2600001", "1,5 €"]]
    if content[:2] != b"\x1f\x8b":  # previews of archives are unpacked by who asks for them
        assert preview_text(content, encoding).splitlines() == TEXT.splitlines()


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        (b"", "auto", "income.empty"),
        (b"PK\x03\x04rest", "auto", "income.zip"),
        (b"\x1f\x8bnot gzip", "auto", "income.gzip"),
        (b"a,b\n\x81\n", "auto", "income.not_text"),  # a byte that Windows-1252 does not have
        (b"a,b\n\xff\n", "utf-8", "income.not_text"),
        (b"a,b\n1,\x002\n", "auto", "income.not_text"),
        (codecs.BOM_UTF16_LE + b"a", "auto", "income.not_text"),
    ],
)
def test_what_is_no_table_is_refused_and_said_why(tmp_path, content, encoding, code):
    path = tmp_path / "report"
    path.write_bytes(content)

    with pytest.raises(ReportRefusedError) as refused:
        table_open(path, tmp_path, encoding=encoding)

    assert refused.value.code == code
    assert "Nothing was read" in str(refused.value)
    assert path.read_bytes() == content


def test_a_bomb_is_not_unpacked_and_an_endless_line_not_held(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 3_000_000))
    with pytest.raises(ReportRefusedError) as refused:
        table_open(path, tmp_path, limits=Limits(ratio=3))
    assert refused.value.code == "income.bomb"

    path.write_bytes(b"a,b\n" + b"x" * (3 << 20))
    with pytest.raises(ReportRefusedError) as refused:
        rows_of(path, tmp_path)
    assert (refused.value.code, refused.value.line) == ("income.line_length", 2)


def test_cells_in_quotation_marks_may_hold_anything_and_keep_the_count_of_lines(tmp_path):
    path = tmp_path / "report"
    path.write_text('a;b\n"one\ntwo;""three""";1\nlast;2\n')

    rows = rows_of(path, tmp_path)[1]

    assert [(row.first, row.last) for row in rows] == [(1, 1), (2, 3), (4, 4)]
    assert rows[1].cells == ['one\ntwo;"three"', "1"]


def test_a_quotation_mark_that_is_never_closed_swallows_lines_that_are_named(tmp_path):
    path = tmp_path / "report"
    path.write_text('a;b\nfine;1\n"never closed;2\nlost;3\nlost;4\n')

    rows = rows_of(path, tmp_path)[1]

    assert (rows[2].first, rows[2].last, list(rows[2].cells)) == (3, 5, [])
    assert "cannot be cut" in rows[2].problem


@pytest.mark.parametrize(
    ("name", "start", "answer"),
    [
        ("october.csv", b"HEAD\tx", True),
        ("october.TXT", b"", True),
        ("october.csv.gz", b"", True),
        ("october.tsv", b"isrc\tnet\n", True),
        ("october.tsv", b"HEAD\tdsrf\n", False),
        ("october.tsv", b"#HEAD\tnames\nHEAD\tdsrf\n", False),
        ("october.tsv", b"SY10\tcut off\n", False),
        ("october.tsv", b"no tab at all", False),
    ],
)
def test_a_flat_file_is_told_from_a_table_by_its_name_and_first_line(name, start, answer):
    assert is_table(name, start) is answer


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found(sign):
    text = f"a{sign}b{sign}c\n1{sign}2{sign}3\n"

    assert delimiter_of(text) == sign
    assert [list(row.cells) for row in preview_rows(text.encode(), "auto", sign)][1] == list("123")
    assert delimiter_of("") == ","
