"""Where notes meet: no run of a source grows over a seam, and what is kept is never touched."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.copy_guard import CopyGuard, melody_tokens
from generation.attribution.policy import POLICY_V1
from generation.composition.cells import BREATHING, Cell, cell_strokes, lay_cells
from generation.composition.choir import Choir, LeadNote
from generation.composition.chords import Chord
from generation.composition.harmony import Harmony
from generation.composition.plan import Options, make_plan
from generation.composition.seams import repair
from generation.composition.singer import Singer, Sung
from generation.composition.units import RhythmUnit, Stroke
from generation.composition.vom import MarkovModel
from tests.generation.songs import ten_sources, usual_weights

CELL = Cell("c", "chorus", "theme", "", "a", "t", "", breathes=False, bars=(0,))
SCALE = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76)


def choir(melodies, cap=4) -> Choir:
    singer = Singer([MarkovModel([])], CopyGuard(melodies, cap), 60, "major", POLICY_V1)
    harmony = Harmony((Chord(0, "maj"),) * 64, ("harmony/chorus/x",) * 64, ())
    nobody = cast("Any", None)
    return Choir(nobody, nobody, harmony, POLICY_V1, singer, ("base",))


def lead(start, degree, *, step=None) -> LeadNote:
    pitch = 60 + 12 * (degree // 7) + (0, 2, 4, 5, 7, 9, 11)[degree % 7]
    note = Sung(
        step=start if step is None else step,
        length=2,
        degree=degree,
        pitch=pitch,
        owed=np.ones(1),
        follows=True,
        changed=False,
        order=0,
        logp=0.0,
    )
    return LeadNote(CELL, start, note, rhythm_changed=False)


def whole_line(repaired, kept):
    notes = [(one.start, one.note.pitch) for one in repaired] + list(kept)
    return sorted(notes)


degrees = st.lists(st.integers(0, 9), min_size=2, max_size=24)


@settings(max_examples=150)
@given(st.lists(degrees, min_size=1, max_size=3), degrees, st.integers(3, 6))
def test_a_line_of_new_notes_never_passes_the_cap(melodies, line, cap):
    tokens = [melody_tokens([(2 * n, SCALE[d]) for n, d in enumerate(m)]) for m in melodies]
    singing = choir(tokens, cap)
    repaired = repair(singing, [lead(2 * n, degree) for n, degree in enumerate(line)])
    found = melody_tokens(whole_line(repaired, ()))
    assert all(one.note.ops in ((), ("turned away",)) for one in repaired)
    assert singing.singer.guard.longest(found) <= cap


@settings(max_examples=150)
@given(degrees, st.integers(1, 6))
def test_a_new_note_looks_ahead_to_the_kept_ones(melody, cut):
    """The source itself, its end already standing: whoever writes its beginning must not meet it."""
    song = [(2 * n, SCALE[d]) for n, d in enumerate(melody)]
    singing = choir([melody_tokens(song)], cap=4)
    cut = min(cut, len(song) - 1)
    kept = song[cut:]
    if singing.singer.guard.longest(melody_tokens(kept)) > 4:
        return
    repaired = repair(singing, [lead(2 * n, d) for n, d in enumerate(melody[:cut])], kept)
    assert singing.singer.guard.longest(melody_tokens(whole_line(repaired, kept))) <= 4


def test_what_copies_nothing_is_left_as_it_is():
    singing = choir([((1, 1), (1, 1))])
    line = [lead(2 * n, degree) for n, degree in enumerate((0, 2, 4, 2, 0))]
    assert repair(singing, line) == line


def test_a_note_that_gives_way_is_the_base_s_and_says_so():
    song = [(2 * n, SCALE[n]) for n in range(8)]
    singing = choir([melody_tokens(song)], cap=4)
    repaired = repair(singing, [lead(2 * n, n) for n in range(8)])
    moved = [one.note for one in repaired if one.note.changed]
    assert moved
    for note in moved:
        assert note.ops == ("turned away",)
        assert not note.follows
        assert note.owed.tolist() == [1.0]


def test_kept_notes_alone_are_nothing_to_repair():
    assert repair(choir([]), [], [(0, 60), (4, 62)]) == []


# ---------------------------------------------------------------- breath


strokes = st.lists(st.integers(0, 31), min_size=5, max_size=16, unique=True).map(
    lambda steps: tuple(Stroke(step, 1) for step in sorted(steps))
)


@given(strokes, st.sampled_from(["open", "closed"]))
def test_who_breathes_is_silent_in_the_second_bar(own, closing):
    unit = RhythmUnit(id="r", strokes=own)
    sung = cell_strokes(unit, closing, breathes=True)
    assert all(stroke.step < 16 for stroke, _ in sung)
    assert all(stroke.step + stroke.length <= 20 for stroke, _ in sung)
    assert [changed for _, changed in sung] == [False] * (len(sung) - 1) + [True]
    steps = [stroke.step for stroke, _ in sung]
    assert steps == sorted(set(steps))


@given(strokes, st.sampled_from(["", "onward"]))
def test_nobody_breathes_in_the_middle_of_a_phrase(own, closing):
    unit = RhythmUnit(id="r", strokes=own)
    assert cell_strokes(unit, closing, breathes=True) == cell_strokes(unit, closing)


def test_verses_breathe_more_often_than_choruses_and_always_in_the_same_places(base):
    sources = ten_sources()
    counted = dict.fromkeys(BREATHING, 0)
    for seed in range(30):
        plan = make_plan(sources, usual_weights(sources), base, Options(seed=seed))
        cells = lay_cells(plan)
        assert cells == lay_cells(plan)
        for cell in cells:
            assert not cell.breathes or cell.closing in ("open", "closed")
            if cell.breathes:
                counted[cell.role] += 1
    assert counted["verse"] > counted["chorus"] > 0
    assert counted["pre"] == 0


# ---------------------------------------------------------------- chords under the singer


@given(st.integers(0, 11), st.sampled_from(["maj", "min"]), st.sampled_from(["", "7", "sus4"]))
def test_the_singer_s_ladder_is_the_scale_bent_to_the_chord(root, quality, colour):
    singer = choir([]).singer
    chord = Chord(root, quality, colour)
    pitches = [singer.pitch(degree, chord) for degree in range(-14, 22)]
    assert all(b - a >= 0 for a, b in pairwise(pitches))
    spelled = {singer.pitch(degree, chord) % 12 for degree in chord.degrees}
    assert spelled == set(chord.pitch_classes)
    assert replace(chord) == chord


@pytest.mark.parametrize("degree", [-14, 0, 21])
def test_a_ladder_is_made_once(degree):
    singer, chord = choir([]).singer, Chord(0, "maj")
    assert singer.ladder(chord) is singer.ladder(chord)
    assert singer.ladder(chord)[degree + 40] == singer.pitch(degree, chord)
