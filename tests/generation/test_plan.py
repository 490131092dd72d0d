"""The plan, its slots and its cells: everything is named, everything adds up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.policy import POLICY_V1, Layer
from generation.composition.base import load_base_pack
from generation.composition.casting import cast_slots, gather_offers
from generation.composition.cells import ENDINGS, cell_strokes, lay_cells
from generation.composition.chords import read_loop
from generation.composition.fitting import harmony_cost, misfit
from generation.composition.plan import Options, make_plan
from generation.composition.slots import slot_table
from generation.composition.units import STEPS, DrumUnit, Hit, RhythmUnit, Stroke
from tests.generation.songs import ten_sources, usual_weights

seeds = st.integers(0, 10_000)


def cast_usually(plan, table, sources, base):
    weights = usual_weights(sources)
    return cast_slots(
        table, gather_offers(plan, table.slots, sources, base, weights), sources, weights
    )


def plan_of(seed, **options):
    sources = ten_sources()
    return make_plan(sources, usual_weights(sources), load_base_pack(), Options(seed, **options))


@given(seeds, st.sampled_from([110.0, 150.0, 190.0, 230.0]))
@settings(max_examples=30, deadline=None)
def test_sections_and_phrases_cover_every_bar_once(seed, seconds):
    plan = plan_of(seed, seconds=seconds)
    bars = [b for s in plan.sections for b in range(s.bar, s.bar + s.bars)]
    assert bars == list(range(plan.bars))
    phrased = [b for s in plan.sections for p in s.phrases for b in range(p.bar, p.bar + p.bars)]
    assert phrased == bars


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_slots_glue_and_base_are_the_whole_song(seed):
    table = slot_table(plan_of(seed), POLICY_V1)
    whole = sum(slot.mass for slot in table.slots) + table.glue_mass + table.base_mass
    assert math.isclose(whole, 1, abs_tol=1e-9)
    assert all(slot.mass > 0 for slot in table.slots)
    assert len({slot.key for slot in table.slots}) == len(table.slots) >= 45


def test_the_estimate_is_near_what_a_finished_score_weighs(made):
    table = slot_table(made.score.plan, POLICY_V1)
    parts = {}
    for event in made.score.events:
        for key, part in event.parts.items():
            parts[key] = parts.get(key, 0) + part
    assert {slot.key for slot in table.slots} >= parts.keys() - {"glue", "base"}


def test_measured_masses_replace_the_estimate():
    table = slot_table(plan_of(1), POLICY_V1)
    measured = table.measured({table.slots[0].key: 0.6, "glue": 0.3, "base": 0.1})
    assert measured.slots[0].mass == 0.6
    assert sum(slot.mass for slot in measured.slots) == 0.6
    assert (measured.glue_mass, measured.base_mass) == (0.3, 0.1)


def test_length_follows_the_wish():
    short, long = plan_of(3, seconds=120, bpm=110), plan_of(3, seconds=230, bpm=110)
    assert short.bars * short.bar_s < 150
    assert long.bars * long.bar_s > 190


def test_the_tempo_is_a_sources_own_folded_into_one_octave():
    sources = ten_sources()
    plan = plan_of(1)
    assert 72 <= plan.bpm <= 144
    assert any(abs(plan.bpm * 2**octave - s.bpm) < 0.01 for s in sources for octave in (-1, 0, 1))


def test_a_heavy_song_decides_the_tempo():
    sources = ten_sources()
    weights = {**usual_weights(sources), sources[0].key: 50.0}
    assert make_plan(sources, weights, load_base_pack(), Options(1)).bpm == sources[0].bpm


def test_verses_that_come_again_gain_the_broken_chords():
    verses = [s for s in plan_of(5).sections if s.role == "verse"]
    assert Layer.ARP not in verses[0].layers
    assert Layer.ARP in verses[1].layers


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_cells_fill_every_melodic_bar_exactly_once(seed):
    plan = plan_of(seed)
    laid = sorted(b for cell in lay_cells(plan) for bar in cell.bars for b in (bar, bar + 1))
    sung = [
        b for s in plan.sections if Layer.MOTIF in s.layers for b in range(s.bar, s.bar + s.bars)
    ]
    assert laid == sung


def test_the_theme_of_the_chorus_comes_in_every_chorus_and_its_shape_in_the_outro():
    plan = plan_of(2)
    cells = {cell.identity: cell for cell in lay_cells(plan)}
    choruses = [s for s in plan.sections if s.role == "chorus"]
    assert {s.bar for s in choruses} <= set(cells["chorus/0"].bars)
    outro = next(cell for name, cell in cells.items() if name.startswith("outro/0"))
    assert outro.theme == "chorus/0"


def test_the_last_cell_is_final_and_a_verse_leads_on():
    cells = lay_cells(plan_of(2))
    assert cells[-1].closing == "final" or any(c.closing == "final" for c in cells)
    verse = [c for c in cells if c.role == "verse" and c.identity.endswith("/end")]
    assert verse
    assert all(c.closing == "open" and c.kind == "return" for c in verse)


RHYTHM = RhythmUnit(
    id="r", strokes=tuple(Stroke(step, 2) for step in (0, 4, 8, 12, 16, 20, 24, 28))
)


@pytest.mark.parametrize(
    ("closing", "steps", "last"),
    [
        ("", [0, 4, 8, 12, 16, 20, 24, 28], 4),
        ("onward", [0, 4, 8, 12, 16, 20, 24, 28], 4),
        ("open", [0, 4, 8, 12, 16, 20, 24], 6),
        ("closed", [0, 4, 8, 12, 16, 20, 24], 6),
        ("final", [0, 4, 8, 12, 16], 15),
    ],
)
def test_a_closing_cell_ends_long(closing, steps, last):
    strokes = cell_strokes(RHYTHM, closing)
    assert [stroke.step for stroke, _ in strokes] == steps
    assert strokes[-1][0].length == last
    assert [changed for _, changed in strokes] == [False] * (len(steps) - 1) + [
        closing in ("open", "closed", "final")
    ]


@given(st.sets(st.integers(0, 31), min_size=3, max_size=18))
@settings(max_examples=60, deadline=None)
def test_cells_never_overlap_themselves(steps):
    unit = RhythmUnit(id="r", strokes=tuple(Stroke(step, 1) for step in sorted(steps)))
    for closing in ("", "open", "final"):
        strokes = [stroke for stroke, _ in cell_strokes(unit, closing)]
        ends = [stroke.step + stroke.length for stroke in strokes]
        assert all(end <= s.step for end, s in zip(ends, strokes[1:], strict=False))
        assert ends[-1] <= 2 * STEPS
        assert closing != "open" or strokes[-1].step in ENDINGS


def test_a_loop_that_moves_and_knows_its_tonic_is_wanted():
    def cost(text, mode="major", *, closes=False):
        return harmony_cost(read_loop(text, mode), mode, closes=closes)

    assert cost("I V vi IV") < cost("ii iii ii iii")
    assert cost("I V vi IV") < cost("I I I I")
    assert cost("I vi IV V", closes=True) < cost("V IV vi I", closes=True)
    assert cost("I V vi IV") < cost("I II iv V/vi")
    assert cost("i VI III VII", "minor") < cost("I V vi IV", "minor")


def test_a_drum_bar_with_a_backbeat_is_wanted():
    def unit(*hits):
        return DrumUnit(id="d", hits=tuple(Hit(s, p, 90) for s, p in hits), energy=0.5)

    good = unit((0, "kick"), (4, "snare"), (8, "kick"), (12, "snare"))
    lame = unit((3, "kick"), (6, "snare"))
    costs = [misfit(u, Layer.DRUMS, "verse", "major", "drums/verse") for u in (good, lame)]
    assert costs[0] < costs[1]


def test_casting_fills_every_slot_with_material_of_its_owner(base):
    sources = ten_sources()
    plan = plan_of(4)
    table = slot_table(plan, POLICY_V1)
    cast = cast_usually(plan, table, sources, base)
    assert set(cast.units) == set(cast.owners) == {slot.key for slot in table.slots}
    for slot, unit in cast.units.items():
        assert unit.id.startswith(cast.owners[slot])
    with pytest.raises(TypeError, match="holds HarmonyUnit, not DrumUnit"):
        cast.unit("harmony/verse/x", DrumUnit)


def test_a_waltz_is_never_cast_where_four_beats_are_needed(base):
    sources = ten_sources()
    plan = plan_of(4)
    cast = cast_usually(plan, slot_table(plan, POLICY_V1), sources, base)
    mine = [slot for slot, owner in cast.owners.items() if owner == "song:08"]
    assert mine
    assert {slot.split("/")[0] for slot in mine} <= {"harmony", "form", "sound", "contour"}
