"""Attacks on two promises: no source is copied, and no part of a million is lost or made."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.copy_guard import (
    CAP_TOKENS,
    NO_MATCH,
    CopyGuard,
    SuffixAutomaton,
    melody_tokens,
)
from generation.attribution.errors import WeightsInvalidError
from generation.attribution.settlement import GRAIN, settle

NOTE = st.tuples(st.integers(0, 4), st.sampled_from([60, 62, 64]))


def line_of(notes):
    """Return (onset, pitch) from (gap, pitch)."""
    at, line = 0, []
    for gap, pitch in notes:
        at += gap + 1
        line.append((at, pitch))
    return line


LINE = st.lists(NOTE, min_size=2, max_size=24).map(line_of)


# ---------------------------------------------------------------- the guard


@settings(max_examples=25, deadline=None)
@given(LINE, st.integers(-24, 24), st.integers(0, 200))
def test_a_copy_is_found_in_any_key_and_at_any_bar(line, by, later):
    guard = CopyGuard([melody_tokens(line)])
    moved = [(onset + later, pitch + by) for onset, pitch in line]
    assert guard.longest(melody_tokens(moved)) == len(line) - 1


@settings(max_examples=25, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=4), LINE)
def test_more_sources_never_hide_a_copy(lines, tune):
    tokens = melody_tokens(tune)
    alone = max(CopyGuard([melody_tokens(line)]).longest(tokens) for line in lines)
    assert CopyGuard([melody_tokens(line) for line in lines]).longest(tokens) == alone


@settings(max_examples=25, deadline=None)
@given(st.lists(LINE, min_size=2, max_size=4), LINE, st.randoms(use_true_random=False))
def test_the_order_of_the_sources_is_of_no_help(lines, tune, random):
    tokens = melody_tokens(tune)
    shuffled = random.sample(lines, len(lines))
    first, second = (
        CopyGuard([melody_tokens(line) for line in order]).longest(tokens)
        for order in (lines, shuffled)
    )
    assert first == second


@settings(max_examples=25, deadline=None)
@given(LINE, LINE, st.integers(1, 4))
def test_who_asks_before_every_note_never_passes_the_cap_and_who_does_not_may(source, tune, cap):
    guard = CopyGuard([melody_tokens(source)], cap)
    match, kept = NO_MATCH, []
    for wanted in melody_tokens(tune):
        # No source waits as long as a note that was refused.
        token = wanted if guard.allows(match, wanted) else (wanted[0], 99)
        kept.append(token)
        match = guard.step(match, token)
        assert match.tokens <= cap
    assert guard.longest(kept) <= cap


@settings(max_examples=30, deadline=None)
@given(LINE, st.integers(0, 20))
def test_a_note_between_breaks_the_copy_in_two(line, at):
    """One note more or less inside a phrase is another phrase: what is left counts on either side."""
    guard = CopyGuard([melody_tokens(line)])
    at = min(at, len(line) - 2)
    onset, pitch = line[at]
    broken = [
        *line[: at + 1],
        (onset + 300, pitch + 31),
        *((o + 600, p) for o, p in line[at + 1 :]),
    ]
    assert guard.longest(melody_tokens(broken)) == max(at, len(line) - at - 2)


def test_the_cap_is_on_tokens_and_seven_notes_are_six():
    scale = [(4 * n, 60 + n * n) for n in range(12)]
    guard = CopyGuard([melody_tokens(scale)])
    assert guard.longest(melody_tokens(scale[:7])) == CAP_TOKENS == 6
    match = NO_MATCH
    for token in melody_tokens(scale[:7]):
        assert guard.allows(match, token)
        match = guard.step(match, token)
    eighth = (scale[7][1] - scale[6][1], 4)
    assert not guard.allows(match, eighth)


@pytest.mark.parametrize("melodies", [[], [()], [(), ()]])
def test_where_nothing_was_heard_nothing_is_forbidden(melodies):
    guard = CopyGuard(melodies)
    assert guard.longest([(2, 4)] * 50) == 0
    assert guard.allows(NO_MATCH, (2, 4))


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="ab", max_size=24), st.text(alphabet="ab", max_size=10))
def test_the_automaton_knows_every_substring_and_no_other(whole, part):
    automaton = SuffixAutomaton()
    for token in whole:
        automaton.extend(token)
    match = NO_MATCH
    for token in part:
        match = automaton.step(match, token)
    held = max(n for n in range(len(part) + 1) if part[len(part) - n :] in whole)
    assert match.tokens == held


# ---------------------------------------------------------------- a million parts

SHARES = st.dictionaries(
    st.text(alphabet="abc:", min_size=1, max_size=6),
    st.floats(0, 1, allow_subnormal=False),
    min_size=1,
    max_size=12,
).filter(lambda shares: any(round(share * GRAIN) for share in shares.values()))


@settings(max_examples=30, deadline=None)
@given(SHARES)
def test_parts_sum_to_a_million_and_nobody_without_a_share_gets_one(shares):
    parts = settle(shares)
    assert sum(parts.values()) == 1_000_000
    assert parts.keys() == shares.keys()
    for key, share in shares.items():
        assert parts[key] >= 0
        if not round(share * GRAIN):
            assert parts[key] == 0


@settings(max_examples=30, deadline=None)
@given(SHARES)
def test_who_has_the_larger_share_never_has_the_smaller_part(shares):
    parts = settle(shares)
    for one, first in shares.items():
        for other, second in shares.items():
            if round(first * GRAIN) > round(second * GRAIN):
                assert parts[one] >= parts[other]


@settings(max_examples=30, deadline=None)
@given(SHARES, st.sampled_from([0.5, 2.0, 4.0]))
def test_only_proportions_are_settled(shares, factor):
    whole = {key: round(share * GRAIN) / GRAIN for key, share in shares.items()}
    scaled = {key: share * factor for key, share in whole.items()}
    apart = max(abs(settle(scaled)[key] - settle(whole)[key]) for key in whole)
    assert apart <= 1


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf"), -1e-6])
def test_what_is_no_share_is_refused_as_such(wrong):
    """It once ended in an error of arithmetic that named nobody."""
    with pytest.raises(WeightsInvalidError, match="song:a"):
        settle({"base": 0.5, "song:a": wrong})


@pytest.mark.parametrize("shares", [{}, {"base": 0.0}, {"base": 1e-14, "song:a": 0.0}])
def test_nothing_cannot_be_divided(shares):
    with pytest.raises(WeightsInvalidError):
        settle(shares)
