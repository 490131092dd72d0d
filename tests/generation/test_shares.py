"""Events to bars to the song, and whole parts per million at the end."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.errors import WeightsInvalidError
from generation.attribution.policy import GROUP_OF, POLICIES, POLICY_V1, Group, Layer
from generation.attribution.settlement import settle
from generation.attribution.shares import (
    Contribution,
    bar_attributions,
    blend,
    group_shares,
    song_shares,
)
from rights.domain.allocation import PPM

KEYS = ["base", *(f"song:{n}" for n in range(10))]


@st.composite
def event_shares(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    raw = {key: draw(st.floats(0.01, 1)) for key in keys}
    return {key: value / sum(raw.values()) for key, value in raw.items()}


contributions = st.lists(
    st.builds(
        Contribution,
        bar=st.integers(0, 5),
        layer=st.sampled_from(list(Layer)),
        mass=st.floats(0.1, 10_000),
        shares=event_shares(),
    ),
    min_size=1,
    max_size=60,
)


@given(contributions)
@settings(max_examples=100, deadline=None)
def test_every_bar_every_group_and_the_song_sum_to_one(events):
    bars = bar_attributions(events, 6, POLICY_V1)
    for bar in bars:
        if bar.total:
            assert math.isclose(sum(bar.total.values()), 1, abs_tol=1e-9)
            assert sum(settle(bar.total).values()) == PPM
        for shares in bar.groups.values():
            assert math.isclose(sum(shares.values()), 1, abs_tol=1e-9)
    song = song_shares(bars, [2.0] * 6)
    assert math.isclose(sum(song.values()), 1, abs_tol=1e-9)
    for shares in group_shares(bars, [2.0] * 6).values():
        assert math.isclose(sum(shares.values()), 1, abs_tol=1e-9)


@given(contributions, st.integers(0, 100))
@settings(max_examples=50, deadline=None)
def test_the_order_of_events_changes_nothing(events, seed):
    shuffled = events.copy()
    random.Random(seed).shuffle(shuffled)
    ordered = [settle(b.total) for b in bar_attributions(events, 6, POLICY_V1) if b.total]
    other = [settle(b.total) for b in bar_attributions(shuffled, 6, POLICY_V1) if b.total]
    assert ordered == other


@given(contributions)
@settings(max_examples=50, deadline=None)
def test_a_source_in_no_event_is_in_no_bar(events):
    without = [e for e in events if "song:3" not in e.shares]
    bars = bar_attributions(without, 6, POLICY_V1)
    assert all("song:3" not in bar.total for bar in bars)


def test_a_bar_is_weighed_as_the_policy_says():
    """The worked table of docs/algorithms/attribution.md."""
    bars = bar_attributions(
        [
            Contribution(0, Layer.MOTIF, 300.0, {"song:a": 0.5, "song:b": 0.5}),
            Contribution(0, Layer.MOTIF, 100.0, {"base": 1.0}),
            Contribution(0, Layer.HARMONY, 1.0, {"song:b": 1.0}),
            Contribution(0, Layer.DRUMS, 50.0, {"song:a": 0.75, "base": 0.25}),
        ],
        1,
        POLICY_V1,
    )
    assert bars[0].groups[Group.MELODY] == {"base": 0.25, "song:a": 0.375, "song:b": 0.375}
    assert settle(bars[0].total) == {"base": 173_077, "song:a": 346_154, "song:b": 480_769}


def test_a_longer_bar_counts_for_more():
    events = [
        Contribution(0, Layer.BASS, 1.0, {"base": 1.0}),
        Contribution(1, Layer.BASS, 1.0, {"song:a": 1.0}),
    ]
    bars = bar_attributions(events, 2, POLICY_V1)
    assert song_shares(bars, [1.0, 3.0]) == {"base": 0.25, "song:a": 0.75}


def test_a_bar_of_silence_owes_nothing_and_weighs_nothing():
    bars = bar_attributions([Contribution(0, Layer.BASS, 1.0, {"base": 1.0})], 2, POLICY_V1)
    assert bars[1].total == {}
    assert song_shares(bars, [1.0, 1.0]) == {"base": 1.0}


def test_policy_one_is_whole_and_covers_every_layer():
    assert math.isclose(sum(POLICY_V1.group_weights.values()), 1)
    assert set(POLICY_V1.group_weights) == set(Group)
    assert set(GROUP_OF) == set(Layer)
    assert POLICIES["v1"] is POLICY_V1


def test_sources_without_a_share_are_not_listed():
    assert blend([(1.0, {"base": 1.0, "song:a": 0.0})]) == {"base": 1.0}


@given(st.dictionaries(st.sampled_from(KEYS), st.floats(0, 1), min_size=1), st.integers(1, 10**9))
@settings(max_examples=200, deadline=None)
def test_settlement_is_exact_fair_and_blind_to_order(shares, total):
    if sum(round(v * 10**12) for v in shares.values()) == 0:
        with pytest.raises(WeightsInvalidError):
            settle(shares, total)
        return
    parts = settle(shares, total)
    whole = sum(shares.values())
    assert sum(parts.values()) == total
    assert all(abs(parts[k] - total * shares[k] / whole) < 1 + 1e-3 for k in shares)
    assert all(parts[k] == 0 for k in shares if round(shares[k] * 10**12) == 0)
    assert settle(dict(reversed(shares.items())), total) == parts
    assert list(parts) == sorted(parts)


def test_equal_remainders_go_to_the_first_keys():
    assert settle({"song:c": 1.0, "song:a": 1.0, "base": 1.0}, 100) == {
        "base": 34,
        "song:a": 33,
        "song:c": 33,
    }


def test_the_last_bit_of_a_float_decides_nothing():
    thirds = {"base": 1 / 3, "song:a": 1 / 3 + 1e-16, "song:b": 1 / 3}
    assert settle(thirds) == settle(dict.fromkeys(thirds, 1 / 3))


def test_a_negative_share_is_refused():
    with pytest.raises(WeightsInvalidError):
        settle({"base": 1.2, "song:a": -0.2})
