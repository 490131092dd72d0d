"""Bars on paper: they add up, and they can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from generation.composition.units import BAR_TICKS, TICKS
from generation.exports.errors import ScoreUnwritableError
from generation.exports.sheet import read_sheet, readable, section_names, split_note


@pytest.fixture(scope="module")
def sheet(made):
    return read_sheet(made.score)


def with_lead(score, *notes):
    """Return ``score`` with a lead of (start, length, pitch) in sixteenths, and no other notes."""
    like = next(e for e in score.events if e.track == "Lead")
    events = tuple(
        replace(like, tick=round(start * TICKS), ticks=round(length * TICKS), pitch=pitch)
        for start, length, pitch in notes
    )
    return replace(score, events=events)


def marks(score, bar=0):
    return [
        (m.step, m.length, m.pitch is not None, m.tied_from, m.ties_on)
        for m in read_sheet(score).bars[bar].marks
    ]


def test_every_bar_sums_to_four_beats_without_gap_or_overlap(sheet, made):
    assert len(sheet.bars) == made.score.plan.bars
    for bar in sheet.bars:
        at = 0
        for mark in bar.marks:
            assert mark.step == at
            at += mark.length
        assert at == 16


def test_every_note_is_readable_where_it_stands(sheet):
    for bar in sheet.bars:
        for mark in bar.marks:
            if mark.pitch:
                assert mark.length in readable(mark.step)


def test_ties_come_in_pairs_of_one_pitch_across_the_whole_sheet(sheet):
    flat = [mark for bar in sheet.bars for mark in bar.marks]
    for mark, following in pairwise(flat):
        assert mark.ties_on == following.tied_from
        if mark.ties_on:
            assert mark.pitch == following.pitch
    assert not flat[0].tied_from
    assert not flat[-1].ties_on


def test_the_melody_on_paper_is_the_melody_that_sounds(sheet, made):
    written = [
        (number * 16 + mark.step, mark.pitch)
        for number, bar in enumerate(sheet.bars)
        for mark in bar.marks
        if mark.pitch and not mark.tied_from
    ]
    lead = sorted((e for e in made.score.events if e.track == "Lead"), key=lambda e: e.tick)
    assert [step for step, _ in written] == [round(e.tick / TICKS) for e in lead]
    names = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
    sounding = [12 * (p.octave + 1) + names[p.letter] + p.alter for _, p in written]
    assert sounding == [e.pitch for e in lead]


def test_chords_stand_where_they_change_and_at_the_beginning_of_each_line(sheet, made):
    score, before = made.score, ""
    starts = {
        bar
        for s in score.plan.sections
        for bar in range(s.bar, s.bar + s.bars)
        if (bar - s.bar) % 4 == 0
    }
    assert {n for n, bar in enumerate(sheet.bars) if bar.begins_line} == starts
    for number, bar in enumerate(sheet.bars):
        shown = dict(bar.chords)
        for half in (0, 1):
            chord = score.chords[2 * number + half]
            name = sheet.key.chord_name(chord)  # what is written alike is written once
            expected = name != before or (half == 0 and number in starts)
            assert (half * 8 in shown) == expected
            assert shown.get(half * 8, chord) == chord
            before = name


def test_sections_are_named_and_numbered_where_they_return(sheet, made):
    names = section_names(made.score)
    assert [bar.section for bar in sheet.bars if bar.section] == list(names)
    roles = [section.role for section in made.score.plan.sections]
    assert [name.split(" ")[0].split("-")[0].lower() for name in names] == roles
    assert len(set(names)) == len(names)
    assert any(name == "Chorus 2" for name in names) == (roles.count("chorus") > 1)


@pytest.mark.parametrize(
    ("start", "end", "pieces"),
    [
        (0, 16, [(0, 16)]),
        (0, 12, [(0, 12)]),
        (0, 10, [(0, 8), (8, 2)]),
        (2, 6, [(2, 4)]),
        (4, 12, [(4, 8)]),
        (4, 10, [(4, 4), (8, 2)]),
        (6, 10, [(6, 2), (8, 2)]),
        (6, 16, [(6, 2), (8, 8)]),
        (3, 5, [(3, 1), (4, 1)]),
        (1, 3, [(1, 2)]),
        (14, 16, [(14, 2)]),
        (0, 7, [(0, 6), (6, 1)]),
    ],
)
def test_a_note_is_split_where_a_reader_looks_for_the_beat(start, end, pieces):
    assert split_note(start, end) == pieces


@pytest.mark.parametrize("start", range(16))
def test_every_stretch_of_a_bar_can_be_split(start):
    for end in range(start + 1, 17):
        pieces = split_note(start, end)
        assert pieces[0][0] == start
        assert sum(length for _, length in pieces) == end - start
        assert len(pieces) <= 4


def test_human_timing_and_short_gaps_disappear_and_rests_stay(made):
    score = with_lead(made.score, (0.04, 1.6, 72), (2.05, 1.9, 74), (4, 2, 76), (7.97, 4, 77))
    assert marks(score) == [
        (0, 2, True, False, False),
        (2, 2, True, False, False),
        (4, 2, True, False, False),
        (6, 2, False, False, False),
        (8, 4, True, False, False),
        (12, 4, False, False, False),
    ]


def test_a_note_that_stops_inside_an_eighth_is_written_to_its_end(made):
    score = with_lead(made.score, (0, 1, 72), (4, 3, 74), (9, 1, 76), (14.9, 1, 77))
    assert marks(score)[:1] == [(0, 2, True, False, False)]
    assert [(step, length) for step, length, sounds, *_ in marks(score) if sounds] == [
        (0, 2),
        (4, 4),
        (9, 1),
        (15, 1),
    ]


def test_a_note_over_the_bar_line_is_tied(made):
    score = with_lead(made.score, (14, 6, 72))
    assert marks(score)[-1] == (14, 2, True, False, True)
    assert marks(score, 1)[0] == (0, 4, True, True, False)


def test_an_empty_bar_is_one_whole_rest(made):
    assert marks(with_lead(made.score)) == [(0, 16, False, False, False)]


def test_of_two_notes_at_once_the_higher_is_the_melody(made):
    (first, *_rest) = read_sheet(with_lead(made.score, (0, 4, 60), (0, 4, 72))).bars[0].marks
    assert first.pitch.octave == 5


def test_nothing_is_written_behind_the_last_bar(made):
    bars = made.score.plan.bars
    sheet = read_sheet(with_lead(made.score, (16 * bars - 2, 8, 72), (16 * bars, 4, 74)))
    last = sheet.bars[-1].marks
    assert [m.ties_on for m in last if m.pitch] == [False]
    assert sum(m.length for m in last) == 16


def test_a_score_without_bars_is_refused_in_words(made):
    empty = replace(made.score, plan=replace(made.score.plan, sections=()))
    with pytest.raises(ScoreUnwritableError, match="no bar"):
        read_sheet(empty)


def test_the_lead_of_the_song_lies_inside_its_bars(made):
    assert max(e.tick for e in made.score.events) < made.score.plan.bars * BAR_TICKS
