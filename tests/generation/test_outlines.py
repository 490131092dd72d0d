"""Plans of edited songs: sections tagged, repeated, cut and left out, and nothing lost on the way."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.attribution.policy import POLICY_V1, Layer
from generation.attribution.shares import BASE
from generation.composition.base import load_base_pack
from generation.composition.carrying import carry, kind_of, renamed, renamed_parts, slots_of
from generation.composition.cells import lay_cells
from generation.composition.errors import OptionsInvalidError
from generation.composition.outlines import (
    CADENCE_BARS,
    changed_length,
    extended,
    retagged,
    section_of,
)
from generation.composition.plan import Options, make_plan
from generation.composition.slots import CELL_BARS, GLUE, slot_table
from generation.composition.units import BAR_TICKS
from tests.generation.songs import ten_sources, usual_weights

roles = st.sampled_from(["verse", "chorus", "bridge", "intro", "outro"])
seeds = st.integers(0, 500)


def plan_of(seed, seconds=190.0):
    sources = ten_sources()
    options = Options(seed=seed, seconds=seconds)
    return make_plan(sources, usual_weights(sources), load_base_pack(), options)


def require_form(plan):
    """Sections follow one another, phrases fill them, and every key is one section's own."""
    bar = 0
    for index, section in enumerate(plan.sections):
        assert (section.index, section.bar) == (index, bar)
        assert sum(phrase.bars for phrase in section.phrases) == section.bars
        assert section.phrases[0].bar == section.bar
        bar += section.bars
    assert plan.bars == bar
    keys = [section.key for section in plan.sections]
    assert len(set(keys)) == len(keys)
    for role in {section.role for section in plan.sections}:
        own = [section for section in plan.sections if section.role == role]
        assert [section.nth for section in own] == list(range(len(own)))
        assert [section.is_last_of_role for section in own] == [False] * (len(own) - 1) + [True]


# ---------------------------------------------------------------- tags


@given(seeds, st.integers(0, 7), st.integers(0, 99))
def test_a_tagged_section_has_slots_of_its_own_and_the_rest_keep_theirs(seed, number, reroll):
    plan = plan_of(seed)
    own = plan.sections[number % len(plan.sections)]
    made = retagged(plan, reroll, {(own.key, layer) for layer in Layer})
    before = {slot.key for slot in slot_table(plan, POLICY_V1).slots}
    after = {slot.key for slot in slot_table(made.plan, POLICY_V1).slots}
    new = after - before
    assert new
    assert all("~1." in key for key in new)
    others = [section for section in made.plan.sections if section.key != own.key]
    assert others == [section for section in plan.sections if section.key != own.key]


@given(seeds, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), min_size=1, max_size=4))
def test_no_two_rerolls_ever_share_a_tag(seed, rerolls):
    plan = plan_of(seed)
    seen = set()
    for number, reroll in rerolls:
        key = plan.sections[number % len(plan.sections)].key
        plan = retagged(plan, reroll, {(key, Layer.DRUMS)}).plan
        tag = next(s for s in plan.sections if s.key == key).tag(Layer.DRUMS)
        assert tag not in seen
        seen.add(tag)


def test_sections_that_differed_go_on_differing_when_a_layer_is_rerolled():
    """Else a tune sung over one chorus's chords would be laid over another's."""
    plan = plan_of(3)
    chorus = next(section for section in plan.sections if section.role == "chorus")
    plan = retagged(plan, 1, {(chorus.key, layer) for layer in Layer}).plan
    plan = retagged(plan, 2, {(s.key, Layer.MOTIF) for s in plan.sections}).plan
    own = [s.tag(Layer.MOTIF) for s in plan.sections if s.role == "chorus"]
    assert len(own) >= 2
    assert own[0] != own[1]
    assert len(set(own[1:])) == 1


def test_nothing_tagged_is_nothing_changed():
    plan = plan_of(3)
    made = retagged(plan, 5, set())
    assert made.plan == plan
    assert made.rewrite == frozenset()


# ---------------------------------------------------------------- length


