"""Comping, pads and broken chords: hands that stay where they are and never play a foreign chord."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.composition.accompaniment import (
    ARP_LOWEST,
    COMP_HAND,
    PAD_ROOM,
    write_arp,
    write_comp,
    write_pad,
)
from generation.composition.bassline import root_pitches
from generation.composition.chords import Chord
from generation.composition.harmony import Harmony
from generation.composition.units import STEPS, TICKS, ArpUnit, CompUnit, PadUnit, Stroke, Tone
from generation.composition.voicing import CLOSEST_LOW, Hand, voice
from tests.generation.score.reading import chord_of, chords_struck, of_track, step_of

COLOURS = ("", "7", "maj7", "add9", "sus4")
CHORDS = st.builds(
    Chord, st.integers(0, 11), st.sampled_from(["maj", "min"]), st.sampled_from(COLOURS)
)
PADS = [
    Hand(low, low + PAD_ROOM, voices, spread)
    for low, voices, spread in product((48, 53, 55, 62), (3, 4), (9, 14, 19))
]


def classes(chord, tonic, *, colours):
    return {(tone + tonic) % 12 for tone in (chord.tones if colours else chord.pitch_classes)}


# ---------------------------------------------------------------- voice leading


@settings(max_examples=30, deadline=None)
@given(st.lists(CHORDS, min_size=2, max_size=6), st.integers(0, 11))
def test_voices_never_cross_and_never_leap_further_than_the_hand_is_wide(chords, tonic):
    path = voice(chords, root_pitches(chords, tonic), tonic, COMP_HAND)
    for voicing in path:
        assert list(voicing) == sorted(set(voicing))
        assert COMP_HAND.low <= voicing[0] < voicing[-1] <= COMP_HAND.high
        assert voicing[-1] - voicing[0] <= COMP_HAND.spread + 5
    for before, after in pairwise(path):
        moves = [abs(b - a) for a, b in zip(before, after, strict=True)]
        assert max(moves) <= 9
        assert sum(moves) / len(moves) <= 7


@settings(max_examples=30, deadline=None)
@given(st.lists(CHORDS, min_size=1, max_size=5), st.integers(0, 11))
def test_a_chord_that_is_named_is_heard_whole(chords, tonic):
    """Three tones, the third (or the fourth) always, and the colour if the hand plays colours."""
    for voicing, chord in zip(
        voice(chords, root_pitches(chords, tonic), tonic, COMP_HAND), chords, strict=True
    ):
        held = {pitch % 12 for pitch in voicing}
        assert len(held) == 3
        assert held <= classes(chord, tonic, colours=True)
        assert (chord.pitch_classes[1] + tonic) % 12 in held
        if chord.colour in ("7", "maj7", "add9"):
            assert (chord.tones[-1] + tonic) % 12 in held


@pytest.mark.parametrize("hand", PADS)
def test_every_pad_that_can_be_mined_can_play_every_chord_in_every_key(hand):
    """A hand too narrow for a chord would have no voicing at all."""
    for tonic, quality, colour in product(range(12), ("maj", "min"), ("", "sus4")):
        [voicing] = voice([Chord(0, quality, colour)], [36], tonic, hand)
        assert len(voicing) == hand.voices
        assert hand.low <= voicing[0] < voicing[-1] <= hand.high


@settings(max_examples=30, deadline=None)
@given(st.lists(CHORDS, min_size=1, max_size=4), st.integers(0, 11), st.sampled_from(PADS))
def test_low_voices_keep_apart(chords, tonic, hand):
    """Two voices a second apart below G3 sound like mud."""
    for voicing in voice(chords, root_pitches(chords, tonic), tonic, hand):
        for low, next_up in pairwise(voicing):
            assert next_up - low >= CLOSEST_LOW - 1 or low >= 55


@settings(max_examples=30, deadline=None)
@given(CHORDS, st.integers(0, 11))
def test_a_chord_that_stays_is_played_by_a_hand_that_stays(chord, tonic):
    path = voice([chord] * 4, [40] * 4, tonic, COMP_HAND)
    assert len(set(path)) == 1


# ---------------------------------------------------------------- a song


@pytest.mark.parametrize(("track", "colours"), [("Comp", True), ("Pad", False), ("Arp", False)])
def test_no_note_sounds_into_a_chord_it_does_not_belong_to(songs, track, colours):
    for song in songs:
        tonic = song.score.plan.tonic
        for event in of_track(song, track):
            last = step_of(event) + max(1, round(event.ticks / TICKS)) - 1
            there = song.score.chords[min(last // 8, len(song.score.chords) - 1)]
            assert event.pitch % 12 in classes(chord_of(song, event), tonic, colours=colours)
            assert event.pitch % 12 in classes(there, tonic, colours=colours)


@pytest.mark.parametrize("track", ["Comp", "Pad"])
def test_struck_chords_never_cross_and_seldom_leap(songs, track):
    for song in songs:
        chords = list(chords_struck(song, track).values())
        assert all(len(set(chord)) == len(chord) for chord in chords)
        steps = [
            abs(b - a)
            for one, two in pairwise(chords)
            if one != two and len(one) == len(two)
            for a, b in zip(one, two, strict=True)
        ]
        assert sum(steps) / len(steps) <= 3.5


@pytest.mark.parametrize("track", ["Comp", "Pad", "Arp"])
def test_hands_play_only_in_sections_that_have_them(songs, track):
    for song in songs:
        for event in of_track(song, track):
            section = song.score.plan.section_at(song.score.plan.bar_of(event.tick))
            assert event.layer in section.layers
            end = (section.bar + section.bars) * STEPS * TICKS
            assert event.tick + event.ticks <= end


@pytest.mark.parametrize("track", ["Comp", "Pad", "Arp"])
def test_half_of_a_note_is_its_figures_and_half_its_chords(songs, track):
    for song in songs:
        plan = song.score.plan
        owners = [
            max(decision.parts, key=lambda part: decision.parts[part])
            for decision in song.score.decisions[: 2 * plan.bars]
        ]
        for event in of_track(song, track):
            assert event.parts[event.why.slot] == 0.5
            assert event.parts[owners[step_of(event) // 8]] == 0.5
            assert len(event.parts) == 2


# ---------------------------------------------------------------- figures by hand

C, E7, F, AM = Chord(0, "maj"), Chord(4, "maj", "7"), Chord(5, "maj"), Chord(9, "min")


def stage(song, kind, unit, chords):
    """Return plan, cast and harmony in which every slot of ``kind`` holds ``unit``."""
    slots = [slot for slot in song.cast.units if slot.startswith(f"{kind}/")]
    cast = replace(song.cast, units={**song.cast.units, **dict.fromkeys(slots, unit)})
    halves = 2 * song.score.plan.bars
    key = next(slot for slot in song.cast.owners if slot.startswith("harmony/"))
    laid = tuple(chords[n % len(chords)] for n in range(halves))
    return song.score.plan, cast, Harmony(laid, (key,) * halves, ())


def bars_struck(plan, events):
    """Return the steps struck in each bar but the last, which always stands still."""
    steps = {}
    for event in events:
        bar, step = divmod(step_of(event), STEPS)
        if bar < plan.bars - 1:
            steps.setdefault(bar, set()).add(step)
    return steps


def test_comping_strikes_where_its_figure_does_and_stops_where_the_chord_changes(third):
    unit = CompUnit(id="two strokes", strokes=(Stroke(0, 4), Stroke(6, 8)), energy=0.5)
    plan, cast, harmony = stage(third, "comp", unit, (C, E7, F, F))
    events = list(write_comp(plan, cast, harmony, [0.5] * len(plan.sections)))
    assert all(steps == {0, 6} for steps in bars_struck(plan, events).values())
    for event in events:
        bar, step = divmod(step_of(event), STEPS)
        if step == 6 and bar < plan.bars - 1:
            lasts = 2 if bar % 2 == 0 else 8
            assert abs(event.ticks - lasts * TICKS) <= 10


@pytest.mark.parametrize("strike", [8, 16, 32])
def test_a_pad_is_struck_again_when_its_chord_changes_or_its_time_has_come(third, strike):
    unit = PadUnit(id="a bed", voices=3, low=50, spread=12, strike=strike)
    plan, cast, harmony = stage(third, "pad", unit, (C, C, F, F, AM, E7, F, F))
    events = list(write_pad(plan, cast, harmony, [0.5] * len(plan.sections)))
    for section in plan.sections:
        own = {
            step_of(e) - section.bar * STEPS
            for e in events
            if section.bar <= step_of(e) // STEPS < section.bar + section.bars
        }
        if own:
            changes = {0, 16, 32, 40, 48} if section.bar % 4 == 0 else {0}
            assert changes <= own
            if strike == 8:
                assert own == set(range(0, section.bars * STEPS, 8))


def test_a_bed_of_pads_has_no_hole(third):
    unit = PadUnit(id="a bed", voices=4, low=50, spread=16, strike=16)
    plan, cast, harmony = stage(third, "pad", unit, (C, F, AM, E7))
    events = list(write_pad(plan, cast, harmony, [0.5] * len(plan.sections)))
    ends = {}
    for event in events:
        ends.setdefault(step_of(event), event.ticks)
    for step, ticks in ends.items():
        assert step + round((ticks + 8) / TICKS) in {
            *ends,
            *((s.bar + s.bars) * STEPS for s in plan.sections),
        }


def test_broken_chords_climb_the_tones_of_their_chord_and_let_go_when_it_changes(third):
    unit = ArpUnit(
        id="up", tones=(Tone(0, 2, 1), Tone(2, 2, 2), Tone(4, 3, 3), Tone(7, 4, 4)), energy=0.5
    )
    plan, cast, harmony = stage(third, "arp", unit, (C, E7))
    events = list(write_arp(plan, cast, harmony, [0.5] * len(plan.sections)))
    assert events
    for event in events:
        chord = harmony.at(step_of(event))
        assert event.pitch >= ARP_LOWEST
        assert event.pitch % 12 in classes(chord, plan.tonic, colours=False)
        if step_of(event) % STEPS == 7:
            assert event.ticks <= TICKS
    for one, two in pairwise(events):
        if step_of(two) % STEPS in (2, 4):
            assert two.pitch > one.pitch


def test_a_place_above_the_ladder_is_its_highest_tone(third):
    unit = ArpUnit(id="high", tones=(Tone(0, 2, 40),), energy=0.5)
    plan, cast, harmony = stage(third, "arp", unit, (C,))
    events = list(write_arp(plan, cast, harmony, [0.5] * len(plan.sections)))
    assert events
    assert max(event.pitch for event in events) < ARP_LOWEST + 36
