"""Stems on tape: shared with a copy of the process, out of memory when nobody works on them, never lost."""

from __future__ import annotations

import errno
import mmap
import os
import resource
import tempfile

import numpy as np
import psutil
import pytest

from generation.rendering import tape
from generation.rendering.tape import let_go, shared_stem, take_up

FRAMES = 1 << 20  # 8 MB


def in_memory():
    """Return the bytes of this process that are in memory because a file stands behind them."""
    return psutil.Process().memory_info().shared


def test_a_shared_stem_is_silence_in_two_channels_that_can_be_written():
    stem = shared_stem(64)
    assert (stem.shape, stem.dtype) == ((64, 2), np.float32)
    assert not stem.any()
    stem[3] = 0.5
    assert stem[3].tolist() == [0.5, 0.5]


def test_a_song_of_no_length_has_stems_too():
    stem = shared_stem(0)
    assert stem.shape == (0, 2)
    let_go(stem)


def test_what_is_let_go_leaves_memory_and_is_there_when_it_is_touched_again():
    stem = shared_stem(FRAMES)
    stem[:] = np.arange(2 * FRAMES, dtype=np.float32).reshape(FRAMES, 2)
    held = in_memory()
    let_go(stem)
    assert in_memory() <= held - 7 * (1 << 20)
    assert stem[FRAMES - 1].tolist() == [2 * FRAMES - 2, 2 * FRAMES - 1]
    stem *= np.float32(0.5)
    let_go(stem)
    assert stem[FRAMES - 1, 1] == FRAMES - 0.5


def test_a_part_of_a_stem_lets_the_whole_of_it_go():
    stem = shared_stem(FRAMES)
    stem[:] = 1
    held = in_memory()
    let_go(stem[10:20, 0])
    assert in_memory() <= held - 7 * (1 << 20)
    assert float(stem.sum(dtype=np.float64)) == 2 * FRAMES


@pytest.mark.parametrize(
    "array", [np.ones((8, 2), np.float32), np.frombuffer(bytes(64), np.float32)]
)
def test_any_other_array_is_left_alone(array):
    before = array.copy()
    take_up(array)
    let_go(array)
    assert np.array_equal(array, before)


def test_what_is_taken_up_is_in_memory_with_its_samples_and_is_not_touched_page_by_page():
    stem = shared_stem(FRAMES)
    stem[:] = 0.5
    let_go(stem)
    out = in_memory()
    take_up(stem)
    assert in_memory() >= out + 7 * (1 << 20)
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    stem *= np.float32(2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults < 100
    assert (stem == 1).all()


def test_where_the_kernel_cannot_take_up_at_once_nothing_is_lost(monkeypatch):
    stem = shared_stem(64)
    stem[:] = 0.5
    monkeypatch.setattr(tape, "POPULATE_WRITE", 9999)
    take_up(stem)
    assert (stem == 0.5).all()


def test_a_copy_of_the_process_writes_into_the_same_stem():
    stem = shared_stem(64)
    copy = os.fork()
    if copy == 0:
        stem[:] = 0.25
        let_go(stem)
        os._exit(0)
    os.waitpid(copy, 0)
    assert (stem == 0.25).all()


def test_its_file_has_no_name_and_no_open_descriptor(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = psutil.Process().num_fds()
    stem = shared_stem(FRAMES)
    stem[:] = 1
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().num_fds() <= before + 1  # the mapping's own
    del stem
    assert psutil.Process().num_fds() == before


def test_where_the_disk_is_full_it_stays_in_memory_and_nothing_is_lost(monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tape.os, "posix_fallocate", full)
    before = psutil.Process().num_fds()
    stem = shared_stem(FRAMES)
    assert psutil.Process().num_fds() == before
    stem[:] = 0.5
    let_go(stem)
    assert float(stem.sum(dtype=np.float64)) == FRAMES
    assert isinstance(tape._room(64), mmap.mmap)
