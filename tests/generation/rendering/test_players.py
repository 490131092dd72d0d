"""Two players divide a song: each part is played once, whatever becomes of the copy of ourselves."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.rendering.hands import MOST_PIECES, free_hands, one_hand
from generation.rendering.performance import play_all
from generation.rendering.tape import shared_stem

FRAMES = 64


def stems_of(count):
    return [shared_stem(FRAMES) for _ in range(count)]


def number_into(number, stem):
    """Add, so that a part that is played twice shows it."""
    stem += number + 1


def played(count, play=number_into, players=2):
    """Return what stands in each stem afterwards, and what was told."""
    stems, told = stems_of(count), []
    play_all(stems, play, told.append, players=players)
    return [float(stem[0, 0]) for stem in stems], told, stems


@pytest.fixture
def nobody_is_left():
    """Fail if a child is left afterwards, running or not waited for, that was not there before."""
    before = children()
    yield
    assert children() <= before


def children():
    return {child.pid for child in psutil.Process().children()}


# ---------------------------------------------------------------- how many there are


def test_within_a_block_for_one_hand_nobody_else_is_asked_for_and_afterwards_as_before():
    def failing():
        with one_hand():
            assert free_hands() == 1
            raise RuntimeError("the work failed")

    before = free_hands()
    with pytest.raises(RuntimeError, match="the work failed"):
        failing()
    assert free_hands() == before == min(2, len(os.sched_getaffinity(0)))


# ---------------------------------------------------------------- who plays what


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 12), st.sampled_from([1, 2]))
def test_every_part_is_played_exactly_once(count, players):
    values, told, _stems = played(count, players=players)
    assert values == [number + 1 for number in range(count)]
    assert told == list(range(1, count + 1))


def test_the_copy_plays_where_we_are_busy():
    """Each of the two waits in its first part until the other has one."""
    us, at_work = os.getpid(), shared_stem(2)

    def play(number, stem):
        mine = int(os.getpid() == us)
        at_work[mine, 0] = 1
        until = time.monotonic() + 20
        while not at_work[1 - mine, 0] and time.monotonic() < until:
            time.sleep(0.01)
        stem[0] = os.getpid()

    _values, told, stems = played(6, play)
    who = {int(stem[0, 0]) for stem in stems}
    assert told[-1] == 6
    assert len(who) == 2
    assert any(abs(pid - us) < 1 for pid in who)


def test_one_player_is_no_second_process():
    us = os.getpid()

    def play(_number, stem):
        stem[0] = float(os.getpid() == us)

    values, _told, _stems = played(4, play, players=1)
    assert values == [1.0] * 4


def test_one_part_is_not_divided():
    us = os.getpid()

    def play(_number, stem):
        stem[0] = float(os.getpid() == us)

    values, told, _stems = played(1, play)
    assert (values, told) == ([1.0], [1])


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.usefixtures("nobody_is_left")
def test_what_a_killed_copy_leaves_is_played_again_from_silence():
    us = os.getpid()

    def play(number, stem):
        stem += number + 1
        if os.getpid() != us:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)

    values, told, _stems = played(6, play)
    assert values == [1, 2, 3, 4, 5, 6]
    assert told[-1] == 6


@pytest.mark.usefixtures("nobody_is_left")
def test_an_error_in_the_copy_is_met_again_here_where_it_can_be_told():
    us = os.getpid()

    def play(_number, stem):
        if os.getpid() != us:
            raise KeyError("zither")
        time.sleep(0.05)
        stem += 1

    values, _told, _stems = played(4, play)
    assert values == [1.0] * 4


@pytest.mark.usefixtures("nobody_is_left")
def test_an_error_here_ends_the_copy_and_is_raised():
    us = os.getpid()

    def play(_number, _stem):
        if os.getpid() == us:
            raise KeyError("zither")
        time.sleep(30)

    begun = time.monotonic()
    with pytest.raises(KeyError, match="zither"):
        played(4, play)
    assert time.monotonic() - begun < 15


@pytest.mark.usefixtures("nobody_is_left")
def test_whoever_stops_the_song_from_within_progress_ends_the_copy_too():
    def stop(_done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        play_all(stems_of(4), number_into, stop, players=2)


def test_more_parts_than_a_byte_can_name_are_refused_before_anything_is_played():
    played_parts = []
    with pytest.raises(ValueError, match="256 pieces"):
        play_all(
            [shared_stem(1)] * (MOST_PIECES + 1),
            lambda number, _stem: played_parts.append(number),
            played_parts.append,
            players=2,
        )
    assert played_parts == []


def open_files():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_pipe_stays_open():
    before = open_files()
    for _ in range(3):
        played(3)
    assert open_files() == before
