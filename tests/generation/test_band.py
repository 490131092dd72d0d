"""What the band plays: chords under cadences, figures over chords, hands that stay in place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from statistics import mean

import numpy as np
import pytest

from generation.attribution.copy_guard import CopyGuard
from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError
from generation.attribution.policy import POLICY_V1
from generation.attribution.shares import BASE
from generation.composition.chords import Chord, dominant_chord
from generation.composition.drumming import KEYS
from generation.composition.harmony import LEADS_ON
from generation.composition.melody import BaseSinger
from generation.composition.singer import Singer, State, Task
from generation.composition.slots import harmony_key
from generation.composition.stream import Stream
from generation.composition.units import STEPS, TICKS, BassUnit, DrumUnit, HarmonyUnit
from generation.composition.vom import MarkovModel


def step_of(event):
    return round(event.tick / TICKS)


def test_loops_come_back_exactly_but_for_what_the_base_put_in_their_place(made):
    """Whose chord it is, is told by its root: a colour leaves three quarters, another root nothing."""
    score = made.score
    seen = set()
    for section in score.plan.sections:
        for phrase in section.phrases:
            slot = harmony_key(section, phrase)
            unit = made.cast.unit(slot, HarmonyUnit)
            for half in range(2 * phrase.bars):
                decision = score.decisions[2 * phrase.bar + half]
                chord = score.chords[2 * phrase.bar + half]
                if chord.core != unit.chords[half % 8]:
                    assert decision.parts == {BASE: 1.0}
                    assert set(decision.why.ops) <= {"cadence", "passing chord"}
                elif chord.colour:
                    assert decision.parts == {slot: 0.75, BASE: 0.25}
                    assert decision.why.ops == (f"colour {chord.colour}",)
                else:
                    assert decision.parts == {slot: 1.0}
                seen.update(decision.why.ops)
    assert {"cadence", "passing chord"} <= seen
    assert any(op.startswith("colour") for op in seen)


def test_a_loop_is_coloured_alike_wherever_it_comes_back(made):
    score = made.score
    laid = defaultdict(set)
    for section in score.plan.sections:
        for phrase in section.phrases:
            if phrase.bars == 4 and phrase is not section.phrases[-1]:
                start = 2 * phrase.bar
                laid[harmony_key(section, phrase)].add(score.chords[start : start + 8])
    assert laid
    assert {len(ways) for ways in laid.values()} == {1}


def test_sections_before_a_chorus_end_on_a_dominant(made):
    score = made.score
    dominant = dominant_chord(score.plan.mode)
    for section in score.plan.sections:
        if section.role in LEADS_ON:
            last = score.chords[2 * (section.bar + section.bars) - 1]
            assert last.root == dominant.root


def test_the_bass_plays_places_of_the_chord_under_it(made):
    score = made.score
    for event in score.events:
        if event.track == "Bass" and "approach" not in event.why.ops and event.why.unit:
            step = step_of(event)
            role = score.plan.section_at(step // STEPS).role
            unit = made.cast.unit(event.why.slot, BassUnit)
            chord = score.chords[step // 8]
            if role != "outro" and all(tone.place in (1, 3, 5, 8) for tone in unit.tones):
                assert (event.pitch - score.plan.tonic) % 12 in chord.pitch_classes
            assert 24 <= event.pitch <= 60


def test_every_bar_with_bass_begins_on_low_ground(made):
    """A figure that starts late is given its root."""
    first = defaultdict(lambda: STEPS)
    for event in made.score.events:
        if event.track == "Bass":
            bar, step = divmod(step_of(event), STEPS)
            first[bar] = min(first[bar], step)
    assert max(first.values()) <= 4


@pytest.mark.parametrize(("track", "colours"), [("Comp", True), ("Pad", False)])
def test_chords_are_struck_whole_and_never_sound_into_the_next(made, track, colours):
    """The comping plays colours, the pad the triad; both always play the third (or the fourth)."""
    score = made.score
    struck = defaultdict(list)
    for event in score.events:
        if event.track == track:
            struck[step_of(event)].append(event)
    for step, events in struck.items():
        chord = score.chords[step // 8]
        all_tones = chord.tones if colours else chord.pitch_classes
        tones = {(tone + score.plan.tonic) % 12 for tone in all_tones}
        played = {e.pitch % 12 for e in events}
        assert played <= tones
        assert len(played) >= 3
        assert (chord.pitch_classes[1] + score.plan.tonic) % 12 in played
        for event in events:
            end = step_of(event) + round(event.ticks / TICKS) - 1
            then = score.chords[min(end // 8, len(score.chords) - 1)]
            same = (
                then.tones == chord.tones if colours else then.pitch_classes == chord.pitch_classes
            )
            assert same


def test_broken_chords_are_tones_of_their_chord(made):
    score = made.score
    for event in score.events:
        if event.track == "Arp":
            chord = score.chords[step_of(event) // 8]
            assert (event.pitch - score.plan.tonic) % 12 in chord.pitch_classes
            assert event.pitch >= 60


def test_drums_play_the_cast_bar_except_where_they_turn(made):
    score = made.score
    section = next(s for s in score.plan.sections if s.role == "verse")
    unit = made.cast.unit("drums/verse", DrumUnit)
    wanted = {(hit.step, KEYS[hit.piece]) for hit in unit.hits}
    played = {
        (step_of(e) % STEPS, e.pitch)
        for e in score.events
        if e.track == "Drums" and step_of(e) // STEPS == section.bar + 1 and e.why.unit
    }
    assert played == wanted


def test_a_chorus_opens_with_a_cymbal_that_is_the_bases(made):
    score = made.score
    crashes = [e for e in score.events if e.track == "Drums" and e.pitch == KEYS["crash"]]
    bars = {s.bar for s in score.plan.sections if s.role == "chorus"}
    assert {step_of(e) // STEPS for e in crashes} >= bars
    assert all(e.parts[BASE] == pytest.approx(0.75) for e in crashes if e.why.unit is None)


def test_time_is_kept_in_every_bar_with_drums(made):
    score = made.score
    keepers = {KEYS[piece] for piece in ("hat", "open", "ride", "shaker", "rim", "snare", "tom")}
    for section in score.plan.sections:
        if section.role in ("verse", "chorus"):
            for bar in range(section.bar, section.bar + section.bars):
                assert any(
                    e.pitch in keepers
                    for e in score.events
                    if e.track == "Drums" and step_of(e) // STEPS == bar
                )


# ---------------------------------------------------------------- the singer


def singer(*lines, guard=()):
    experts = [BaseSinger([[1, -1, 1]]), *(MarkovModel([line]) for line in lines)]
    return Singer(experts, CopyGuard(guard), 60, "major", POLICY_V1)


def task(count=8, **change):
    chord = Chord(0, "maj")
    given = {
        "strokes": tuple((4 * n, 4) for n in range(count)),
        "chords": (chord,) * count,
        "first_step": 0,
        "low": 60,
        "high": 76,
        "centre": 67.0,
        "closing": "closed",
    }
    return Task(**{**given, **change})


def state(count):
    return State(DeficitController(np.full(count, 1 / count)))


def test_a_cell_is_sung_in_range_and_ends_where_it_should():
    one = singer([1, 1, -1, -1] * 6)
    for number in range(20):
        notes, after = one.sing(task(), state(2), Stream(number))
        assert all(60 <= note.pitch <= 76 for note in notes)
        assert notes[-1].degree % 7 in (0, 2, 4)
        assert after.controller.events == len(notes)
        assert all(abs(note.owed.sum() - 1) < 1e-9 for note in notes)


def test_a_final_note_is_the_tonic():
    one = singer([1, 1, -1, -1] * 6)
    for number in range(20):
        assert one.sing(task(closing="final"), state(2), Stream(number))[0][-1].degree % 7 == 0


def test_most_notes_on_beats_are_chord_tones():
    one = singer([1, 1, -1, -1] * 6)
    notes = [n for s in range(30) for n in one.sing(task(), state(2), Stream(s))[0]]
    share = sum(note.degree % 7 in (0, 2, 4) for note in notes) / len(notes)
    assert 0.6 < share < 0.97


def test_a_contour_is_followed():
    rising = task(count=5, contour=(2, 2, 1, 2), closing="", low=55, high=90, centre=62.0)
    one = singer([1, -1, 2, -2, 0, 1, 1, -3, 2, -1, 2, 1, -1, -1, 3, -2])

    def rise(asked):
        sung = [one.sing(asked, state(2), Stream(number))[0] for number in range(40)]
        return mean(notes[-1].degree - notes[0].degree for notes in sung)

    assert rise(rising) > rise(replace(rising, contour=())) + 3


def test_singing_leaves_the_state_it_was_given():
    before = state(2)
    one = singer([1, -1] * 8)
    first, _ = one.sing(task(), before, Stream(3))
    again, _ = one.sing(task(), before, Stream(3))
    assert [n.pitch for n in first] == [n.pitch for n in again]
    assert before.controller.events == 0


def test_the_guard_forbids_the_source_its_own_line():
    """The only expert wants the scale upwards; the guard knows the scale upwards."""
    scale = [(60, 62), (62, 64), (64, 65), (65, 67), (67, 69), (69, 71), (71, 72), (72, 74)]
    heard = [(b - a, 4) for a, b in scale]
    one = singer([1] * 16, guard=[heard])
    for number in range(10):
        notes = one.sing(task(count=9, closing="", high=80), state(2), Stream(number))[0]
        line = [(b.pitch - a.pitch, b.step - a.step) for a, b in pairwise(notes)]
        assert one.guard.longest(line) <= one.guard.cap


def test_a_range_without_room_is_refused():
    with pytest.raises(NothingPossibleError):
        singer([1, 1]).sing(task(low=61, high=61), state(2), Stream(1))
