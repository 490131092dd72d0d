"""What may be asked of a song, and what is refused before a note is written."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import product

import pytest

from generation.attribution.policy import POLICY_V1, Layer
from generation.attribution.shares import BASE
from generation.composition.base import PACK, load_base_pack
from generation.composition.cells import lay_cells
from generation.composition.compose import asked_weights, compose
from generation.composition.editing import recompose
from generation.composition.edits import LAYER_OF, RerollLayer, require_possible
from generation.composition.errors import BasePackInvalidError, OptionsInvalidError
from generation.composition.outlines import changed_length
from generation.composition.plan import LEAVABLE, MOODS, Options, make_plan
from generation.composition.previewing import preview
from generation.composition.slots import CELL_BARS, is_fill_bar, slot_table
from tests.generation.songs import usual_weights

TEMPI = (60.0, 72.0, 112.0, 144.0, 180.0)


# ---------------------------------------------------------------- forms and lengths


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("without", [None, *LEAVABLE])
def test_a_form_is_laid_bar_by_bar_without_a_hole(base, sources, number, without):
    form = base.forms[number]
    pack = replace(base, forms=(form,))
    options = Options(seed=1, without=without)
    plan = make_plan(sources, usual_weights(sources), pack, options)
    assert plan.bars == form.bars == sum(section.bars for section in plan.sections)
    at = 0
    for section, (role, bars) in zip(plan.sections, form.sections, strict=True):
        assert (section.role, section.bar, section.bars) == (role, at, bars)
        assert [b for p in section.phrases for b in range(p.bar, p.bar + p.bars)] == list(
            range(at, at + bars)
        )
        at += bars
    if without:
        assert all(LEAVABLE[without] not in section.layers for section in plan.sections)
    melodic = [
        bar
        for section in plan.sections
        if Layer.MOTIF in section.layers
        for bar in range(section.bar, section.bar + section.bars)
    ]
    cells = sorted(
        bar
        for cell in lay_cells(plan)
        for first in cell.bars
        for bar in range(first, first + CELL_BARS)
    )
    assert cells == melodic


@pytest.mark.parametrize("number", range(8))
def test_what_the_slots_of_a_form_weigh_is_one_song(base, sources, number):
    pack = replace(base, forms=(base.forms[number],))
    plan = make_plan(sources, usual_weights(sources), pack, Options(seed=1))
    table = slot_table(plan, POLICY_V1)
    whole = sum(slot.mass for slot in table.slots) + table.glue_mass + table.base_mass
    assert abs(whole - 1) < 1e-12
    assert all(slot.mass > 0 for slot in table.slots)
    assert len({slot.key for slot in table.slots}) == len(table.slots)


@pytest.mark.parametrize(("seconds", "bpm"), list(product((60.0, 200.0, 360.0), TEMPI)))
def test_every_length_that_may_be_asked_for_has_a_form_or_is_brought_near_it(
    base, sources, seconds, bpm
):
    """A minute at 72 and six minutes at 180: the form nearest to it, sections left out or repeated."""
    options = Options(seed=2, seconds=seconds, bpm=bpm)
    plan = make_plan(sources, usual_weights(sources), base, options)
    if abs(plan.bars * plan.bar_s - seconds) > 0.15 * seconds:
        shaped = changed_length(plan, seconds).plan
        assert abs(shaped.bars * shaped.bar_s - seconds) < abs(plan.bars * plan.bar_s - seconds)
        plan = shaped
    ends = [section.bar + section.bars for section in plan.sections]
    assert [section.bar for section in plan.sections] == [0, *ends[:-1]]
    assert plan.sections[-1].role == "outro"
    assert {"verse", "chorus"} <= {section.role for section in plan.sections}
    if seconds == 360.0:
        assert abs(plan.bars * plan.bar_s - seconds) <= 0.1 * seconds


@pytest.mark.parametrize("number", range(8))
def test_the_drums_turn_round_at_the_end_of_every_section_they_play_in(base, sources, number):
    pack = replace(base, forms=(base.forms[number],))
    plan = make_plan(sources, usual_weights(sources), pack, Options(seed=1))
    for section in plan.sections:
        turns = [
            b - section.bar
            for b in range(section.bar, section.bar + section.bars)
            if is_fill_bar(section, b)
        ]
        if Layer.DRUMS in section.layers:
            assert turns[-1] == section.bars - 1
            assert all(turn % 8 == 7 for turn in turns[:-1])
        else:
            assert turns == []


@pytest.mark.parametrize("bars", ["3", "0", "6"])
def test_a_form_with_a_section_of_broken_phrases_is_refused_by_name(tmp_path, bars):
    """Loops, phrases and fills are counted in fours: such a form once ended in a crash."""
    folder = tmp_path / "pack"
    shutil.copytree(PACK, folder)
    forms = folder / "forms.toml"
    forms.write_text(
        forms.read_text().replace(
            "i:4 v:8 c:8 v:8 c:8 b:8 c:8 o:4", f"i:4 v:{bars} c:8 v:8 c:8 b:8 c:8 o:4"
        )
    )
    with pytest.raises(BasePackInvalidError, match="short: sections have whole phrases"):
        load_base_pack(folder)


# ---------------------------------------------------------------- weights


@pytest.mark.parametrize("wrong", [float("inf"), float("nan"), -0.1, float("-inf")])
def test_a_weight_that_is_no_size_is_refused_and_its_song_is_named(sources, wrong):
    """An endless weight once came through, and made every share no number at all."""
    weights = {**usual_weights(sources), sources[4].key: wrong}
    with pytest.raises(OptionsInvalidError, match="song:04"):
        asked_weights(sources, weights)


def test_the_base_needs_a_weight_too(sources):
    weights = usual_weights(sources)
    del weights[BASE]
    with pytest.raises(OptionsInvalidError, match="base"):
        asked_weights(sources, weights)


def test_all_weights_zero_are_refused(sources):
    with pytest.raises(OptionsInvalidError, match="the sources"):
        asked_weights(sources, dict.fromkeys(usual_weights(sources), 0.0))


def test_one_song_cannot_be_two_of_the_ten(base, sources):
    twice = [*sources[:9], sources[0]]
    with pytest.raises(OptionsInvalidError):
        compose(twice, base, usual_weights(sources), Options(seed=1))


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1_000_000.0])
def test_only_proportions_of_weights_count(sources, factor):
    weights = usual_weights(sources)
    scaled = asked_weights(sources, {key: factor * own for key, own in weights.items()})
    assert sum(scaled.values()) == pytest.approx(1, abs=1e-12)
    for key, own in asked_weights(sources, weights).items():
        assert scaled[key] == pytest.approx(own, abs=1e-12)


# ---------------------------------------------------------------- moods, keys, layers


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_chosen_key_is_the_songs_key(base, sources, tonic, mode):
    plan = make_plan(sources, usual_weights(sources), base, Options(seed=1, tonic=tonic, mode=mode))
    assert plan.mode == mode
    assert (plan.tonic + (9 if mode == "minor" else 0)) % 12 == tonic


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("energy", [0.0, 1.0])
def test_no_mood_moves_energy_or_fullness_out_of_their_range(base, sources, mood, energy):
    options = Options(seed=1, mood=mood, energy=energy)
    plan = make_plan(sources, usual_weights(sources), base, options)
    assert 0 <= plan.energy <= 1
    assert -1 <= plan.lift <= 1


@pytest.mark.parametrize("layer", [name for name in LAYER_OF if name != "harmony"])
def test_a_layer_that_nobody_plays_cannot_be_rerolled(third, base, sources, layer):
    """As a section that the song does not have cannot be extended; it once made an equal version."""
    sections = tuple(
        replace(section, layers=section.layers - {LAYER_OF[layer]})
        for section in third.score.plan.sections
    )
    events = tuple(e for e in third.score.events if e.layer is not LAYER_OF[layer])
    plan = replace(third.score.plan, sections=sections)
    song = replace(third, score=replace(third.score, plan=plan, events=events))
    for ask in (
        lambda edit: preview(song, edit),
        lambda edit: recompose(song, edit, sources, base, song.weights, Options(seed=9)),
    ):
        with pytest.raises(OptionsInvalidError, match=f"the song has no {layer}"):
            ask(RerollLayer(layer, 5))


@pytest.mark.parametrize("layer", LAYER_OF)
def test_a_layer_that_somebody_plays_can(third, layer):
    require_possible(third, RerollLayer(layer, 5))