@given(seeds, roles, st.sampled_from([4, 8, 12, 16]))
def test_an_extension_adds_exactly_its_bars_behind_its_role(seed, role, bars):
    plan = plan_of(seed)
    if all(section.role != role for section in plan.sections):
        return
    made = extended(plan, role, bars)
    require_form(made.plan)
    assert made.plan.bars == plan.bars + bars
    assert made.plan.sections[-1].key == plan.sections[-1].key
    copies = [s for s in made.plan.sections if made.origins[s.key].is_copy]
    assert sum(section.bars for section in copies) == bars
    assert {section.role for section in copies} == {role}
    kept = [s.key for s in made.plan.sections if not made.origins[s.key].is_copy]
    assert kept == [section.key for section in plan.sections]
    assert made.rewrite == {(s.key, one) for s in copies for one in (Layer.FORM, Layer.SOUND)}


@given(seeds, st.sampled_from([4, 8, 12, 16]))
def test_what_is_added_to_an_outro_never_comes_from_its_last_two_bars(seed, bars):
    """They close the song; laid twice, it ended and began again."""
    plan = plan_of(seed)
    outro = plan.sections[-1]
    made = extended(plan, "outro", bars)
    for section in made.plan.sections:
        runs = list(made.origins[section.key].runs(section.bars))
        assert [at for _, at, _ in runs] == [sum(n for *_, n in runs[:k]) for k in range(len(runs))]
        assert sum(count for *_, count in runs) == section.bars
        if made.origins[section.key].is_copy:
            assert all(outro.bar <= bar for bar, *_ in runs)
            assert all(bar + count <= plan.bars - CADENCE_BARS for bar, _, count in runs)
        else:
            assert len(runs) == 1


@given(seeds, st.sampled_from([4, 8]))
def test_only_the_last_of_several_outros_closes_the_melody(seed, bars):
    plan = extended(plan_of(seed), "outro", bars).plan
    closing = {bar: cell.closing for cell in lay_cells(plan) for bar in cell.bars}
    outros = [section for section in plan.sections if section.role == "outro"]
    assert len(outros) == 1 + bars // 4
    ends = [closing[s.bar + s.bars - CELL_BARS] for s in outros]
    assert ends == ["" for _ in outros[1:]] + ["final"]


@given(seeds, st.floats(80, 330))
def test_a_new_length_is_nearer_than_the_old_one_or_refused(seed, seconds):
    plan = plan_of(seed)
    before = abs(plan.bars * plan.bar_s - seconds)
    try:
        made = changed_length(plan, seconds)
    except OptionsInvalidError:
        assert before <= 60
        return
    require_form(made.plan)
    assert abs(made.plan.bars * made.plan.bar_s - seconds) < before
    counts = Counter(section.role for section in made.plan.sections)
    assert counts["verse"]
    assert counts["chorus"]
    assert len(made.plan.sections) >= 4
    assert made.plan.sections[-1].role == "outro"


@given(seeds, st.floats(60, 200))
def test_a_shorter_song_neither_begins_nor_ends_a_lead_up_in_the_air(seed, seconds):
    plan = plan_of(seed)
    try:
        changed = changed_length(plan, seconds).plan
    except OptionsInvalidError:
        return
    order = [section.role for section in changed.sections]
    assert order[0] in ("intro", "verse", "chorus")
    assert all(after == "chorus" for role, after in pairwise(order) if role == "pre")


@given(seeds, st.floats(60, 150))
def test_a_shorter_song_gives_up_its_bridge_before_its_third_chorus(seed, seconds):
    """A hook that is heard in two choruses only is hardly one."""
    plan = plan_of(seed)
    if seconds > plan.bars * plan.bar_s:
        return
    try:
        roles = [s.role for s in changed_length(plan, seconds).plan.sections]
    except OptionsInvalidError:
        return
    if roles.count("chorus") < 3 <= [s.role for s in plan.sections].count("chorus"):
        assert "bridge" not in roles


