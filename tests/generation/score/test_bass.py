"""The bass: which note of the chord, how low, how long, and whom it is owed to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.attribution.shares import BASE
from generation.composition.bassline import (
    HIGHEST_ROOT,
    LOWEST,
    is_chordal,
    of_the_chord,
    root_pitches,
    stating,
    write_bass,
)
from generation.composition.chords import Chord, read_loop
from generation.composition.harmony import Harmony
from generation.composition.units import (
    STEPS,
    TICKS,
    BassUnit,
    CompUnit,
    DrumUnit,
    Hit,
    Stroke,
    Tone,
)
from tests.generation.score.reading import step_of

C, E7, F, G = Chord(0, "maj"), Chord(4, "maj", "7"), Chord(5, "maj"), Chord(7, "maj")
AM, C_OVER_E, G_OVER_B = Chord(9, "min"), Chord(0, "maj", over=4), Chord(7, "maj", over=11)
TURNS = (C, E7, AM, C_OVER_E, F, F, G_OVER_B, G)
"""Four bars, of which three change their chord in the middle."""
QUARTERS = CompUnit(id="quarters", strokes=tuple(Stroke(n, 2) for n in (0, 4, 8, 12)), energy=0.5)
PUSHED = CompUnit(id="pushed", strokes=(Stroke(2, 2), Stroke(10, 2)), energy=0.5)
BACKBEAT = DrumUnit(
    id="backbeat",
    energy=0.5,
    hits=(Hit(0, "kick", 100), Hit(4, "snare", 100), Hit(8, "kick", 100), Hit(12, "snare", 100)),
)


def played(song, unit, chords=TURNS, *, tonic=0, energy=0.0, comp=QUARTERS, drums=BACKBEAT):
    """Return the bass of ``song`` if every section played ``unit`` over ``chords`` again and again.

    Comping and drums state every beat, so that the figure is played as it is.
    """
    plan = replace(song.score.plan, tonic=tonic)
    others = {"bass": unit, "comp": comp, "drums": drums}
    units = {slot: others.get(slot.split("/")[0], one) for slot, one in song.cast.units.items()}
    cast = replace(song.cast, units=units)
    halves = 2 * plan.bars
    laid = tuple(chords[n % len(chords)] for n in range(halves))
    key = next(slot for slot in song.cast.owners if slot.startswith("harmony/"))
    harmony = Harmony(laid, (key,) * halves, ())
    events = list(write_bass(plan, cast, harmony, [energy] * len(plan.sections)))
    last = (plan.bars - 1) * STEPS
    return [event for event in events if step_of(event) < last], laid


def figure(*tones, bars=1):
    return BassUnit(id="a figure", bars=bars, tones=tuple(Tone(*t) for t in tones), energy=0.5)


def whole_note():
    return figure((0, 16, 1))


def root(event, chord, tonic):
    return (event.pitch - tonic) % 12 == chord.bass


def sounding(event):
    """Return the half bars in which a note sounds."""
    step = step_of(event)
    end = step + max(1, round(event.ticks / TICKS))
    return range(step // 8, (end - 1) // 8 + 1)


@pytest.mark.parametrize("number", range(24))
def test_no_figure_sounds_into_another_chord(third, base, number):
    """A held root under the next chord is a wrong note: the whole note once lay under both."""
    events, laid = played(third, base.source.bass[number])
    for event in events:
        here = laid[step_of(event) // 8]
        for half in sounding(event):
            assert (laid[half].root, laid[half].over) == (here.root, here.over)


def test_a_held_note_is_struck_again_where_the_chord_changes_under_it(third):
    events, laid = played(third, whole_note())
    assert {step_of(event) % (4 * STEPS) for event in events} == {0, 8, 16, 24, 32, 48, 56}
    for event in events:
        assert root(event, laid[step_of(event) // 8], 0)


def test_a_held_note_stays_one_note_over_one_chord(third):
    events, _ = played(third, whole_note(), chords=(C, C, F, F))
    assert {step_of(event) % STEPS for event in events} == {0}
    assert all(event.ticks > 15 * TICKS for event in events)


def test_a_colour_alone_is_no_other_chord_for_the_bass(third):
    events, _ = played(third, whole_note(), chords=(G, replace(G, colour="7")))
    assert {step_of(event) % STEPS for event in events} == {0}


def test_what_is_struck_again_is_owed_half_to_the_figure_and_half_to_the_chord(third):
    events, _ = played(third, whole_note())
    for event in events:
        slot = event.why.slot
        assert event.parts[slot] == 0.5
        assert sum(event.parts.values()) == 1
        assert BASE not in event.parts


@pytest.mark.parametrize(("number", "tonic"), list(product(range(0, 24, 3), (0, 4, 11))))
def test_no_figure_leaves_the_range_of_a_bass(third, base, number, tonic):
    """Four strings: nothing below the low E, nothing far above the octave of the highest root."""
    events, _ = played(third, base.source.bass[number], tonic=tonic, energy=1.0)
    assert events
    for event in events:
        assert LOWEST <= event.pitch <= HIGHEST_ROOT + 12


@pytest.mark.parametrize("tonic", range(12))
def test_inversions_and_approaches_never_go_below_the_lowest_string(third, tonic):
    """Under a third in the bass lies a second that no bass has: it is played an octave higher."""
    unit = figure((0, 2, 1), (2, 2, 2), (4, 2, 3), (6, 2, 4), (8, 4, 5), (14, 2, 2))
    inverted = (C_OVER_E, G_OVER_B, Chord(5, "maj", over=9), Chord(9, "min", over=0))
    events, _ = played(third, unit, inverted, tonic=tonic, energy=1.0)
    assert min(event.pitch for event in events) >= LOWEST


@pytest.mark.parametrize("tonic", range(12))
def test_the_first_beat_of_a_root_figure_is_the_lowest_tone_of_its_chord(third, tonic):
    unit = figure((0, 4, 1), (8, 4, 1))
    events, laid = played(third, unit, tonic=tonic)
    for event in events:
        if step_of(event) % 8 == 0:
            assert root(event, laid[step_of(event) // 8], tonic)


PLACES = {1: 0, 3: 4, 5: 7, 8: 12}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_counted_from_the_root(third, place):
    unit = figure((0, 2, place), (8, 2, place))
    events, _ = played(third, unit, (C, C, G, G))
    roots = root_pitches((C, C, G, G), 0)
    for event in events:
        at = step_of(event) // 8 % 4
        assert (event.pitch - roots[at]) % 12 == PLACES[place] % 12


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("held", [False, True], ids=["struck there", "held until then"])
def test_a_chord_that_comes_in_the_middle_of_a_bar_comes_with_its_root(third, place, held):
    """A third low under a chord that just came is heard as a root: F with A in the bass as A minor."""
    unit = figure((0, 12, place)) if held else figure((0, 4, place), (8, 4, place), (12, 2, place))
    events, laid = played(third, unit, (C, F, G, AM))
    coming = [event for event in events if step_of(event) % STEPS == 8]
    assert coming
    for event in coming:
        assert root(event, laid[step_of(event) // 8], 0)
    for event in events:
        if step_of(event) % STEPS in (0, 12):
            assert (event.pitch - laid[step_of(event) // 8].root) % 12 in {
                PLACES[place] % 12,
                (PLACES[place] - (place == 3)) % 12,
            }


@pytest.mark.parametrize("place", PLACES)
def test_over_one_chord_a_figure_keeps_its_tones_on_the_third_beat(third, place):
    events, laid = played(third, figure((0, 4, 1), (8, 4, place)), (C, C, F, F))
    for event in events:
        if step_of(event) % STEPS == 8:
            assert (event.pitch - laid[step_of(event) // 8].root) % 12 == PLACES[place] % 12


def test_over_a_third_the_bass_begins_on_it_and_goes_on_in_the_chord(third):
    unit = figure((0, 2, 1), (4, 2, 5), (8, 2, 1), (12, 2, 3))
    events, _ = played(third, unit, (C_OVER_E,))
    names = {step_of(e) % STEPS: e.pitch % 12 for e in events}
    assert names == {0: 4, 4: 7, 8: 4, 12: 4}


def test_a_figure_that_begins_late_is_given_its_root_by_the_base(third):
    events, laid = played(third, figure((6, 4, 5)))
    added = [event for event in events if event.why.ops == ("root on one",)]
    assert added
    for event in added:
        assert step_of(event) % STEPS == 0
        assert event.parts == {BASE: 1.0} == dict(event.shares)
        assert root(event, laid[step_of(event) // 8], 0)


def test_a_bar_in_which_a_figure_is_silent_stands_on_its_root(third):
    events, laid = played(third, figure((0, 4, 1), bars=2), chords=(C, C, F, F))
    silent = [event for event in events if event.why.ops == ("held root",)]
    assert silent
    for event in silent:
        assert step_of(event) % (2 * STEPS) == STEPS
        assert event.parts == {BASE: 1.0}
        assert root(event, laid[step_of(event) // 8], 0)


def test_an_approach_lies_a_step_from_the_root_that_comes(third):
    unit = figure((0, 8, 1), (14, 2, 1))
    chords = (C, C, F, F, G, G, AM, AM)
    events, _ = played(third, unit, chords, energy=1.0)
    following = {step_of(e): e for e in events}
    approaches = [event for event in events if "approach" in event.why.ops]
    assert approaches
    for event in approaches:
        coming = following.get(step_of(event) + 2)
        if coming is not None:
            assert 1 <= abs(coming.pitch - event.pitch) <= 2
        assert event.parts[BASE] == 0.5


def test_the_song_ends_on_a_root_that_is_held(songs):
    for song in songs:
        plan, score = song.score.plan, song.score
        last = [
            e for e in score.events if e.track == "Bass" and plan.bar_of(e.tick) == plan.bars - 1
        ]
        assert len(last) == 1
        assert (last[0].pitch - plan.tonic) % 12 == score.chords[-1].root
        assert last[0].ticks > 15 * TICKS


@pytest.mark.parametrize("tonic", range(12))
def test_roots_never_leap_an_octave_and_stay_in_the_middle(tonic):
    chords = read_loop("I IV V vi ii iii", "major")
    pitches = root_pitches(chords, tonic)
    assert all(LOWEST <= pitch <= HIGHEST_ROOT for pitch in pitches)
    for (before, after), chord in zip(pairwise(pitches), chords[1:], strict=True):
        assert abs(after - before) < 12
        assert (after - tonic) % 12 == chord.root


def test_in_a_song_the_bass_is_within_its_bar_and_one_note_at_a_time(songs):
    for song in songs:
        line = sorted((e for e in song.score.events if e.track == "Bass"), key=lambda e: e.tick)
        for before, after in pairwise(line):
            assert before.tick + before.ticks <= after.tick
        for event in line:
            bar = song.score.plan.bar_of(event.tick)
            assert event.tick + event.ticks <= (bar + 1) * STEPS * TICKS


def test_a_walk_has_tones_of_the_chord_on_the_one_and_the_three(third):
    """Mined over another chord, C B♭ A♭ G stated A♭ under half of every bar of C minor."""
    walk = figure((0, 4, 1), (4, 4, 0), (8, 4, -1), (12, 4, -2))
    events, _ = played(third, walk, chords=(AM,))
    by_step = {step_of(event) % STEPS: event.pitch % 12 for event in events}
    assert by_step == {0: 9, 4: 7, 8: 4, 12: 5}  # A G E F: the passing tone comes after


@pytest.mark.parametrize("number", range(24))
def test_no_figure_states_a_tone_of_another_chord_on_a_strong_beat(third, base, number):
    events, laid = played(third, base.source.bass[number])
    for event in events:
        step = step_of(event)
        if step % (STEPS // 2) == 0:
            chord = laid[step // 8]
            third_above = {"maj": 4, "min": 3}[chord.quality]
            allowed = {
                chord.root,
                (chord.root + third_above) % 12,
                (chord.root + 7) % 12,
                chord.bass,
            }
            assert event.pitch % 12 in allowed, (step, chord)


@pytest.mark.parametrize("place", range(-9, 12))
def test_a_place_that_is_not_the_chords_moves_by_one_step_at_most(place):
    [tone] = of_the_chord([Tone(8, 4, place)])
    assert is_chordal(tone.place)
    assert abs(tone.place - place) <= 1
    assert (tone.place == place) == is_chordal(place)
    assert of_the_chord([Tone(6, 4, place)]) == [Tone(6, 4, place)]


# ---------------------------------------------------------------- the beat that others leave


def test_where_others_push_together_the_bass_states_the_beat_for_the_base(third):
    unit = figure((0, 2, 1), (10, 4, 5))
    events, laid = played(third, unit, comp=PUSHED)
    stated = [event for event in events if event.why.ops == ("on the beat",)]
    assert {step_of(event) % STEPS for event in stated} == {8}
    for event in stated:
        assert event.parts == {BASE: 1.0} == dict(event.shares)
        assert event.why.unit is None
        assert event.why.slot.startswith("bass/")
        assert root(event, laid[step_of(event) // 8], 0)


def test_a_figure_among_players_who_state_the_beat_is_played_as_it_is(third):
    unit = figure((0, 2, 1), (10, 4, 5))
    events, _ = played(third, unit)
    assert {step_of(event) % STEPS for event in events if event.parts != {BASE: 1.0}} == {0, 10}
    assert not [event for event in events if event.why.ops == ("on the beat",)]


def test_the_notes_of_the_figure_stay_where_and_as_loud_as_they_were(third):
    """What is added comes last in a bar's stream: nobody else's breath changes."""
    unit = figure((0, 2, 1), (10, 4, 5))

    def own(events):
        return [(e.tick, e.pitch, e.velocity) for e in events if e.why.unit == unit.id]

    alone, stated = played(third, unit)[0], played(third, unit, comp=PUSHED)[0]
    assert own(alone) == own(stated)
    assert len(stated) > len(alone)


def test_a_held_tone_of_the_chord_is_struck_again_on_the_beat():
    kept, stated = stating([Tone(0, 14, 5), Tone(14, 2, 1)], {8})
    assert kept == [Tone(0, 8, 5), Tone(14, 2, 1)]
    assert stated == [Tone(8, 6, 5)]


def test_over_a_rest_and_under_a_passing_tone_the_root_is_struck():
    assert stating([Tone(0, 2, 5), Tone(10, 2, 1)], {8})[1] == [Tone(8, 2, 1)]
    assert stating([Tone(6, 4, 2), Tone(10, 2, 1)], {8})[1] == [Tone(8, 2, 1)]


def test_a_tone_under_two_beats_is_struck_on_both():
    kept, stated = stating([Tone(2, 14, 3)], {8, 4})
    assert (kept, stated) == ([Tone(2, 2, 3)], [Tone(4, 4, 3), Tone(8, 8, 3)])


def test_what_strikes_a_beat_already_and_what_is_silent_before_it_stay():
    tones = [Tone(4, 4, 1), Tone(8, 2, 5)]
    assert stating(tones, {0, 8}) == (tones, [])
    assert stating([], {0, 4, 8, 12}) == ([], [])


figures = st.lists(
    st.tuples(st.integers(0, STEPS - 1), st.integers(1, 8), st.integers(1, 8)),
    max_size=8,
    unique_by=lambda tone: tone[0],
).map(lambda rows: [Tone(*row) for row in sorted(rows)])


@given(figures, st.sets(st.sampled_from((0, 4, 8, 12))))
def test_stating_loses_no_tone_and_lets_none_of_its_own_overlap(tones, beats):
    kept, stated = stating(tones, beats)
    assert [(t.step, t.place) for t in kept] == [(t.step, t.place) for t in tones]
    assert {t.step for t in stated} <= beats - {t.step for t in tones}
    starts = sorted(t.step for t in (*kept, *stated))
    assert len(starts) == len(set(starts))
    for tone in stated:
        assert tone.length >= 1
        assert is_chordal(tone.place)
        following = [step for step in starts if step > tone.step] or [STEPS]
        assert tone.step + tone.length <= following[0]
    assert all(0 < t.length <= old.length for t, old in zip(kept, tones, strict=True))
