"""Tunes by hand: how an idea is judged, sung, closed, moved and brought back."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.copy_guard import CopyGuard, melody_tokens
from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError
from generation.attribution.policy import POLICY_V1
from generation.composition.cells import cell_strokes, lay_cells
from generation.composition.chords import Chord, scale_pitch
from generation.composition.judging import judge
from generation.composition.melody import RANGES, BaseSinger
from generation.composition.singer import LEAP, LONG_STEPS, Singer, State, Sung, Task
from generation.composition.stream import Stream
from generation.composition.units import STEPS, RhythmUnit, Stroke
from generation.composition.vom import STEPS as MOVES
from generation.composition.vom import WIDEST, MarkovModel
from tests.generation.score.reading import chord_of, lead_of_cell, of_track, step_of

C, F, G = Chord(0, "maj"), Chord(5, "maj"), Chord(7, "maj")
NOBODY = np.array([1.0])


def task(chord=C, notes=8, **change):
    strokes = tuple((4 * n, 3) for n in range(notes))
    usual = Task(
        strokes=strokes,
        chords=(chord,) * notes,
        first_step=0,
        low=60,
        high=76,
        centre=67.0,
        closing="",
    )
    return replace(usual, **change)


def tune(*degrees, step=4):
    """Return notes on the beat of scale steps above middle C in C major."""
    return [
        Sung(step * n, 3, degree, scale_pitch(degree, 60), NOBODY, False, False, 0, -1.0)
        for n, degree in enumerate(degrees)
    ]


def singer(lines=((1, 1, -1, -1, 2, -2),), guarded=(), cap=6):
    guard = CopyGuard([melody_tokens(line) for line in guarded], cap)
    return Singer([BaseSinger([]), MarkovModel(lines)], guard, 60, "major", POLICY_V1)


def state():
    return State(DeficitController(np.array([0.5, 0.5])))


# ---------------------------------------------------------------- judging

LIKED = tune(4, 5, 4, 2, 4, 7, 4, 2)


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        (tune(3, 5, 3, 1, 3, 6, 3, 1), "no chord tone on any beat"),
        (tune(4, 4, 4, 4, 4, 4, 4, 4), "stuck on one note"),
        (tune(0, 9, 0, 9, 0, 9, 0, 9), "leaps and nothing else"),
        (tune(11, 12, 11, 9, 11, 14, 11, 9), "an octave above where it should lie"),
        (tune(4, 7, 4, 7, 4, 7, 4, 7), "no one highest note"),
    ],
)
def test_what_a_musician_would_send_back_is_worth_less(worse, why):
    assert judge(task(), LIKED) > judge(task(), worse), why


def test_who_follows_the_contour_is_worth_more_than_who_leaves_it():
    asked = task(contour=(1, -1, -2, 2, 3, -3, -2))
    assert judge(asked, LIKED) > judge(replace(asked, contour=(-1, -1, -1, 4, -3, 3, 2)), LIKED)


def test_one_note_is_no_idea_and_is_not_judged():
    assert judge(task(notes=1), tune(4)) == 0.0


@given(st.lists(st.integers(-3, 12), min_size=2, max_size=12))
@settings(max_examples=25, deadline=None)
def test_any_line_has_a_worth(degrees):
    assert -100 < judge(task(notes=len(degrees)), tune(*degrees)) < 10


# ---------------------------------------------------------------- singing


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("chord", [C, F, G, Chord(4, "maj", "7"), Chord(2, "min", "7")])
def test_an_idea_stays_in_its_range_and_moves_by_no_more_than_an_octave(seed, chord):
    asked = task(chord)
    notes, _ = singer().sing(asked, state(), Stream(seed, "tune"))
    assert len(notes) == len(asked.strokes)
    for note, (step, length) in zip(notes, asked.strokes, strict=True):
        assert (note.step, note.length) == (step, length)
        assert asked.low <= note.pitch <= asked.high
        assert note.owed.sum() == pytest.approx(1)
    for before, after in pairwise(notes):
        assert abs(after.degree - before.degree) <= WIDEST


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("closing", "steps"), [("open", {0, 2, 4}), ("closed", {0, 2, 4})])
def test_a_phrase_closes_on_its_chord(seed, closing, steps):
    notes, _ = singer().sing(task(C, closing=closing), state(), Stream(seed, "close"))
    assert notes[-1].degree % 7 in steps


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("mode", "tonic"), [("major", 0), ("minor", 5)])
def test_a_song_closes_on_its_tonic(seed, mode, tonic):
    voice = replace(singer(), mode=mode)
    chord = C if mode == "major" else Chord(9, "min")
    notes, _ = voice.sing(task(chord, closing="final"), state(), Stream(seed, "final"))
    assert notes[-1].degree % 7 == tonic


@pytest.mark.parametrize("contour", [(), (1, 1, -2)])
def test_only_who_has_a_contour_follows_it_and_only_as_far_as_it_goes(contour):
    notes, _ = singer().sing(task(contour=contour), state(), Stream(1, "contour"))
    following = [note.follows for note in notes]
    assert following == [n <= len(contour) and bool(contour) for n in range(len(notes))]


def test_a_line_that_is_given_is_sung_as_given():
    given_notes = tuple(tune(4, 2, 0, 2))
    mixed = tuple(replace(note, owed=np.array([1.0, 0.0])) for note in given_notes)
    notes, after = singer().sing(task(given=mixed), state(), Stream(1, "given"))
    assert tuple(notes[:4]) == mixed
    assert len(notes) == 8
    assert after.step == notes[-1].step


def test_what_is_sung_is_counted_for_every_place_it_will_sound_in():
    voice, alone, often = singer(), state(), state()
    _, once = voice.sing(task(), alone, Stream(1, "places"))
    _, thrice = voice.sing(task(places=3), often, Stream(1, "places"))
    assert thrice.controller.placed == pytest.approx(3 * once.controller.placed)
    assert alone.controller.placed == 0


def test_no_way_to_sing_is_said_and_not_forced():
    with pytest.raises(NothingPossibleError):
        singer().sing(task(low=61, high=61), state(), Stream(1, "nowhere"))


def test_long_notes_and_beats_welcome_chord_tones_more_than_short_ones():
    voice, now = singer(), state()
    now.degree, now.pitch = 4, 67
    asked = task(strokes=((0, 2), (4, 2), (6, 2), (8, LONG_STEPS)), chords=(C,) * 4)

    def taste(number):
        phi = voice.welcome(asked, number, None, now)
        return phi[WIDEST + 1] / phi[WIDEST]  # the sixth of the scale against the fifth

    assert taste(2) > taste(1) > taste(3)


def test_after_a_leap_a_line_turns_back():
    voice, now = singer(), state()
    now.degree, now.pitch, now.moves = 4, 67, (4,)
    phi = voice.welcome(task(), 2, None, now)
    assert phi[WIDEST - 2] > 5 * phi[WIDEST + 2] > 0


def test_small_steps_are_more_welcome_than_leaps_and_the_octave_more_than_the_seventh():
    assert LEAP[1] == max(LEAP)
    assert list(LEAP[1:7]) == sorted(LEAP[1:7], reverse=True)
    assert LEAP[7] > LEAP[6]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_under_the_guard_no_idea_repeats_more_of_a_source_than_the_cap(seed, cap):
    melody = [(4 * n, 60 + scale_pitch(d, 0)) for n, d in enumerate([0, 1, 2, 1, 0, 1, 2, 4, 2, 1])]
    voice = singer(guarded=[melody], cap=cap, lines=[(1, 1, -1, -1, 1, 1, 2, -2, -1)])
    notes, _ = voice.sing(task(), state(), Stream(seed, "guard"))
    line = melody_tokens([(note.step, note.pitch) for note in notes])
    assert voice.guard.longest(line) <= cap


# ---------------------------------------------------------------- the models behind it


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(-7, 7), min_size=1, max_size=12), max_size=4),
    st.lists(st.integers(-7, 7), max_size=8),
)
def test_every_expert_has_an_opinion_of_every_step_and_they_sum_to_one(lines, context):
    for model in (MarkovModel(lines), BaseSinger(lines)):
        p, order = model.next(context)
        assert p.sum() == pytest.approx(1)
        assert (p > 0).all()
        assert 0 <= order <= min(4, len(context))


def test_an_expert_sings_what_it_has_heard():
    p, order = MarkovModel([(2, -1, 2, -1, 2, -1)]).next((2, -1, 2))
    assert MOVES[int(p.argmax())] == -1
    assert order == 3


# ---------------------------------------------------------------- rhythm


UNIT = st.lists(st.integers(0, 31), min_size=3, max_size=14, unique=True).map(
    lambda steps: RhythmUnit(
        id="r",
        strokes=tuple(
            Stroke(a, max(1, min(3, b - a))) for a, b in pairwise([*sorted(steps), 2 * STEPS])
        ),
    )
)


@settings(max_examples=30, deadline=None)
@given(UNIT, st.sampled_from(["", "onward", "open", "closed", "final"]), st.booleans())
def test_strokes_never_overlap_and_never_leave_their_two_bars(unit, closing, breathes):
    strokes = [stroke for stroke, _ in cell_strokes(unit, closing, breathes=breathes)]
    assert strokes
    for before, after in pairwise(strokes):
        assert before.step + before.length <= after.step
    assert strokes[-1].step + strokes[-1].length <= 2 * STEPS
    assert all(stroke.length >= 1 for stroke in strokes)


@settings(max_examples=30, deadline=None)
@given(UNIT, st.sampled_from(["open", "closed", "final"]), st.booleans())
def test_only_the_closing_stroke_is_not_the_rhythms_own(unit, closing, breathes):
    own = {stroke.step for stroke in unit.strokes}
    *kept, (last, is_changed) = cell_strokes(unit, closing, breathes=breathes)
    assert is_changed
    assert not any(changed for _, changed in kept)
    assert {stroke.step for stroke, _ in kept} <= own
    assert last.length >= 2


# ---------------------------------------------------------------- development in a song


def test_a_sequence_has_the_rhythm_of_its_theme(songs):
    for song in songs:
        cells = {cell.identity: cell for cell in lay_cells(song.score.plan)}
        for cell in cells.values():
            if cell.kind != "sequence" or cell.theme not in cells:
                continue
            theme = lead_of_cell(song, cells[cell.theme].bars[0])
            own = lead_of_cell(song, cell.bars[0])
            rhythm = [step_of(event) - cells[cell.theme].bars[0] * STEPS for event in theme]
            assert [step_of(event) - cell.bars[0] * STEPS for event in own] == rhythm


def test_a_cell_sounds_alike_in_all_its_places_but_for_notes_that_gave_way(songs):
    for song in songs:
        for cell in lay_cells(song.score.plan):
            first = lead_of_cell(song, cell.bars[0])
            for bar in cell.bars[1:]:
                again = lead_of_cell(song, bar)
                moved = 16 * (bar - cell.bars[0])
                assert [step_of(e) + moved for e in first] == [step_of(e) for e in again]
                for one, two in zip(first, again, strict=True):
                    turned = {"turned away"} & {*one.why.ops, *two.why.ops}
                    assert one.pitch == two.pitch or turned


def test_the_lead_stays_where_its_role_sings(songs):
    for song in songs:
        for cell in lay_cells(song.score.plan):
            low, high, _ = RANGES[cell.role]
            for bar in cell.bars:
                for event in lead_of_cell(song, bar):
                    if "turned away" not in event.why.ops:
                        assert low <= event.pitch <= high


def test_the_second_voice_sings_chord_tones_on_the_beat(songs):
    for song in songs:
        tonic = song.score.plan.tonic
        double = of_track(song, "Double")
        assert double
        on_beat = [event for event in double if step_of(event) % 4 == 0]
        tones = [
            event.pitch % 12 in {(tone + tonic) % 12 for tone in chord_of(song, event).tones}
            for event in on_beat
        ]
        assert sum(tones) >= 0.9 * len(tones)
