"""A child reuses what it has freed while it works, and gives it back when it waits."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from config.jobs import memory

PROGRAM = """
import json, resource, sys
from pathlib import Path
from config.jobs import memory

def resident_mb():
    text = Path("/proc/self/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) // 1024

def faults_of_a_block():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(64 << 20)
    block[::4096] = b"x" * len(block[::4096])
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

agreed = memory.keep_freed_memory() if "keep" in sys.argv else None
first, later = faults_of_a_block(), faults_of_a_block()
held = resident_mb()
memory.give_back_freed_memory()
print(json.dumps([agreed, first, later, held, resident_mb()]))
"""

needs_glibc = pytest.mark.skipif(not memory.IS_GLIBC, reason="needs the allocator of glibc")


def measured(*arguments: str):
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@needs_glibc
def test_a_block_that_was_freed_costs_no_page_faults_again():
    agreed, first, later, *_ = measured("keep")
    assert agreed is True
    assert first > 10_000
    assert later < 100


@needs_glibc
def test_without_it_every_large_block_is_paid_for_anew():
    _, first, later, *_ = measured()
    assert later > 0.9 * first


@needs_glibc
def test_what_was_kept_is_given_back_on_request():
    *_, held_mb, left_mb = measured("keep")
    assert held_mb > 64
    assert left_mb < held_mb - 60


def test_without_glibc_nothing_is_done_and_nothing_fails(monkeypatch):
    monkeypatch.setattr(memory, "IS_GLIBC", False)
    assert memory.keep_freed_memory() is False
    memory.give_back_freed_memory()
