"""The copy guard against plain enumeration, and its promise under pressure."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.copy_guard import CAP_TOKENS, NO_MATCH, CopyGuard, melody_tokens

tokens = st.lists(st.tuples(st.integers(-2, 2), st.sampled_from([1, 2])), min_size=1, max_size=40)


def longest_by_hand(line, melodies):
    return max(
        (
            size
            for melody in melodies
            for start in range(len(melody))
            for size in range(1, len(melody) - start + 1)
            if any(
                line[at : at + size] == melody[start : start + size]
                for at in range(len(line) - size + 1)
            )
        ),
        default=0,
    )


@given(
    tokens.filter(lambda t: len(t) < 16), st.lists(tokens.filter(lambda t: len(t) < 14), max_size=3)
)
@settings(max_examples=80, deadline=None)
def test_longest_run_equals_plain_enumeration(line, melodies):
    assert CopyGuard(melodies).longest(line) == longest_by_hand(line, melodies)


@given(st.lists(tokens, min_size=1, max_size=4), st.integers(1, 7), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_a_line_that_asks_the_guard_never_passes_the_cap(melodies, cap, seed):
    """The singer wants nothing but to copy; a free token is always left to escape with."""
    guard, rng = CopyGuard(melodies, cap), random.Random(seed)
    melody, match, line = rng.choice(melodies), NO_MATCH, []
    for number in range(60):
        wished = melody[number % len(melody)]
        token = wished if guard.allows(match, wished) else (9, 9)
        match = guard.step(match, token)
        line.append(token)
        assert match.tokens <= cap
    assert guard.longest(line) <= cap


def test_transposed_melodies_are_the_same_melody():
    melody = [(0, 60), (2, 62), (4, 64), (8, 65), (10, 67), (12, 69), (16, 71), (20, 72), (24, 74)]
    higher = [(onset + 16, pitch + 5) for onset, pitch in melody]
    guard = CopyGuard([melody_tokens(melody)])
    assert guard.longest(melody_tokens(higher)) == len(melody) - 1


def test_another_rhythm_is_another_melody():
    melody = [(0, 60), (2, 62), (4, 64), (6, 65)]
    slower = [(0, 60), (3, 62), (6, 64), (9, 65)]
    assert CopyGuard([melody_tokens(melody)]).longest(melody_tokens(slower)) == 0


def test_no_match_runs_from_one_source_into_the_next():
    first, second = [(1, 1), (2, 2)], [(3, 3), (4, 4)]
    assert CopyGuard([first, second]).longest(first + second) == 2


def test_a_checkpoint_can_be_continued_twice():
    guard = CopyGuard([[(1, 1), (2, 2), (3, 3)]])
    checkpoint = guard.step(guard.step(NO_MATCH, (1, 1)), (2, 2))
    assert guard.step(checkpoint, (9, 9)) == NO_MATCH
    assert guard.step(checkpoint, (3, 3)).tokens == 3


def test_six_tokens_are_seven_notes():
    source = [(n * 2, 60 + (n * n) % 7) for n in range(30)]
    guard = CopyGuard([melody_tokens(source)])
    match = NO_MATCH
    for token in melody_tokens(source)[:CAP_TOKENS]:
        assert guard.allows(match, token)
        match = guard.step(match, token)
    assert match.tokens == 6
    assert not guard.allows(match, melody_tokens(source)[CAP_TOKENS])


def test_work_per_note_stays_constant_on_long_sources():
    """Amortised: the state falls back along links no more often than it climbed."""
    rng = random.Random(5)
    source = [(rng.randint(-3, 3), rng.choice([1, 2, 4])) for _ in range(20_000)]
    guard = CopyGuard([source])
    assert guard.longest(source) == 20_000
