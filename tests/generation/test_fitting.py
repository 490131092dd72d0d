"""What suits a slot: every price is a musical reason, and more of the reason costs more."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generation.attribution.policy import Layer
from generation.composition.chords import read_loop
from generation.composition.fitting import (
    DIFFERENT,
    ENERGY,
    MONOTONOUS,
    NOTES_IN_CELL,
    OFF_THE_BEAT,
    ROOTED,
    ROOTLESS,
    UNFOUNDED,
    UNSTATED,
    UNSTRUCK,
    UNSURE,
    harmony_cost,
    misfit,
)
from generation.composition.plan import LAYERS
from generation.composition.units import (
    STEPS,
    ArpUnit,
    BassUnit,
    CompUnit,
    ContourUnit,
    DrumUnit,
    FormUnit,
    HarmonyUnit,
    Hit,
    RhythmUnit,
    Stroke,
    Tone,
)

ROLES = tuple(ENERGY)
roles = st.sampled_from(ROLES)
energies = st.floats(0, 1)
NUMERALS = ("I", "ii", "iii", "IV", "V", "vi")
loops = st.lists(st.sampled_from(NUMERALS), min_size=4, max_size=4).map(" ".join)


def cost(unit, layer, role="verse", mode="major", name="slot", lift=0.0):
    return misfit(unit, layer, role, mode, name, lift)


def bass(*steps, energy=0.45, **more):
    tones = tuple(Tone(step, 2, 1) for step in steps)
    return BassUnit(id="b", bars=1, tones=tones, energy=energy, **more)


def comp(*steps, energy=0.45, **more):
    return CompUnit(id="c", strokes=tuple(Stroke(step, 2) for step in steps), energy=energy, **more)


def drums(text, energy=0.45, **more):
    """Return a bar of "kick:0,8 snare:4,12" and the like."""
    hits = [
        Hit(int(step), piece, 100)
        for piece, steps in (row.split(":") for row in text.split())
        for step in steps.split(",")
    ]
    return DrumUnit(id="d", hits=tuple(hits), energy=energy, **more)


def rhythm(*steps, **more):
    return RhythmUnit(id="r", strokes=tuple(Stroke(step, 1) for step in steps), **more)


def contour(*steps):
    return ContourUnit(id="k", steps=steps)


# ---------------------------------------------------------------- what holds for all


UNITS = {
    Layer.BASS: bass(0, 8),
    Layer.COMP: comp(0, 4, 8, 12),
    Layer.ARP: ArpUnit(id="a", tones=(Tone(0, 2, 1),), energy=0.45),
    Layer.DRUMS: drums("kick:0,8 snare:4,12 hat:0,4,8,12"),
    Layer.FORM: FormUnit(id="f", role="verse", bars=8, lift_db=0.0),
    Layer.HARMONY: HarmonyUnit(id="h", chords=read_loop("I V vi IV", "major")),
}


@pytest.mark.parametrize("layer", list(UNITS), ids=lambda layer: layer.value)
@given(role=roles, confidence=st.floats(0.5, 1), less=st.floats(0.01, 0.4))
def test_the_surer_of_two_equal_units_is_cheaper(layer, role, confidence, less):
    sure = replace(UNITS[layer], confidence=confidence)
    unsure = replace(UNITS[layer], confidence=confidence - less)
    # Whether a drum bar was heard or written changes nothing of its price.
    assert cost(unsure, layer, role) - cost(sure, layer, role) == pytest.approx(UNSURE * less)


@pytest.mark.parametrize("layer", list(UNITS), ids=lambda layer: layer.value)
@given(role=roles)
def test_a_unit_of_its_own_role_is_never_dearer_than_of_another(layer, role):
    own = replace(UNITS[layer], roles=(role,))
    for other in ROLES:
        assert cost(own, layer, role) <= cost(replace(own, roles=(other,)), layer, role)


@pytest.mark.parametrize("layer", list(UNITS), ids=lambda layer: layer.value)
def test_a_unit_for_the_whole_song_stands_between_its_own_and_a_foreign_role(layer):
    own, whole, foreign = (
        cost(replace(UNITS[layer], roles=roles), layer, "chorus")
        for roles in (("chorus",), ("whole",), ("bridge",))
    )
    assert own < whole < foreign


def test_a_verse_serves_as_the_pre_chorus_that_analyses_do_not_know():
    one = replace(UNITS[Layer.BASS], roles=("verse",))
    assert cost(one, Layer.BASS, "pre") == cost(replace(one, roles=("pre",)), Layer.BASS, "pre")


# ---------------------------------------------------------------- energy


@pytest.mark.parametrize("layer", [Layer.BASS, Layer.COMP, Layer.ARP, Layer.DRUMS])
@given(role=roles, energy=energies)
def test_a_part_as_full_as_its_section_is_the_cheapest(layer, role, energy):
    best = replace(UNITS[layer], energy=ENERGY[role])
    assert cost(best, layer, role) <= cost(replace(best, energy=energy), layer, role)


@pytest.mark.parametrize("layer", [Layer.BASS, Layer.COMP, Layer.ARP, Layer.DRUMS])
@given(lift=st.floats(-0.2, 0.2))
def test_the_creators_wish_moves_what_is_wanted(layer, lift):
    wished = replace(UNITS[layer], energy=ENERGY["verse"] + lift)
    usual = replace(UNITS[layer], energy=ENERGY["verse"])
    assert cost(wished, layer, lift=lift) <= cost(usual, layer, lift=lift) + 1e-9


# ---------------------------------------------------------------- the beat


@given(st.sets(st.integers(0, 15), min_size=1, max_size=8))
def test_bass_and_comping_pay_for_what_is_off_the_beat_and_no_more(steps):
    share = sum(step % 4 != 0 for step in steps) / len(steps)
    on_beats = (0, 4, 8, 12)
    for make, layer in ((bass, Layer.BASS), (comp, Layer.COMP)):
        more = cost(make(*sorted(steps)), layer, "chorus") - cost(make(*on_beats), layer, "chorus")
        assert more == pytest.approx(OFF_THE_BEAT * share)


def test_a_skank_is_dearer_than_chords_on_the_beat_and_still_to_be_had():
    skank, plain = comp(2, 6, 10, 14), comp(0, 4, 8, 12)
    assert 0 < cost(skank, Layer.COMP) - cost(plain, Layer.COMP) <= OFF_THE_BEAT


def walking(*places, length=4):
    tones = tuple(Tone(n * length, length, place) for n, place in enumerate(places))
    return BassUnit(id="w", bars=1, tones=tones, energy=0.45)


def test_in_a_verse_a_bass_that_leaves_its_root_pays_for_what_is_missing():
    """Nobody else holds the chord there: over two short strokes a walking bass leaves it to guessing."""
    rooted, walks = walking(1, 5, 1, 5), walking(1, 2, 5, 3)
    assert cost(walks, Layer.BASS) - cost(rooted, Layer.BASS) == pytest.approx(ROOTLESS * 0.25)
    assert cost(walking(1, 1, 1, 1), Layer.BASS) == pytest.approx(cost(rooted, Layer.BASS))


def test_the_octave_of_the_root_is_a_root_and_two_bars_are_weighed_as_one():
    octave = walking(1, 8, 5, 3)
    assert cost(octave, Layer.BASS) == pytest.approx(cost(walking(1, 5, 1, 5), Layer.BASS))
    two = replace(walking(1, 2, 3, 5, 1, 2, 3, 5), bars=2)
    assert cost(two, Layer.BASS) == pytest.approx(cost(walking(1, 2, 3, 5), Layer.BASS))


@pytest.mark.parametrize("role", ["pre", "chorus", "bridge", "outro"])
def test_where_a_pad_holds_the_chord_a_walking_bass_pays_nothing(role):
    rooted, walks = walking(1, 5, 1, 5), walking(1, 2, 3, 5)
    assert cost(walks, Layer.BASS, role) == pytest.approx(cost(rooted, Layer.BASS, role))


@given(st.lists(st.integers(1, 8), min_size=4, max_size=4))
def test_a_rootless_bass_pays_no_more_than_the_whole_price(places):
    silent_root, one = walking(2, 3, 4, 5), walking(*places)
    assert cost(one, Layer.BASS) <= cost(silent_root, Layer.BASS) + 1e-9
    assert cost(silent_root, Layer.BASS) - cost(walking(1, 1, 1, 1), Layer.BASS) == pytest.approx(
        ROOTLESS * ROOTED + UNFOUNDED
    )


@given(first=st.integers(1, 8), second=st.integers(1, 8), role=st.sampled_from(["verse", "intro"]))
def test_each_half_bar_that_a_verses_bass_begins_on_neither_root_nor_fifth_has_its_price(
    first, second, role
):
    """The same tones in another order: what stands where a half bar begins is all that differs."""
    one, other = walking(first, 1, second, 1), walking(1, first, 1, second)
    unfounded = mean((place - 1) % 7 not in (0, 4) for place in (first, second))
    more = cost(one, Layer.BASS, role) - cost(other, Layer.BASS, role)
    if Layer.PAD in LAYERS[role]:
        assert more == pytest.approx(0)
    else:
        assert more == pytest.approx(UNFOUNDED * unfounded)


def test_a_third_that_is_held_through_the_third_beat_is_dearer_than_one_that_passes():
    """Root, third held over the middle of the bar, root: three verses in four stood on their third."""

    def line(*tones):
        return replace(walking(1), tones=tuple(Tone(*tone) for tone in tones))

    held = line((0, 4, 1), (4, 5, 3), (12, 4, 1))
    left = line((0, 4, 1), (4, 4, 3), (12, 4, 1))
    founded = line((0, 4, 1), (4, 4, 3), (8, 4, 5), (12, 4, 1))
    assert cost(held, Layer.BASS) - cost(left, Layer.BASS) == pytest.approx(UNFOUNDED / 2)
    assert cost(founded, Layer.BASS) == pytest.approx(cost(left, Layer.BASS))


@given(st.sets(st.sampled_from([0, 4, 8, 12]), min_size=1))
def test_in_a_verse_comping_pays_for_a_half_bar_that_it_leaves_out(steps):
    """Chords change with half bars: one that nobody strikes is not heard."""
    both = comp(0, 8)
    missing = sum(not any(step // 8 == half for step in steps) for half in (0, 1)) / 2
    more = cost(comp(*sorted(steps)), Layer.COMP) - cost(both, Layer.COMP)
    assert more == pytest.approx(UNSTRUCK * missing)
    assert cost(comp(*sorted(steps)), Layer.COMP, "chorus") == pytest.approx(
        cost(both, Layer.COMP, "chorus")
    )


def test_a_bar_that_states_its_beat_is_cheapest_and_each_missing_drum_costs():
    bars = (
        "kick:0,8 snare:4,12 hat:0,4,8,12",
        "kick:0,8 snare:4 hat:0,4,8,12",
        "kick:0,8 hat:0,4,8,12",
        "kick:6 hat:0,4,8,12",
    )
    prices = [cost(drums(text), Layer.DRUMS) for text in bars]
    assert prices == sorted(prices)
    assert len(set(prices)) == len(prices)


@given(st.sets(st.tuples(st.integers(0, 15), st.sampled_from(["kick", "snare", "hat"]))))
def test_no_bar_pays_more_than_the_whole_beat(hits):
    unit = DrumUnit(id="d", hits=tuple(Hit(s, p, 90) for s, p in hits), energy=0.45)
    assert 0 <= cost(unit, Layer.DRUMS) - 0.1 <= UNSTATED + 1e-9


# ---------------------------------------------------------------- harmony


@settings(max_examples=30)
@given(loops)
def test_a_loop_without_its_tonic_is_dearer_than_the_same_with_it_in_front(text):
    assume("I" not in text.split())
    without = read_loop(text, "major")
    home = read_loop(" ".join(["I", *text.split()[1:]]), "major")
    assume(len(set(home)) == len(set(without)))
    assert harmony_cost(home, "major", closes=False) < harmony_cost(without, "major", closes=False)


@given(loops, st.booleans())
def test_a_price_of_harmony_is_never_negative(text, closes):
    assert harmony_cost(read_loop(text, "major"), "major", closes=closes) >= 0


def test_one_chord_is_no_loop():
    still, moving = (read_loop(text, "major") for text in ("I I I I", "I V vi IV"))
    assert (
        harmony_cost(still, "major", closes=False) > 1 > harmony_cost(moving, "major", closes=False)
    )


def test_a_loop_that_closes_leads_on_only_where_one_is_asked_for():
    leads, rests = (read_loop(text, "major") for text in ("I vi IV V", "V vi IV I"))
    assert harmony_cost(leads, "major", closes=True) == harmony_cost(leads, "major", closes=False)
    assert harmony_cost(rests, "major", closes=True) > harmony_cost(rests, "major", closes=False)


def test_a_closing_slot_is_one_whose_phrase_comes_second():
    rests = HarmonyUnit(id="h", chords=read_loop("V vi IV I", "major"))
    first, second = (cost(rests, Layer.HARMONY, name=f"harmony/verse/{n}") for n in "xy")
    assert second > first
    assert cost(rests, Layer.HARMONY, name="harmony/verse/y~2") == second


def test_the_relative_key_is_not_at_home():
    minor_loop = read_loop("vi IV I V", "major")
    assert harmony_cost(minor_loop, "minor", closes=False) < harmony_cost(
        minor_loop, "major", closes=False
    )


# ---------------------------------------------------------------- melody


ON_EIGHTHS = tuple(step + bar for step in range(0, 16, 2) for bar in (0, 16))
"""Onsets of two bars, of both alike however many are taken."""


@given(roles, st.integers(2, len(ON_EIGHTHS)))
def test_a_rhythm_pays_for_each_note_beyond_what_its_role_speaks(role, notes):
    low, high = NOTES_IN_CELL[role]
    best, other = (rhythm(*sorted(ON_EIGHTHS[:count])) for count in (low, notes))
    more = cost(other, Layer.MOTIF, role) - cost(best, Layer.MOTIF, role)
    # An onset that only one of its bars has makes an idea less of a stamp.
    odd = MONOTONOUS * (low % 2 - notes % 2)
    assert more == pytest.approx(0.08 * max(low - notes, notes - high, 0) + odd)


@given(st.sets(st.integers(0, 7), min_size=2, max_size=8), st.sets(st.integers(0, 7), min_size=2))
def test_two_bars_that_say_the_same_pay_for_each_onset_in_which_they_do_not_differ(first, second):
    """One song of forty repeated one bar all through: .94 of its onsets stood where they stood before."""
    steps = [2 * step for step in first] + [STEPS + 2 * step for step in second]
    apart = len(first ^ second)
    # As many notes, as straight, and as far apart as bars of an idea should be.
    low, high = NOTES_IN_CELL["verse"]
    usual = 0.1 + 0.08 * max(low - len(steps), len(steps) - high, 0)
    assert cost(rhythm(*sorted(steps)), Layer.MOTIF) == pytest.approx(
        usual + MONOTONOUS * max(0, DIFFERENT - apart)
    )


def test_an_idea_of_one_bar_is_dearer_than_one_of_two():
    one_bar = rhythm(0, 2, 4, 6, 8, 10, 12, 13, 14, 15)
    two_bars = rhythm(0, 4, 8, 10, 12, 16, 20, 24, 26, 28)
    assert cost(one_bar, Layer.MOTIF) > cost(two_bars, Layer.MOTIF)


def test_crooked_rhythms_cost():
    straight = rhythm(0, 2, 4, 8, 12, 16, 18, 20, 24, 28)
    crooked = rhythm(0, 3, 5, 9, 13, 16, 19, 21, 25, 29)
    assert cost(crooked, Layer.MOTIF) > cost(straight, Layer.MOTIF)


def test_contours_that_wander_leap_or_stand_still_cost():
    usual = contour(1, 1, -1, 2, -1)
    for other in (contour(3, 3, 3, 3, 3), contour(6, -6, 6, -6, 1), contour(0, 0, 0, 0, 1)):
        assert cost(other, Layer.MOTIF) > cost(usual, Layer.MOTIF)


def test_a_contour_of_three_steps_is_no_idea():
    assert cost(contour(1, 1, -1), Layer.MOTIF) > cost(contour(1, 1, -1, 1), Layer.MOTIF) + 0.5


def test_a_form_that_was_another_section_is_dearer():
    verse = FormUnit(id="f", role="verse", bars=8, lift_db=0.0)
    assert cost(verse, Layer.FORM, "verse") < cost(verse, Layer.FORM, "chorus")
