"""Codes of recordings, works and releases: real ones, wrong ones, any text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.identifiers import (
    IdentifierError,
    Isrc,
    barcode_check_digit,
    barcodes_equal,
    find_isrc,
    format_iswc,
    isrc_in_tags,
    iswc_check_digit,
    parse_apple_id,
    parse_barcode,
    parse_isrc,
    parse_iswc,
)

LETTERS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SIGNS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
CODES = st.builds(
    lambda a, b, c: "".join([*a, *b]) + f"{c:07d}",
    st.tuples(LETTERS, LETTERS),
    st.tuples(SIGNS, SIGNS, SIGNS),
    st.integers(0, 9_999_999),
)


@pytest.mark.parametrize(
    "text",
    [
        "GBUM71504503",
        "gbum71504503",
        "GB-UM7-15-04503",
        " GB UM7 15 04503 ",
        "ISRC GB-UM7-15-04503",
        "ISRC: GBUM71504503",
        "isrc:gb-um7-15-04503",
        "GB\u2013UM7\u201315\u201304503",
        "GB\u00a0UM7\u00a015\u00a004503",
        "GB.UM7.15.04503",
    ],
)
def test_an_isrc_is_read_however_it_is_written(text):
    assert parse_isrc(text).code == "GBUM71504503"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISRC",
        "GBUM7150450",
        "GBUM715045033",
        "1BUM71504503",
        "GBUM7150450X",
        "GBÜM71504503",
        "GBUM7\u0661504503",
        "GB/UM7/15/04503",
        "GBUM71504503 and more",
        "x" * 100_000,
    ],
)
def test_what_is_no_isrc_is_refused_in_words(text):
    with pytest.raises(IdentifierError, match="is no ISRC: two letters, three letters or digits"):
        parse_isrc(text)
    assert find_isrc(text) == ""


def test_a_code_that_begins_with_the_letters_isr_is_not_eaten():
    assert parse_isrc("ISRC11500001").code == "ISRC11500001"  # Israel, registrant RC1


def test_an_isrc_has_parts():
    code = parse_isrc("GBUM71504503")

    assert (code.prefix, code.year_text, str(code)) == ("GBUM7", "15", "GB-UM7-15-04503")


@given(CODES)
def test_an_isrc_survives_writing_and_reading(code):
    assert parse_isrc(str(Isrc(code))).code == parse_isrc(code.lower()).code == find_isrc(code)


@given(st.text())
def test_any_text_is_an_isrc_or_refused(text):
    code = find_isrc(text)
    assert code == "" or parse_isrc(code).code == code


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("036000291452", "036000291452"),  # GS1's own example of a UPC-A
        ("0 36000 29145 2", "036000291452"),
        ("4006381333931", "4006381333931"),
        ("96385074", "96385074"),
        ("10614141000415", "10614141000415"),
    ],
)
def test_a_barcode_is_read_and_checked(text, digits):
    assert parse_barcode(text) == digits


@pytest.mark.parametrize("text", ["036000291453", "4006381333932"])
def test_a_wrong_check_digit_is_named(text):
    with pytest.raises(IdentifierError, match="its last digit does not fit the others"):
        parse_barcode(text)


@pytest.mark.parametrize("text", ["", "12345", "03600029145X", "٠٣٦٠٠٠٢٩١٤٥٢", "1" * 15])
def test_what_is_no_barcode_is_refused(text):
    with pytest.raises(IdentifierError, match="8, 12, 13 or 14 digits"):
        parse_barcode(text)


@given(st.text("0123456789", min_size=11, max_size=13))
def test_the_check_digit_completes_and_any_other_is_refused(body):
    right = barcode_check_digit(body)

    assert parse_barcode(body + right) == body + right
    for other in set("0123456789") - {right}:
        with pytest.raises(IdentifierError):
            parse_barcode(body + other)


@given(st.text("0123456789", min_size=11, max_size=12), st.data())
def test_one_mistyped_digit_is_always_noticed(body, data):
    whole = body + barcode_check_digit(body)
    place = data.draw(st.integers(0, len(whole) - 1))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {whole[place]})))

    with pytest.raises(IdentifierError):
        parse_barcode(whole[:place] + digit + whole[place + 1 :])


def test_a_upc_and_its_ean_are_one_release():
    assert barcodes_equal("036000291452", "0036000291452")
    assert not barcodes_equal("036000291452", "4006381333931")
    assert not barcodes_equal("", "")
    assert not barcodes_equal("000", "0000")


@pytest.mark.parametrize(
    "text", ["T-034.524.680-1", "T0345246801", "t 034 524 680 1", "ISWC T-034.524.680-1"]
)
def test_an_iswc_is_read_however_it_is_written(text):
    assert parse_iswc(text) == "T0345246801"


def test_an_iswc_is_checked_and_written():
    assert iswc_check_digit("034524680") == "1"
    assert format_iswc("T0345246801") == "T-034.524.680-1"
    with pytest.raises(IdentifierError, match="its last digit does not fit"):
        parse_iswc("T-034.524.680-2")
    with pytest.raises(IdentifierError, match="a T and ten digits"):
        parse_iswc("034524680")


@given(st.text("0123456789", min_size=9, max_size=9))
def test_an_iswc_survives_writing_and_reading(digits):
    code = f"T{digits}{iswc_check_digit(digits)}"

    assert parse_iswc(format_iswc(code)) == code


@given(st.text())
def test_any_text_is_a_number_or_refused(text):
    for read in (parse_barcode, parse_iswc, parse_apple_id):
        with contextlib.suppress(IdentifierError):
            assert read(read(text)) == read(text)


def test_an_apple_id_is_digits():
    assert parse_apple_id(" 1499516628 ") == "1499516628"
    for text in ("", "abc", "١٢٣", "1" * 21, "-1"):
        with pytest.raises(IdentifierError, match="only digits"):
            parse_apple_id(text)


@pytest.mark.parametrize("name", ["isrc", "tsrc", "com.apple.itunes:isrc"])
def test_the_isrc_of_a_files_own_tags_is_found_by_any_formats_name_for_it(name):
    assert isrc_in_tags({"title": "GBTF92600102", name: "GB-TF9-26-00101"}) == "GBTF92600101"
    assert isrc_in_tags({name: "no ISRC"}) == isrc_in_tags({}) == ""
