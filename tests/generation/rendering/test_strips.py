"""Strips two at a time: the same measures whoever did them, and nothing half done is taken for whole."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import psutil
import pytest

from generation.rendering import strips
from generation.rendering.strips import StripsLostError, through_strips
from generation.rendering.tape import shared_stem
from library.analysis.long_term import frames_of

FRAMES = 60_000


def stems_on_tape(count: int) -> dict[str, np.ndarray]:
    stems = {f"part {number}": shared_stem(FRAMES) for number in range(count)}
    for number, stem in enumerate(stems.values()):
        stem[:] = np.random.default_rng(number).standard_normal((FRAMES, 2)) * 0.1
    return stems


def halve(_name, stem):
    stem *= np.float32(0.5)
    return frames_of([stem[:, 0], stem[:, 1]])


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.fixture
def two_hands(monkeypatch):
    monkeypatch.setattr(strips, "free_hands", lambda: 2)


@pytest.mark.usefixtures("two_hands")
def test_every_stem_goes_through_its_strip_once_and_is_measured():
    stems = stems_on_tape(5)
    alone = [halve(name, stem.copy()) for name, stem in stems.items()]
    told: list[int] = []

    measured = through_strips(halve, stems, told.append)

    for number, (one, other) in enumerate(zip(measured, alone, strict=True)):
        np.testing.assert_array_equal(one.bands, other.bands)
        np.testing.assert_array_equal(one.weighted, other.weighted)
        assert one.step_s == other.step_s
        dry = np.random.default_rng(number).standard_normal((FRAMES, 2)) * 0.1
        np.testing.assert_array_equal(stems[f"part {number}"], dry.astype(np.float32) / 2)
    assert told == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("two_hands")
def test_two_processes_work_at_once():
    us, stems = os.getpid(), stems_on_tape(4)

    def sign(_name, stem):
        stem[:] = float(os.getpid() == us)
        time.sleep(0.1)
        return frames_of([stem[:, 0], stem[:, 1]])

    through_strips(sign, stems, lambda _done: None)

    assert {float(stem[0, 0]) for stem in stems.values()} == {0.0, 1.0}


@pytest.mark.usefixtures("two_hands")
def test_what_does_not_lie_on_tape_is_done_by_us_alone():
    us, stems = os.getpid(), stems_on_tape(3)
    stems["part 1"] = stems["part 1"].copy()

    def sign(_name, stem):
        stem[:] = float(os.getpid() == us)
        return frames_of([stem[:, 0], stem[:, 1]])

    through_strips(sign, stems, lambda _done: None)

    assert [float(stem[0, 0]) for stem in stems.values()] == [1.0, 1.0, 1.0]


@pytest.mark.usefixtures("two_hands")
def test_a_copy_that_is_killed_over_a_stem_is_told_of_with_its_name():
    us, before = os.getpid(), children()

    def die(name, stem):
        if os.getpid() != us:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.1)
        return halve(name, stem)

    with pytest.raises(StripsLostError, match="part "):
        through_strips(die, stems_on_tape(4), lambda _done: None)
    assert children() <= before


@pytest.mark.usefixtures("two_hands")
def test_an_error_here_ends_the_copy_and_is_raised():
    us, before = os.getpid(), children()

    def fail(name, stem):
        if os.getpid() == us:
            raise ZeroDivisionError(name)
        return halve(name, stem)

    with pytest.raises(ZeroDivisionError):
        through_strips(fail, stems_on_tape(4), lambda _done: None)
    assert children() <= before


def test_no_stems_measure_nothing():
    assert through_strips(halve, {}, lambda _done: None) == []
