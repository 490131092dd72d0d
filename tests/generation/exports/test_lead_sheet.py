"""The lead sheet as MusicXML and as PDF, read back by others."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest

from generation.composition.chords import Chord
from generation.exports.credits import Credit, rights_line
from generation.exports.engraving import write_pdf
from generation.exports.lead_sheet import lead_sheet_musicxml, lead_sheet_pdf
from generation.exports.musicxml import Heading, beams_of
from generation.exports.sheet import Bar, Mark, Sheet, section_names
from generation.exports.spelling import Key, Spelled
from tests.generation.exports.papers import ARTIST, ENGINE, RECEIPT, facts_for
from tests.generation.exports.test_sheet import with_lead

TITLE = "Ten Hours of Rain, “März” & #1 *two* [three]"
HEADING = Heading("Two Bars", ARTIST)
LENGTHS = {"16th": 1, "eighth": 2, "quarter": 4, "half": 8, "whole": 16}


def parsed(xml):
    return ElementTree.fromstring(xml)  # noqa: S314 - our own bytes


@pytest.fixture(scope="module")
def xml(made):
    return lead_sheet_musicxml(made.score, facts_for(made.score, TITLE))


@pytest.fixture(scope="module")
def root(xml):
    return parsed(xml)


@pytest.fixture(scope="module")
def pdf(made):
    return lead_sheet_pdf(made.score, facts_for(made.score, TITLE))


@pytest.fixture(scope="module")
def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    yield document
    document.close()


def test_it_says_what_it_is(xml, root):
    assert xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise')
    assert root.get("version") == "4.0"
    assert root.findtext("work/work-title") == TITLE
    assert root.findtext("identification/creator") == ARTIST
    rights = [one.text for one in root.findall("identification/rights")]
    assert rights[0] == (
        f"Made with AI by {ENGINE} after ten songs, credited at the end. Receipt: {RECEIPT}"
    )
    assert rights[1] == "6.70 % Song 0, Artist 0 (QZZZZ2600000)"
    assert rights[-1] == "33.00 % Base catalogue, Tenfold and its artists"
    assert len(rights) == 12


def test_key_metre_and_tempo_are_the_plans(root, made):
    first = root.find("part/measure")
    assert int(first.findtext("attributes/divisions")) == 4
    assert first.findtext("attributes/key/mode") == made.score.plan.mode
    assert first.findtext("attributes/time/beats") == "4"
    assert float(first.find("direction/sound").get("tempo")) == pytest.approx(made.score.plan.bpm)


def test_every_measure_sums_to_four_beats_by_duration_and_by_type(root, made):
    measures = root.findall("part/measure")
    assert [m.get("number") for m in measures] == [
        str(n) for n in range(1, made.score.plan.bars + 1)
    ]
    for measure in measures:
        by_duration = by_type = 0.0
        for note in measure.findall("note"):
            by_duration += int(note.findtext("duration"))
            by_type += LENGTHS[note.findtext("type")] * (1.5 if note.find("dot") is not None else 1)
        assert by_duration == by_type == 16


def test_elements_of_a_note_stand_in_the_order_of_the_standard(root):
    order = [
        "pitch",
        "rest",
        "duration",
        "tie",
        "voice",
        "type",
        "dot",
        "accidental",
        "beam",
        "notations",
    ]
    for note in root.iter("note"):
        places = [order.index(child.tag) for child in note]
        assert places == sorted(places)


def test_a_line_holds_at_most_four_bars_and_a_section_begins_one(root):
    on_line = 0
    for number, measure in enumerate(root.findall("part/measure")):
        breaks = measure.find("print") is not None
        on_line = 1 if breaks or number == 0 else on_line + 1
        assert on_line <= 4
        if measure.find("direction/direction-type/rehearsal") is not None:
            assert on_line == 1


def test_sections_end_with_a_double_line_and_the_song_with_a_final_one(root, made):
    styles = [m.findtext("barline/bar-style") for m in root.findall("part/measure")]
    assert styles[-1] == "light-heavy"
    ends = {s.bar + s.bars - 1 for s in made.score.plan.sections}
    assert {n for n, style in enumerate(styles) if style} == ends


def test_ties_and_their_curves_agree(root):
    open_tie = False
    for note in root.iter("note"):
        ties = [tie.get("type") for tie in note.findall("tie")]
        assert ties == [tied.get("type") for tied in note.findall("notations/tied")]
        assert ("stop" in ties) == open_tie
        open_tie = "start" in ties
    assert not open_tie


def test_an_accidental_is_printed_once_to_a_bar_and_taken_back(made):
    key_tonic = made.score.plan.tonic
    raised = 60 + key_tonic + 6
    score = with_lead(
        made.score, (0, 4, raised), (4, 4, raised), (8, 4, raised - 1), (16, 4, raised)
    )
    root = parsed(lead_sheet_musicxml(score, facts_for(score, "x")))
    first, second = root.findall("part/measure")[:2]
    shown = [note.find("accidental") is not None for note in first.findall("note")]
    assert shown == [True, False, True, False]
    assert second.find("note/accidental") is not None


def test_a_low_melody_is_written_an_octave_up(made):
    low = lead_sheet_musicxml(with_lead(made.score, (0, 4, 45)), facts_for(made.score, "x"))
    high = lead_sheet_musicxml(with_lead(made.score, (0, 4, 69)), facts_for(made.score, "x"))
    assert b"clef-octave-change" in low
    assert b"clef-octave-change" not in high


def note(step, length):
    return Mark(step, length, Spelled("C", 0))


@pytest.mark.parametrize(
    ("marks", "beams"),
    [
        (
            [note(n, 2) for n in range(0, 8, 2)] + [Mark(8, 8)],
            [["begin"], ["continue"], ["continue"], ["end"], []],
        ),
        (
            [note(0, 2), note(2, 2), note(4, 4), note(8, 2), note(10, 2), note(12, 1), note(13, 3)],
            [["begin"], ["end"], [], ["begin"], ["end"], ["begin", "forward hook"], ["end"]],
        ),
        ([note(0, 3), note(3, 1), Mark(4, 12)], [["begin"], ["end", "backward hook"], []]),
        (
            [note(0, 1), note(1, 1), note(2, 2), Mark(4, 12)],
            [["begin", "begin"], ["continue", "end"], ["end"], []],
        ),
        (
            [note(0, 2), Mark(2, 2), note(4, 2), note(6, 2), Mark(8, 8)],
            [[], [], ["begin"], ["end"], []],
        ),
        ([Mark(0, 2), note(2, 4), note(6, 2), Mark(8, 8)], [[], [], [], []]),
    ],
)
def test_notes_hang_together_by_beats_and_plain_eighths_by_half_bars(marks, beams):
    assert beams_of(marks) == beams


def test_the_same_score_is_the_same_sheet_in_another_process(made, xml, pdf):
    assert lead_sheet_musicxml(made.score, facts_for(made.score, TITLE)) == xml
    assert lead_sheet_pdf(made.score, facts_for(made.score, TITLE)) == pdf


def small_sheet():
    """Return two bars that need a tie, a beam, an accidental and two chords."""
    first = (note(0, 2), note(2, 2), Mark(4, 4), Mark(8, 8, Spelled("F", 1), ties_on=True))
    second = (Mark(0, 4, Spelled("F", 1), tied_from=True), Mark(4, 4), Mark(8, 8))
    chords = ((0, Chord(9, "min")), (8, Chord(2, "maj")))
    bars = (Bar(first, chords, "Verse"), Bar(second, (), ""))
    return Sheet(Key(0, "minor"), 96.0, bars)


def test_another_process_engraves_the_same_bytes():
    program = (
        "import hashlib\n"
        "from tests.generation.exports.test_lead_sheet import HEADING, small_sheet\n"
        "from generation.exports.engraving import write_pdf\n"
        "print(hashlib.sha256(write_pdf(small_sheet(), HEADING)).hexdigest())\n"
    )
    run = [sys.executable, "-c", program]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    assert said == hashlib.sha256(write_pdf(small_sheet(), HEADING)).hexdigest()


def test_title_composer_chords_and_rights_can_be_read_in_the_pdf(pages, made):
    text = pages[0].get_textpage().get_text_range()
    names = section_names(made.score)
    for words in (TITLE, ARTIST, names[0], names[1], RECEIPT, f"1 / {len(pages)}"):
        assert words in text
    assert f"= {made.score.plan.bpm:.0f}" in text
    whole = "".join(page.get_textpage().get_text_range() for page in pages)
    assert all(name in whole for name in names)


def test_the_last_page_credits_each_of_the_ten_with_its_share(pages):
    last = pages[len(pages) - 1].get_textpage().get_text_range()
    for n in range(10):
        assert re.search(rf"6\.70 %\s+Song {n}, Artist {n}\s+QZZZZ26{n:05}", last), n
    assert re.search(r"33\.00 %\s+Base catalogue, Tenfold and its artists", last)


def test_a_song_after_fewer_says_how_many(made):
    facts = facts_for(made.score, "x")
    assert "after ten songs" in rights_line(facts)
    assert "after one song" in rights_line(replace(facts, sources=facts.sources[:1]))
    assert "after 3 songs" in rights_line(replace(facts, sources=facts.sources[:3]))


def test_a_credit_without_a_name_or_a_number_leaves_no_gap():
    assert str(Credit("6.70 %", "Song", "")) == "6.70 % Song"
    assert str(Credit("6.70 %", "Song", "Alice", "QZ1")) == "6.70 % Song, Alice (QZ1)"


def test_the_pdf_carries_no_date_and_its_own_fonts(pdf, pages):
    facts = pages.get_metadata_dict()
    assert facts["Title"] == TITLE
    assert facts["CreationDate"] == facts["ModDate"] == ""
    assert pdf.count(b"/FontFile") >= 1
    assert b"/Type0" in pdf


def test_nothing_is_cut_off_at_the_edge_of_the_paper(pages):
    for page in pages:
        width, height = page.get_size()
        assert (round(width), round(height)) == (595, 842)
        ink = page.render(scale=1).to_numpy()[..., :3].min(axis=2) < 128
        rows, columns = np.nonzero(ink)
        assert columns.min() > 20
        assert columns.max() < width - 20
        assert rows.min() > 20
        assert rows.max() < height - 20


def test_an_unfriendly_title_is_text_and_never_markup(made):
    unkind = '#read("/etc/passwd") $x$ <b> " \\ ' + "long " * 30
    short = with_lead(made.score, (0, 4, 72))
    pdf = lead_sheet_pdf(short, replace(facts_for(short, unkind), receipt="#panic()"))
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert '#read("/etc/passwd") $x$ <b>' in text.replace("\r\n", " ")
    assert "#panic()" in text


def test_a_title_in_another_script_is_set_with_what_fonts_there_are(made):
    short = with_lead(made.score, (0, 4, 72))
    pdf = lead_sheet_pdf(short, facts_for(short, "十の歌 Ten"))
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_dict()["Title"] == "十の歌 Ten"
    assert "Ten" in document[0].get_textpage().get_text_range()
    document.close()


def test_a_song_in_any_key_can_be_engraved(made):
    for tonic in (1, 6, 11):
        score = replace(made.score, plan=replace(made.score.plan, tonic=tonic))
        assert lead_sheet_pdf(score, facts_for(score, "x")).startswith(b"%PDF-")
