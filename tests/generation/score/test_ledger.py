"""The ledger: what bars, layers and the song owe, to the last of a million parts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.policy import GROUP_OF, POLICY_V1, Group, Layer
from generation.attribution.settlement import settle
from generation.attribution.shares import (
    BASE,
    Contribution,
    bar_attributions,
    group_shares,
    song_shares,
)
from generation.composition.ledger import weigh_slots, weigh_sources
from generation.composition.slots import ALWAYS, GLUE
from generation.composition.units import BAR_TICKS

MILLION = 1_000_000


def test_bars_layers_and_song_are_a_million_each(songs):
    for song in songs:
        assert sum(settle(song.shares).values()) == MILLION
        for bar in song.bars:
            assert sum(settle(bar.total).values()) == MILLION
        seconds = [song.score.plan.bar_s] * song.score.plan.bars
        layers = group_shares(song.bars, seconds)
        assert set(layers) == set(Group)
        for shares in layers.values():
            assert sum(settle(shares).values()) == MILLION


def test_every_bar_holds_its_chords_its_form_and_its_sound(songs):
    for song in songs:
        held = Counter((decision.bar, decision.layer) for decision in song.score.decisions)
        for bar in range(song.score.plan.bars):
            assert held[bar, Layer.HARMONY] == 2
            assert held[bar, Layer.FORM] == held[bar, Layer.SOUND] == 1
        assert len(held) == len(ALWAYS) * song.score.plan.bars


def test_the_mass_of_a_note_is_its_length_times_its_force_however_many_bars_it_spans(songs):
    for song in songs:
        weighed = Counter()
        for item in song.score.contributions():
            assert item.mass > 0
            weighed[item.layer] += item.mass
        wanted = Counter()
        for event in song.score.events:
            wanted[event.layer] += event.ticks * event.velocity
        for layer, mass in wanted.items():
            assert math.isclose(weighed[layer], mass)


def test_a_note_across_a_bar_line_counts_in_both_bars_for_as_long_as_it_sounds(third):
    first = third.score.events[0]
    long = replace(first, tick=BAR_TICKS - 480, ticks=1200, velocity=50)
    items = list(replace(third.score, events=(long,), decisions=()).contributions())
    assert [(item.bar, item.mass) for item in items] == [(0, 480 * 50.0), (1, 720 * 50.0)]


def test_what_sounds_after_the_end_belongs_to_the_last_bar(third):
    last = third.score.plan.bars - 1
    ringing = replace(third.score.events[0], tick=last * BAR_TICKS, ticks=5 * BAR_TICKS)
    [item] = replace(third.score, events=(ringing,), decisions=()).contributions()
    assert item.bar == last


def test_one_note_less_changes_no_other_bar(third):
    gone = third.score.events[len(third.score.events) // 2]
    events = tuple(event for event in third.score.events if event is not gone)
    bars, _ = weigh_sources(replace(third.score, events=events), POLICY_V1)
    touched = {
        item.bar for item in replace(third.score, events=(gone,), decisions=()).contributions()
    }
    for before, after in zip(third.bars, bars, strict=True):
        assert (before == after) or before.bar in touched


def test_slots_glue_and_base_weigh_as_much_as_the_sources_they_belong_to(songs):
    """The same song counted twice, by who made it and by what: the glue is what joins the two."""
    for song in songs:
        by_slot = weigh_slots(song.score, POLICY_V1)
        assert math.isclose(sum(by_slot.values()), 1)
        owned = defaultdict(float)
        for key, mass in by_slot.items():
            if key != GLUE:
                owned[BASE if key == BASE else song.cast.owners[key]] += mass
        for source, share in song.shares.items():
            assert owned[source] <= share + 1e-12
        glue = sum(share - owned[source] for source, share in song.shares.items())
        assert math.isclose(glue, by_slot[GLUE], abs_tol=1e-12)


def test_a_note_is_owed_to_the_owners_of_its_slots_and_the_glue_to_those_who_sing(songs, sources):
    singing = {BASE, *(source.key for source in sources if source.lines)}
    for song in songs:
        for thing in (*song.score.events, *song.score.decisions):
            owed = defaultdict(float)
            for part, size in thing.parts.items():
                if part != GLUE:
                    owed[BASE if part == BASE else song.cast.owners[part]] += size
            rest = {key: share - owed[key] for key, share in thing.shares.items()}
            assert min(rest.values()) > -1e-9
            assert {key for key, more in rest.items() if more > 1e-9} <= singing
            assert math.isclose(sum(rest.values()), thing.parts.get(GLUE, 0.0), abs_tol=1e-9)


def test_only_melody_has_glue(songs):
    for song in songs:
        for event in song.score.events:
            assert (GLUE in event.parts) <= (event.layer is Layer.MOTIF)
        assert not any(GLUE in decision.parts for decision in song.score.decisions)


@pytest.mark.parametrize("track", ["Bass", "Comp", "Pad", "Arp", "Drums"])
def test_what_the_base_added_is_counted_and_says_so(songs, track):
    """No unit, no source: a stroke without a unit is the base's, but for the groove that plays it."""
    for song in songs:
        for event in song.score.events:
            if event.track == track and event.why.unit is None:
                assert event.parts[BASE] >= 0.75
                assert event.why.ops


