"""Job kinds of the tests: each tells the database what it does, and can be told to misbehave.

A handler notes its start, every piece of stage work, and its effect in tables without any
unique constraint, so that doing something twice is seen. It stops at a gate where a test asked
for one, until the test opens it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import connection

from config.jobs import registry
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from config.jobs.stages import Run

TABLES = """
CREATE TABLE start (job bigint, attempt int, pid int, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE work (job bigint, attempt int, stage text);
CREATE TABLE effect (job bigint, attempt int);
CREATE TABLE gate (name text);
CREATE TABLE grandchild (job bigint, pid int);
"""
STAGES = ("cut", "mix", "master")
GATE_OPENS_WITHIN_S = 60


class KindsConfig(AppConfig):
    """Makes the kinds known to the worker and child processes of the tests."""

    name = "tests.jobs"
    label = "test_kinds"

    def ready(self) -> None:
        """Register them."""
        register_all()


def register_all() -> None:
    """Register every kind of the tests."""
    here = __name__
    registry.register("test.song", f"{here}.make_song", title="Song", steps=STAGES)
    registry.register("test.quick", f"{here}.make_song", title="Quick", time_limit_s=8)
    registry.register("test.warm", f"{here}.make_song", title="Warm", warm=True, steps=STAGES)
    registry.register("test.heavy", "tests.jobs.heavy.make_song", title="Heavy", steps=STAGES)
    registry.register("test.forgets", f"{here}.forget_to_finish", title="Forgets")


def make_song(run: Run) -> None:
    """Three stages and an effect, with the faults that ``run.params`` asks for."""
    _note("INSERT INTO start VALUES (%s, %s, %s)", run.job.pk, run.attempt, os.getpid())
    _misbehave(run, "begin")
    for number, stage in enumerate(STAGES, start=1):
        run.stage(stage, partial(_work, run, stage), progress_ppm=number * 300_000)
        _misbehave(run, f"after {stage}")
    run.finish(partial(_effect, run))
    _misbehave(run, "finished")


def forget_to_finish(run: Run) -> None:
    """Return without an effect."""


def _work(run: Run, stage: str) -> str:
    _note("INSERT INTO work VALUES (%s, %s, %s)", run.job.pk, run.attempt, stage)
    _misbehave(run, stage)
    return f"sha256/{stage}"


def _effect(run: Run) -> dict[str, Any]:
    _note("INSERT INTO effect VALUES (%s, %s)", run.job.pk, run.attempt)
    _misbehave(run, "effect")
    return {"url": f"/songs/{run.job.pk}/"}


def _misbehave(run: Run, place: str) -> None:
    """Do what ``params[<fault>] == place`` says; ``until`` limits it to early attempts."""
    asked = {fault for fault, where in run.params.items() if where == place}
    if run.attempt > run.params.get("until", 1_000_000):
        return
    if "grandchild" in asked:
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        _note("INSERT INTO grandchild VALUES (%s, %s)", run.job.pk, sleeper.pid)
    if "shout" in asked:
        print("x" * 300_000, flush=True)  # noqa: T201 - more than a pipe holds
        print("y" * 300_000, file=sys.stderr, flush=True)  # noqa: T201
    if "stubborn" in asked:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "gate" in asked:
        _wait_at_gate(place)
    if "die" in asked:
        os.kill(os.getpid(), signal.SIGKILL)
    if "raise" in asked:
        msg = "the tape is torn"
        raise RuntimeError(msg)
    if "refuse" in asked:
        raise DomainError("test.too_short", "The song is too short. Choose a longer one.")


def _wait_at_gate(name: str) -> None:
    until = time.monotonic() + GATE_OPENS_WITHIN_S
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM gate WHERE name = %s", [name])
            if cursor.fetchone():
                return
        time.sleep(0.02)
    msg = f"nobody opened the gate {name!r}"
    raise TimeoutError(msg)


def _note(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
