"""℗ and © lines as labels write them: a table of lines with invented names, and any text at all."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.copyright_lines import (
    LONGEST,
    CopyrightLine,
    parse_copyright_lines,
    phonogram_line,
    split_names,
)

# The line; years; owners; and, where there are any, licensees, parents, imprints.
LINES: list[tuple[Any, ...]] = [
    ("℗ 2021 Saltline Records Ltd", (2021,), ["Saltline Records Ltd"]),
    ("(P) 2021 Saltline Records Ltd.", (2021,), ["Saltline Records Ltd."]),
    ("(p) 2021 Saltline Records", (2021,), ["Saltline Records"]),
    ("[P] 2021 Saltline Records", (2021,), ["Saltline Records"]),
    ("Ⓟ 2021 Saltline Records", (2021,), ["Saltline Records"]),
    ("ⓟ2021 Saltline Records", (2021,), ["Saltline Records"]),
    ("P 1987 Northgate Music", (1987,), ["Northgate Music"]),
    ("P & C 2005 Northgate Music", (2005,), ["Northgate Music"]),
    ("P+C 2005 Northgate Music", (2005,), ["Northgate Music"]),
    ("Phonographic Copyright 2020 Northgate", (2020,), ["Northgate"]),
    ("℗© 2016 Bayou Parish Recordings, Inc.", (2016,), ["Bayou Parish Recordings, Inc."]),
    ("℗ & © 2016 Bayou Parish Recordings, Inc.", (2016,), ["Bayou Parish Recordings, Inc."]),
    ("(P)(C) 2019 Both Music", (2019,), ["Both Music"]),
    ("© 2020 Cover Owner ℗ 2019 Sound Owner", (2019,), ["Sound Owner"]),
    ("(C) 2019 & (P) 2018 Two Years Music", (2018,), ["Two Years Music"]),
    ("℗ 2020 © 2021 Kawabe Records Co., Ltd.", (2020,), ["Kawabe Records Co., Ltd."]),
    ("2019 Night Owl", (2019,), ["Night Owl"]),
    ("Night Owl Recordings, 2019", (2019,), ["Night Owl Recordings"]),
    ("Night Owl Recordings", (), ["Night Owl Recordings"]),
    ("℗ 1998-2004 Northgate Music", (1998, 2004), ["Northgate Music"]),
    ("℗ 1998 – 2004 Northgate Music", (1998, 2004), ["Northgate Music"]),  # noqa: RUF001
    ("℗ 1998/99 Northgate Music", (1998, 1999), ["Northgate Music"]),
    ("℗ 1999/00 Northgate Music", (1999, 2000), ["Northgate Music"]),
    ("℗ 2019, 2020 Kestrel & Pine LLP", (2019, 2020), ["Kestrel & Pine LLP"]),
    ("℗ 2019 & 2020 Kestrel", (2019, 2020), ["Kestrel"]),
    ("℗ 1973, digitally remastered 2011 Old Label Ltd", (1973, 2011), ["Old Label Ltd"]),
    ("℗ 1960s Tape Archive", (), ["1960s Tape Archive"]),
    ("℗ 2022 10 Summers Records, LLC", (2022,), ["10 Summers Records, LLC"]),
    ("℗ 2003 Somebody Else S.A. de C.V.", (2003,), ["Somebody Else S.A. de C.V."]),
    ("℗ 2009 Vale S.r.l.", (2009,), ["Vale S.r.l."]),
    ("℗ 2015 Kupferberg Tonträger GmbH & Co. KG", (2015,), ["Kupferberg Tonträger GmbH & Co. KG"]),
    ("℗ 2010 Aagaard Musik A/S", (2010,), ["Aagaard Musik A/S"]),
    ("℗ 1991 Northgate Music (UK) Limited", (1991,), ["Northgate Music (UK) Limited"]),
    ("℗ 2012 Jack & Jill Records", (2012,), ["Jack & Jill Records"]),
    ("℗ 2012 Stone and Sons", (2012,), ["Stone and Sons"]),
    ("℗ 2020 株式会社カワベ", (2020,), ["株式会社カワベ"]),
    ("℗ 2021 M.M. Records", (2021,), ["M.M. Records"]),
    ("℗ 2010 One Ltd & Two Ltd", (2010,), ["One Ltd", "Two Ltd"]),
    ("℗ 2010 One Ltd / Two Ltd", (2010,), ["One Ltd", "Two Ltd"]),
    ("℗ 2010 One Ltd; Two Ltd", (2010,), ["One Ltd", "Two Ltd"]),
    ("℗ 2020 Amber Inc. / Copper Inc.", (2020,), ["Amber Inc.", "Copper Inc."]),
    ("℗ 2015 Kupfer GmbH und Nord GmbH", (2015,), ["Kupfer GmbH", "Nord GmbH"]),
    ("℗ 2012 Stone and Sons Ltd and River Ltd", (2012,), ["Stone and Sons Ltd", "River Ltd"]),
    ("℗ 2012 Ann Lee, Bo Roe, Cy Dean", (2012,), ["Ann Lee", "Bo Roe", "Cy Dean"]),
    ("℗ 2019 Foxglove/Barrow Records", (2019,), ["Foxglove", "Barrow Records"]),
    ("℗ 2013 Arrow Recordings. All rights reserved.", (2013,), ["Arrow Recordings"]),
    ("℗ 2013 Arrow. Unauthorized copying prohibited.", (2013,), ["Arrow"]),
    ("℗ 2013 Arrow, manufactured and distributed by Great Northern", (2013,), ["Arrow"]),
    ("℗ 2013 Arrow, distributed by Great Northern", (2013,), ["Arrow"]),
    ("℗ 2012 Ann Lee c/o Agency Ltd", (2012,), ["Ann Lee"]),
    (
        "℗ 2011 Alpha Records for the United States and Beta for the World",
        (2011,),
        ["Alpha Records"],
    ),
    ("The recording ℗ 2021 Slate Ltd", (2021,), ["Slate Ltd"]),
    ("℗ 2020", (2020,), []),
    (
        "℗ 2021 Saltline Ltd, under exclusive licence to Great Northern",
        (2021,),
        ["Saltline Ltd"],
        ["Great Northern"],
    ),
    (
        "℗ 2021 Saltline Ltd under exclusive license to Great Northern, Inc.",
        (2021,),
        ["Saltline Ltd"],
        ["Great Northern, Inc."],
    ),
    ("℗ 2020 Ann Lee under license to Orchard House", (2020,), ["Ann Lee"], ["Orchard House"]),
    ("℗ 2020 Ann Lee, exclusively licensed to Aurora AB", (2020,), ["Ann Lee"], ["Aurora AB"]),
    ("℗ 2020 Ann Lee. Licensed to Aurora AB", (2020,), ["Ann Lee"], ["Aurora AB"]),
    (
        "(P) 2022 Aubépine sous licence exclusive Septentrion",
        (2022,),
        ["Aubépine"],
        ["Septentrion"],
    ),
    ("℗ 2009 Lago GmbH unter exklusiver Lizenz an Berg AG", (2009,), ["Lago GmbH"], ["Berg AG"]),
    (
        "℗ 2020 Rima, LLC bajo licencia exclusiva a Costa S.L.",
        (2020,),
        ["Rima, LLC"],
        ["Costa S.L."],
    ),
    ("℗ 2020 Praia Ltda sob licença exclusiva da Serra", (2020,), ["Praia Ltda"], ["Serra"]),
    ("℗ 2009 Vale S.r.l., su licenza esclusiva a Monte", (2009,), ["Vale S.r.l."], ["Monte"]),
    (
        "℗ 2010 Big Label under exclusive licence from Small Ltd",
        (2010,),
        ["Small Ltd"],
        ["Big Label"],
    ),
    ("℗ 2010 Big Label, licensed from Small Ltd", (2010,), ["Small Ltd"], ["Big Label"]),
    (
        "℗ 2018 Lantern House, a division of Ashgrove Music Group",
        (2018,),
        ["Lantern House"],
        [],
        ["Ashgrove Music Group"],
    ),
    (
        "℗ 2024 Ashgrove, a label of Oak, a division of Big Group, Inc.",
        (2024,),
        ["Ashgrove"],
        [],
        ["Oak", "Big Group, Inc."],
    ),
    ("℗ 2014 Lantern (part of Oak Group)", (2014,), ["Lantern"], [], ["Oak Group"]),
    ("℗ 2014 Jane Roe d/b/a Roe House", (2014,), ["Jane Roe"], [], [], ["Roe House"]),
    ("A Hedgerow release; ℗ 2019 Kestrel", (2019,), ["Kestrel"], [], [], ["Hedgerow"]),
    (
        "A 10 Summers/Meridian Records Release; ℗ 2022 10 Summers Records, LLC",
        (2022,),
        ["10 Summers Records, LLC"],
        [],
        [],
        ["10 Summers", "Meridian Records"],
    ),
]


@pytest.mark.parametrize("case", LINES, ids=[case[0] for case in LINES])
def test_a_line_says_years_owners_and_roles(case):
    whole = list(case) + [[]] * (6 - len(case))
    text, years, owners, licensees, parents, imprints = whole

    line = phonogram_line(text)

    assert line is not None
    assert line.years == years
    assert list(line.owners) == owners
    assert list(line.licensees) == licensees
    assert list(line.parents) == parents
    assert list(line.imprints) == imprints
    assert not line.is_compilation


def test_there_are_sixty_lines_and_more():
    assert len(LINES) >= 60


@pytest.mark.parametrize(
    "text", ["This compilation ℗ 2020 Everyday Hits", "℗ 2020 This compilation Everyday Hits"]
)
def test_a_compilations_line_says_so(text):
    line = phonogram_line(text)

    assert line is not None
    assert (line.is_compilation, line.owners) == (True, ("Everyday Hits",))


@pytest.mark.parametrize("text", ["", " ", "© 2020 Cover Owner", "Copyright 2020 Cover Owner", "…"])
def test_what_says_nothing_of_the_recording_gives_no_line(text):
    assert phonogram_line(text) is None


def test_both_signs_are_kept_apart():
    cover, sound = parse_copyright_lines("© 2020 Cover Owner ℗ 2019 Sound Owner")

    assert cover == CopyrightLine("©", (2020,), ("Cover Owner",))
    assert sound == CopyrightLine("℗", (2019,), ("Sound Owner",))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("AC/DC", ["AC/DC"]),
        ("N/A", ["N/A"]),
        ("Alpha | Beta", ["Alpha", "Beta"]),
        (" , ; / ", []),
        ("LLC", []),
        ("2020", []),
        ("“Quoted Label”", ["Quoted Label"]),
        ("by Arrow", ["Arrow"]),
    ],
)
def test_names_are_split_where_they_end(text, names):
    assert split_names(text) == names


@given(st.text(max_size=700))
def test_any_text_gives_whole_statements(text):
    for line in parse_copyright_lines(text):
        assert all(1877 <= year <= 2100 for year in line.years)
        assert line.signs in {"", "℗", "©", "℗©"}
        for name in (*line.owners, *line.licensees, *line.parents, *line.imprints):
            assert name == name.strip()
            assert any(char.isalpha() for char in name)
        for names in (line.owners, line.licensees, line.parents, line.imprints):
            assert len(set(names)) == len(names)


WORDS = st.sampled_from(
    [
        "℗",
        "©",
        "(P)",
        "(C)",
        "2020",
        "1998-2004",
        ",",
        ";",
        "/",
        "&",
        "and",
        "Ltd",
        "LLC",
        "under",
        "exclusive",
        "licence",
        "to",
        "from",
        "a",
        "division",
        "of",
        "Alpha",
        "Beta",
        "Gamma",
        "release",
        "compilation",
        "d/b/a",
        "distributed",
        "by",
        ".",
        "(",
        ")",
    ]
)


@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_any_order_of_its_own_words_is_survived(text):
    first = parse_copyright_lines(text)

    assert parse_copyright_lines(text) == first
    assert all(len(line.owners) <= 8 for line in first)


@given(
    st.integers(1900, 2099),
    st.lists(
        st.sampled_from(["Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord"]),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["", " Ltd", ", LLC", " GmbH", " S.A.", " Records, Inc."]),
    st.sampled_from(["℗ {year} {name}", "(P) {year} {name}", "℗{year}, {name}", "P {year} {name}"]),
)
def test_a_simple_line_gives_back_what_it_was_made_of(year, words, form, pattern):
    name = " ".join(words) + form

    line = phonogram_line(pattern.format(year=year, name=name))

    assert line is not None
    assert (line.years, line.owners) == ((year,), (name,))


@pytest.mark.parametrize(
    "text",
    [
        "℗ " * 50000,
        "under exclusive licence " * 20000,
        "a" * 1000000,
        "2020-" * 100000,
        "( " * LONGEST,
        "& and " * LONGEST,
    ],
)
def test_long_lines_do_not_take_long(text):
    start = time.process_time()
    parse_copyright_lines(text)

    assert time.process_time() - start < 0.5