# ---------------------------------------------------------------- by hand, in exact fractions

SHARES = st.dictionaries(
    st.sampled_from([BASE, "song:a", "song:b", "song:c"]),
    st.integers(1, 20),
    min_size=1,
    max_size=4,
)
NOTE = st.tuples(st.integers(0, 3), st.sampled_from(list(Layer)), st.integers(1, 5_000), SHARES)


def exactly(notes, bars):
    """Weigh as the policy says, in fractions that never round."""
    groups = defaultdict(list)
    for bar, layer, mass, parts in notes:
        whole = sum(parts.values())
        shares = {key: Fraction(part, whole) for key, part in parts.items()}
        groups[bar, GROUP_OF[layer]].append((mass, shares))
    found = []
    for bar in range(bars):
        held = {group: rows for (at, group), rows in groups.items() if at == bar}
        weight = sum(Fraction(str(POLICY_V1.group_weights[group])) for group in held)
        total = defaultdict(Fraction)
        for group, rows in held.items():
            part = Fraction(str(POLICY_V1.group_weights[group])) / weight
            mass = sum(row[0] for row in rows)
            for own, shares in rows:
                for key, share in shares.items():
                    total[key] += part * own * share / mass
        found.append(dict(total))
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(NOTE, min_size=1, max_size=14))
def test_shares_are_those_of_exact_arithmetic(notes):
    items = [
        Contribution(bar, layer, float(mass), {k: p / sum(own.values()) for k, p in own.items()})
        for bar, layer, mass, own in notes
    ]
    bars = bar_attributions(items, 4, POLICY_V1)
    for bar, wanted in zip(bars, exactly(notes, 4), strict=True):
        assert bar.total.keys() == wanted.keys()
        for key, share in wanted.items():
            assert math.isclose(bar.total[key], share, rel_tol=1e-12)
        if wanted:
            assert sum(settle(bar.total).values()) == MILLION


@settings(max_examples=25, deadline=None)
@given(st.lists(NOTE, min_size=1, max_size=14))
def test_settled_parts_are_never_a_whole_part_from_the_exact_share(notes):
    for wanted in exactly(notes, 4):
        if wanted:
            settled = settle({key: float(share) for key, share in wanted.items()})
            for key, share in wanted.items():
                assert abs(settled[key] - share * MILLION) < 1


@settings(max_examples=25, deadline=None)
@given(st.lists(NOTE, min_size=1, max_size=14), st.integers(1, 50))
def test_louder_or_longer_everywhere_is_the_same_share(notes, factor):
    def weigh(by):
        return bar_attributions(
            [
                Contribution(
                    bar, layer, float(by * mass), {k: p / sum(own.values()) for k, p in own.items()}
                )
                for bar, layer, mass, own in notes
            ],
            4,
            POLICY_V1,
        )

    for before, after in zip(weigh(1), weigh(factor), strict=True):
        if before.total:
            assert settle(after.total) == settle(before.total)


@settings(max_examples=25, deadline=None)
@given(st.lists(NOTE, min_size=1, max_size=14))
def test_a_song_twice_as_long_of_the_same_bars_has_the_same_shares(notes):
    items = [
        Contribution(bar, layer, float(mass), {k: p / sum(own.values()) for k, p in own.items()})
        for bar, layer, mass, own in notes
    ]
    bars = bar_attributions(items, 4, POLICY_V1)
    once, twice = song_shares(bars, [2.0] * 4), song_shares((*bars, *bars), [2.0] * 8)
    assert settle(once) == settle(twice)
