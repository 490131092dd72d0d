"""Casting again: what stands costs nothing to keep, what is rolled again should be something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.policy import POLICY_V1, Layer
from generation.attribution.shares import BASE
from generation.composition.cast import Cast
from generation.composition.casting import (
    MOST_CANDIDATES,
    Pool,
    cast_slots,
    choose,
    gather_offers,
)
from generation.composition.chords import Chord
from generation.composition.ledger import weigh_slots
from generation.composition.recasting import Opening, Standing, recast
from generation.composition.slots import GLUE, Slot, slot_table
from generation.composition.units import DrumUnit, HarmonyUnit
from tests.generation.songs import usual_weights


@pytest.fixture(scope="module")
def standing(third):
    """A song as it weighs: nothing of it is closed."""
    parts = weigh_slots(third.score, POLICY_V1)
    slots = {key: size for key, size in parts.items() if key not in (BASE, GLUE)}
    return Standing({}, slots, parts[BASE], parts[GLUE])


@pytest.fixture(scope="module")
def table(third):
    return {slot.key: slot for slot in slot_table(third.score.plan, POLICY_V1).slots}


def cast_again(song, standing, opening, table, sources, base, weights=None):
    return recast(
        song.score.plan, standing, opening, song.cast, table, sources, base, weights or song.weights
    )


def test_with_nothing_open_the_cast_stands_and_everybody_is_counted(
    third, standing, table, sources, base
):
    cast = cast_again(third, standing, Opening({}, {}), table, sources, base)
    assert (cast.units, cast.owners) == (third.cast.units, third.cast.owners)
    owed = dict.fromkeys(third.weights, 0.0)
    owed[BASE] = standing.base
    for slot, size in standing.slots.items():
        owed[third.cast.owners[slot]] += size
    assert cast.planned == pytest.approx(owed)


def test_what_stands_stays_when_its_weights_are_met(third, standing, table, sources, base):
    """Soft slots may move at a price; nobody pays it for nothing."""
    soft = {slot: 1.0 for slot in standing.slots if slot.startswith(("form/", "sound/", "groove/"))}
    cast = cast_again(third, standing, Opening({}, soft), table, sources, base)
    moved = [slot for slot in soft if cast.owners[slot] != third.cast.owners[slot]]
    assert len(moved) <= len(soft) / 3


def test_only_open_slots_move(third, standing, table, sources, base):
    soft = {slot: 1.0 for slot in standing.slots if slot.startswith(("form/", "sound/"))}
    weights = dict(third.weights)
    weights["song:00"] += 0.02
    weights["song:01"] -= 0.02
    cast = cast_again(third, standing, Opening({}, soft), table, sources, base, weights)
    for slot, owner in cast.owners.items():
        if slot not in soft:
            assert (owner, cast.units[slot]) == (third.cast.owners[slot], third.cast.units[slot])


def test_who_leaves_is_given_nothing_that_is_open(third, standing, table, sources, base):
    weights = {**third.weights, "song:02": 0.0}
    weights[BASE] += third.weights["song:02"]
    total = sum(weights.values())
    weights = {key: own / total for key, own in weights.items()}
    soft = dict.fromkeys(standing.slots, 1.0)
    used = [source for source in sources if source.key != "song:02"]
    cast = cast_again(third, standing, Opening({}, soft), table, used, base, weights)
    assert "song:02" not in cast.owners.values()


def test_what_cannot_be_reached_by_what_is_open_is_refused(third, standing, table, sources, base):
    weights = {**third.weights, "song:00": third.weights["song:00"] + 0.3}
    weights[BASE] -= 0.3
    soft = {slot: 1.0 for slot in standing.slots if slot.startswith("form/")}
    with pytest.raises(QuotaInfeasibleError):
        cast_again(third, standing, Opening({}, soft), table, sources, base, weights)


# ---------------------------------------------------------------- a first casting


@pytest.fixture(scope="module")
def offers(third, sources, base):
    plan = third.score.plan
    table = slot_table(plan, POLICY_V1)
    return table, gather_offers(plan, table.slots, sources, base, usual_weights(sources))


def test_every_offer_is_of_the_pool_that_makes_it_and_of_the_slots_kind(offers, sources):
    table, made = offers
    for slot in table.slots:
        for key, row in zip(made.keys, made.rows[slot.key], strict=True):
            assert [cost for cost, _ in row] == sorted(cost for cost, _ in row)
            for _, unit in row:
                assert unit.id.startswith(f"{key}:")
                if slot.layer is Layer.HARMONY:
                    assert isinstance(unit, HarmonyUnit)


@pytest.fixture(scope="module")
def cast(offers, sources):
    return cast_slots(*offers, sources, usual_weights(sources))


def test_everybody_is_given_what_slots_can_give_and_no_more(offers, cast, sources):
    table, _ = offers
    weights = usual_weights(sources)
    singing = {BASE, *(source.key for source in sources if source.lines)}
    assert sum(cast.planned.values()) == pytest.approx(1 - table.glue_mass)
    for key, weight in weights.items():
        assert cast.planned[key] <= weight + 0.0091
        if key not in singing:
            assert cast.planned[key] >= weight - 0.0091


def test_who_is_cast_again_keeps_place_and_unit(offers, cast, sources):
    table, made = offers
    again = cast_slots(table, made.staying(cast), sources, usual_weights(sources))
    kept = [slot for slot in cast.owners if cast.owners[slot] == again.owners[slot]]
    assert len(kept) >= 0.9 * len(cast.owners)
    assert all(
        cast.units[slot].id == again.units[slot].id
        for slot in kept
        if not slot.startswith("harmony/")
    )


def test_the_order_of_the_sources_casts_nobody_else(third, sources, base):
    plan = third.score.plan
    table = slot_table(plan, POLICY_V1)
    slot = next(one for one in table.slots if one.key.startswith("drums/"))
    pools = [Pool(plan, source, base) for source in (*sources, *sources[::-1])]
    half = len(sources)
    for one, other in zip(pools[:half], pools[: half - 1 : -1], strict=True):
        assert one.options(slot) == other.options(slot)


def test_the_same_chords_are_not_taken_twice_when_there_are_others():
    loop, other = ((Chord(0, "maj"),) * 8, (Chord(5, "maj"),) * 8)
    units = [
        HarmonyUnit(id="a", chords=loop),
        HarmonyUnit(id="b", chords=loop),
        HarmonyUnit(id="c", chords=other),
    ]
    slots = [Slot(f"harmony/verse/{n}", Layer.HARMONY, "verse", 0.1) for n in range(2)]
    row = [[(0.0, units[0]), (0.1, units[1]), (0.5, units[2])]]
    chosen = choose(slots, [row, row], [0, 0])
    assert chosen[slots[0].key].id == "a"
    assert chosen[slots[1].key].id == "c"


def test_a_catalogue_of_thousands_offers_a_few_and_always_the_same(third, base):
    many = tuple(
        DrumUnit(id=f"base:drums/{n}", hits=base.source.drums[0].hits, energy=0.5)
        for n in range(500)
    )
    pack = replace(base, source=replace(base.source, drums=many))
    slot = Slot("drums/verse", Layer.DRUMS, "verse", 0.1)
    pool = Pool(third.score.plan, pack.source, pack)
    first, second = pool.options(slot), Pool(third.score.plan, pack.source, pack).options(slot)
    assert len(first) == MOST_CANDIDATES
    assert first == second


def test_a_slot_tells_what_it_holds_and_refuses_to_be_taken_for_something_else(third):
    slot = next(one for one in third.cast.units if one.startswith("drums/"))
    assert isinstance(third.cast.unit(slot, DrumUnit), DrumUnit)
    with pytest.raises(TypeError, match=f"{slot} holds DrumUnit"):
        third.cast.unit(slot, HarmonyUnit)


def test_what_is_owed_for_parts_is_whole_and_the_glue_goes_to_those_who_sang():
    cast = Cast({}, {"rhythm/verse/a": "song:x", "contour/verse": "song:y"}, {}, 0.0)
    owed = cast.owe(
        {"rhythm/verse/a": 0.5, "contour/verse": 0.25, GLUE: 0.25}, {"song:y": 0.5, BASE: 0.5}
    )
    assert owed == pytest.approx({"song:x": 0.5, "song:y": 0.375, BASE: 0.125})
    assert list(owed) == sorted(owed)
