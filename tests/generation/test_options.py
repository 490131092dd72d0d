"""What a creator chooses: moods and instruments mean what the table says, nonsense is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.attribution.policy import POLICY_V1, Layer
from generation.composition.band import Band
from generation.composition.casting import cast_slots, gather_offers
from generation.composition.errors import OptionsInvalidError
from generation.composition.plan import LEAVABLE, MOODS, Options, make_plan, swell
from generation.composition.slots import slot_table
from tests.generation.songs import ten_sources, usual_weights


def plan_of(base, **options):
    sources = ten_sources()
    return make_plan(sources, usual_weights(sources), base, Options(seed=3, **options))


@pytest.mark.parametrize("name", MOODS)
def test_a_mood_sets_mode_and_energy_as_its_table_says(base, name):
    mood, plan = MOODS[name], plan_of(base, mood=name)
    assert plan.mood == name
    assert plan.mode == (mood.mode or plan_of(base).mode)
    assert plan.energy == pytest.approx(max(0.0, min(1.0, 0.5 + mood.energy)))
    assert plan.lift == pytest.approx(0.3 * (plan.energy - 0.5) + mood.density)


def test_a_chosen_mode_is_stronger_than_a_mood(base):
    assert plan_of(base, mood="dark", mode="major").mode == "major"
    assert plan_of(base, mood="bright", mode="minor").mode == "minor"


@given(st.sampled_from(list(MOODS)), st.floats(0, 1))
def test_energy_stays_in_its_range_whatever_the_mood(name, energy):
    from generation.composition.base import load_base_pack

    plan = plan_of(load_base_pack(), mood=name, energy=energy)
    assert 0 <= plan.energy <= 1


def test_driving_is_fuller_than_calm(base):
    assert plan_of(base, mood="driving").lift > 0.2 > -0.2 > plan_of(base, mood="calm").lift


def test_a_driving_song_takes_busier_units_than_a_calm_one(base):
    sources = ten_sources()
    weights = usual_weights(sources)
    energy = {}
    for mood in ("calm", "driving"):
        plan = plan_of(base, mood=mood)
        table = slot_table(plan, POLICY_V1)
        offers = gather_offers(plan, table.slots, sources, base, weights)
        cast = cast_slots(table, offers, sources, weights)
        own = [unit.energy for unit in cast.units.values() if hasattr(unit, "energy")]
        energy[mood] = sum(own) / len(own)
    assert energy["driving"] > energy["calm"] + 0.08


def palette_of(made, base, **changes):
    plan = replace(made.score.plan, **changes)
    return Band(plan, made.cast, base, POLICY_V1).score([]).palette


def test_instruments_are_one_of_those_allowed_and_any_when_none_is_named(made, base):
    names = [palette.name for palette in base.palettes]
    assert palette_of(made, base) in names
    for name in names:
        assert palette_of(made, base, instruments=(name,)) == name
    assert palette_of(made, base, instruments=("folk", "rock")) in ("folk", "rock")


def test_a_dark_mood_takes_darker_instruments_than_a_bright_one(made, base):
    brightness = {palette.name: palette.brightness for palette in base.palettes}
    dark = brightness[palette_of(made, base, mood="dark")]
    assert dark < brightness[palette_of(made, base, mood="bright")]


@pytest.mark.parametrize("part", LEAVABLE)
def test_a_part_left_out_plays_nowhere_and_has_no_slot(base, part):
    plan = plan_of(base, without=part)
    layer = LEAVABLE[part]
    assert all(layer not in section.layers for section in plan.sections)
    assert not any(slot.layer is layer for slot in slot_table(plan, POLICY_V1).slots)
    chorus = next(section for section in plan.sections if section.role == "chorus")
    assert len(chorus.layers) == 5
    assert Layer.MOTIF in chorus.layers


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mood": "angry"}, "mood 'angry'; choose calm, bright"),
        ({"without": "drums"}, "without 'drums'; choose comp, pad, arp"),
        ({"instruments": ("tuba",)}, "choose piano-band"),
        ({"seconds": 20.0}, "20 s"),
        ({"bpm": 20.0}, "20 BPM"),
        ({"variation": -0.1}, "from 0 to 1"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_with_those_that_do(base, wrong, says):
    with pytest.raises(OptionsInvalidError, match=says):
        plan_of(base, **wrong)


def test_only_what_comes_before_a_chorus_swells(base):
    plan = plan_of(base)
    for section in plan.sections:
        start, end = section.bar * 16, (section.bar + section.bars) * 16
        values = [swell(section, step) for step in range(start, end, 4)]
        if section.role == "pre":
            assert values[0] == 0
            assert values == sorted(values)
            assert 6 < values[-1] < 9
        else:
            assert set(values) == {0.0}