@pytest.mark.parametrize(
    ("bars", "left"),
    [
        (52, "verse chorus verse chorus bridge chorus outro"),
        (48, "intro verse chorus verse chorus chorus outro"),
        (44, "verse chorus verse chorus chorus outro"),
        (36, "verse chorus verse chorus outro"),
    ],
)
def test_verses_and_choruses_still_take_turns_in_a_short_song(bars, left):
    plan = next(plan for seed in range(500) if (plan := plan_of(seed, 120)).form == "short")
    roles = [section.role for section in changed_length(plan, bars * plan.bar_s).plan.sections]
    assert " ".join(roles) == left


def test_the_length_it_has_is_refused_with_what_to_do():
    plan = plan_of(3)
    with pytest.raises(OptionsInvalidError, match="choose another length or another tempo"):
        changed_length(plan, plan.bars * plan.bar_s)


@given(seeds, st.sampled_from([110.0, 250.0]))
def test_every_section_comes_from_bars_that_its_parent_has(seed, seconds):
    plan = plan_of(seed)
    try:
        made = changed_length(plan, seconds)
    except OptionsInvalidError:
        return
    for section in made.plan.sections:
        origin = made.origins[section.key]
        assert origin.section in plan.sections
        assert origin.first >= 0
        assert origin.first + section.bars <= origin.section.bars
        assert section.role == origin.section.role


# ---------------------------------------------------------------- what is carried over


def test_an_unchanged_outline_carries_every_note_and_decision(made):
    outline = retagged(made.score.plan, 0, set())
    carried = carry(made.score, outline)
    events = [event for own in carried.events.values() for event in own]
    decisions = [one for own in carried.decisions.values() for one in own]
    assert Counter(map(id, events)) == Counter(map(id, made.score.events))
    assert Counter(map(id, decisions)) == Counter(map(id, made.score.decisions))


def test_a_repeated_section_carries_its_notes_twice_and_moves_what_follows(made):
    outline = extended(made.score.plan, "chorus", 8)
    carried = carry(made.score, outline)
    copy = next(s for s in outline.plan.sections if outline.origins[s.key].is_copy)
    origin = outline.origins[copy.key].section
    by = (copy.bar - origin.bar) * BAR_TICKS
    for layer in Layer:
        old = carried.events[origin.key, layer]
        new = carried.events[copy.key, layer]
        assert [(e.tick, e.pitch) for e in new] == [(e.tick + by, e.pitch) for e in old]
        assert [e.shares for e in new] == [e.shares for e in old]
        assert [e.why for e in new] == [e.why for e in old]
    for section in outline.plan.sections:
        for layer in Layer:
            for event in carried.events[section.key, layer]:
                assert section_of(outline.plan, event)[0].key == section.key


def test_slots_are_renamed_by_their_section_alone():
    plan = plan_of(3)
    chorus = next(section for section in plan.sections if section.role == "chorus")
    tagged = retagged(plan, 7, {(chorus.key, layer) for layer in Layer}).plan
    own = next(section for section in tagged.sections if section.key == chorus.key)
    tag = own.tag(Layer.DRUMS)
    assert renamed("drums/chorus", own) == f"drums/chorus{tag}"
    assert renamed("groove/chorus", own) == f"groove/chorus{tag}"
    assert renamed("rhythm/chorus/a", own) == f"rhythm/chorus/a{tag}"
    assert renamed("drums/chorus~9.1.0", own) == f"drums/chorus{tag}"
    assert renamed(f"fill/{own.key}", own) == f"fill/{own.key}{tag}"
    assert renamed("sound/99", own) == f"sound/{own.key}{tag}"
    assert renamed(BASE, own) == BASE
    assert renamed(GLUE, own) == GLUE
    untagged = plan.sections[own.index]
    assert renamed("drums/chorus~9.1.0", untagged) == "drums/chorus"


def test_parts_keep_their_whole_when_they_are_renamed(made):
    plan = retagged(
        made.score.plan, 7, {(s.key, one) for s in made.score.plan.sections for one in Layer}
    ).plan
    for event in made.score.events[::17]:
        section = section_of(plan, event)[0]
        parts = renamed_parts(event.parts, section)
        assert sum(parts.values()) == pytest.approx(1.0)
        known = slots_of([event], section)
        assert set(parts) - {BASE, GLUE} == set(known)
        assert all(kind_of(new) == kind_of(old) for new, olds in known.items() for old in olds)
