"""Progress goes to stderr: a line that is written over on a screen, a few lines in a file."""

from __future__ import annotations

import io
import os
import signal

import psutil
import pytest

from generation.management.song import memory as memory_module
from generation.management.song import telling
from generation.management.song.memory import PeakMemory, _held, _mapped
from generation.management.song.telling import Teller


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(telling.time, "monotonic", lambda: now[0])
    return now


def test_stages_percents_and_seconds_left_are_told(clock):
    stream = Screen()
    teller = Teller(stream)
    teller.stage("analyse")
    clock[0] += 10
    teller.tell(25, "3 of 10 songs")
    clock[0] += 1
    teller.tell(30, "3 of 10 songs", 12)
    clock[0] += 9
    teller.end()
    lines = [line.strip() for line in stream.getvalue().replace("\n", "\r").split("\r")]

    assert lines[1:4] == [
        "analyse · 3 of 10 songs · 25 % · about 30 s left",
        "analyse · 3 of 10 songs · 30 % · about 12 s left",
        "analyse · 20.0 s",
    ]
    assert teller.seconds == {"analyse": 20.0}


def test_a_file_gets_a_line_at_most_every_few_seconds(clock):
    stream = io.StringIO()
    teller = Teller(stream)
    teller.stage("generate")
    for _ in range(100):
        clock[0] += 0.1
        teller.tell(10)
    teller.stage("write")

    assert len(stream.getvalue().splitlines()) == 3
    assert "\r" not in stream.getvalue()
    assert teller.current == "write"


def test_what_would_not_be_shown_need_not_be_asked_for(clock):
    for stream, every_s in ((Screen(), 0.5), (io.StringIO(), 5.0)):
        teller = Teller(stream)
        teller.stage("generate")
        assert teller.is_due
        teller.tell(10)
        clock[0] += every_s - 0.1
        assert not teller.is_due
        before = stream.getvalue()
        teller.tell(11)
        assert stream.getvalue() == before
        clock[0] += 0.2
        assert teller.is_due


def test_a_note_stays_to_be_read_however_long_it_is(clock):
    said = f"It can be followed at http://localhost:8000/songs/{'1' * 80}/"
    for stream in (Screen(), io.StringIO()):
        teller = Teller(stream)
        teller.stage("generate")
        teller.note(said)
        teller.tell(10)
        assert stream.getvalue().replace("\r", "").partition("\n")[0] == said


def test_a_stage_that_comes_again_adds_up_and_no_stage_is_nothing(clock):
    teller = Teller(io.StringIO())
    teller.end()
    for _ in range(2):
        teller.stage("wait")
        clock[0] += 1.5
        teller.end()

    assert teller.seconds == {"wait": 3.0}


def test_memory_is_counted_from_the_first_moment():
    with PeakMemory([]) as memory:
        held = bytearray(64 << 20)
        deadline = 50
        while memory.megabytes < 64 and deadline:
            deadline -= 1
            memory._stop.wait(0.1)

    assert len(held) == 64 << 20
    assert memory.megabytes >= 64


def test_memory_that_does_not_change_is_not_walked_through_again(monkeypatch):
    read = []
    monkeypatch.setattr(memory_module, "EVERY_S", 0.01)
    monkeypatch.setattr(memory_module, "_held", lambda process: read.append(process) or 1)
    monkeypatch.setattr(PeakMemory, "_tree", lambda _self: {psutil.Process()})
    monkeypatch.setattr(memory_module, "_mapped", lambda _process: 1000)
    with PeakMemory([]) as memory:
        deadline = 100
        while not read and deadline:
            deadline -= 1
            memory._stop.wait(0.01)
        memory._stop.wait(0.3)

    assert len(read) == 1


def test_of_a_family_that_stays_only_who_has_changed_is_walked_through(monkeypatch):
    idle, at_work, copy = (psutil.Process(pid) for pid in (os.getpid(), os.getppid(), 1))
    read = []
    monkeypatch.setattr(memory_module, "_held", lambda process: read.append(process) or 10)
    memory = PeakMemory([])

    assert memory._read({idle: 100, at_work: 100}) == 20
    assert memory._read({idle: 100, at_work: 200}) == 20
    assert read == [idle, at_work, at_work]
    # With another to share its pages, the part of each is another one.
    assert memory._read({idle: 100, at_work: 200, copy: 50}) == 30
    assert read[3:] == [idle, at_work, copy]


def test_a_large_process_is_read_again_as_others_may_have_begun_to_share_with_it(monkeypatch):
    large, read = psutil.Process(), []
    monkeypatch.setattr(memory_module, "_held", lambda process: read.append(process) or 64 << 20)
    memory = PeakMemory([])

    assert memory._read({large: 100}) == memory._read({large: 100}) == 64 << 20
    assert read == [large, large]


def test_what_was_read_while_a_process_forked_does_not_count(monkeypatch):
    one, two = psutil.Process(), psutil.Process(os.getppid())
    trees = iter([{one}, {one, two}, {one, two}, {one, two}])  # before and after each reading
    read = []
    monkeypatch.setattr(memory_module, "EVERY_S", 0.01)
    monkeypatch.setattr(memory_module, "_held", lambda process: read.append(process) or 3 << 20)
    monkeypatch.setattr(memory_module, "_mapped", lambda _process: 100 << 20)
    monkeypatch.setattr(PeakMemory, "_tree", lambda _self: next(trees, {one, two}))
    with PeakMemory([]) as memory:
        deadline = 100
        while len(read) < 3 and deadline:
            deadline -= 1
            memory._stop.wait(0.01)
            assert memory.megabytes in (0, 6), "never the 3 of half a family"
    assert memory.megabytes == 6
    assert read[0] == one


def test_a_process_that_has_ended_holds_nothing():
    gone = psutil.Popen(["true"])
    gone.wait()

    assert _held(gone) == _mapped(gone) == 0


def test_what_a_copy_of_a_process_shares_is_counted_once():
    room = bytearray(os.urandom(1 << 16) * 512)
    alone = _held(psutil.Process())
    copy = os.fork()
    if copy == 0:
        signal.pause()
        os._exit(0)
    try:
        both = [psutil.Process(), psutil.Process(copy)]
        together = sum(map(_held, both))
        assert sum(map(_mapped, both)) > together
        assert together < alone + len(room) // 2
    finally:
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)
