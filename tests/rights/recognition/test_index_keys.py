"""The keys of the index: few, the same on both sides, and wherever the sound is cut."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis.fingerprint import hash_landmarks
from library.analysis.types import Fingerprint
from rights.recognition.index_keys import (
    ONE_IN,
    SAME_KEY_MOST,
    IndexKeys,
    all_quads,
    evenly,
    index_keys,
    is_chosen,
)
from rights.recognition.local_index import landmarks_of
from rights.recognition.packing import pack_fingerprint, pack_landmarks, unpack_landmarks
from rights.recognition.synthesis import invented_song
from tests.rights.recognition.sounds import SECONDS, fingerprint_of, song

NOTHING = Fingerprint(np.zeros(0, np.uint32), np.zeros(0, np.int32), 43.07)


def test_a_song_has_about_eight_keys_a_second():
    keys = index_keys(fingerprint_of(0))

    assert 4 < len(keys.keys) / SECONDS < 10
    assert keys.keys.dtype == np.int64
    assert keys.frames.dtype == np.int32
    assert (np.diff(keys.keys) >= 0).all()
    assert (keys.keys < 2**47).all()


def test_one_in_twenty_quads_is_chosen():
    quads, frames = all_quads(fingerprint_of(0))

    assert len(quads) == len(frames)
    assert is_chosen(np.arange(200_000)).mean() == pytest.approx(1 / ONE_IN, rel=0.1)
    assert set(index_keys(fingerprint_of(0)).keys) <= set(quads[is_chosen(quads)])


def test_a_peak_with_five_pairs_makes_ten_quads_and_one_with_two_makes_none():
    def peak(pairs):
        hashes = [(100 << 13) | ((64 + n) << 6) | n for n in range(pairs)]
        return Fingerprint(np.array(sorted(hashes), np.uint32), np.full(pairs, 7, np.int32), 43.07)

    assert [len(all_quads(peak(pairs))[0]) for pairs in (0, 2, 3, 4, 5)] == [0, 0, 1, 4, 10]
    quad = all_quads(peak(3))[0][0]
    assert quad >> 39 == 100
    assert [int(quad >> place & 0x7F) - 64 for place in (26, 13, 0)] == [0, 1, 2]


def test_an_excerpt_has_the_keys_of_its_part_of_the_song():
    samples, rate_hz = song(0)
    start = 20 * 512 * 40  # whole frames, so that the spectra are the same
    part = samples[start : start + 15 * rate_hz]
    whole = index_keys(fingerprint_of(0))
    cut = index_keys(hash_landmarks(landmarks_of(part, rate_hz)))

    shared = np.isin(cut.keys, whole.keys).mean()

    # The strongest peaks of each second are kept, and a cut begins its seconds elsewhere.
    assert shared > 0.35


def test_a_loop_gives_each_key_only_a_few_places():
    samples, rate_hz = invented_song(3, seconds=8.0)
    loop = np.tile(samples[: 344 * 512], 8)

    keys = index_keys(hash_landmarks(landmarks_of(loop, rate_hz)))

    _names, counts = np.unique(keys.keys, return_counts=True)
    assert counts.max() == SAME_KEY_MOST


def test_thinning_out_keeps_the_whole_time():
    keys = index_keys(fingerprint_of(0))

    few = evenly(keys, 50)

    assert len(few.keys) == 50
    assert (few.frames.min(), few.frames.max()) == (keys.frames.min(), keys.frames.max())
    assert evenly(keys, 10_000) is keys


def test_nothing_has_no_keys_and_survives_packing():
    assert len(index_keys(NOTHING).keys) == 0
    assert len(evenly(IndexKeys(np.zeros(0, np.int64), np.zeros(0, np.int32)), 5).keys) == 0
    assert len(unpack_landmarks(pack_landmarks(NOTHING)).hashes) == 0


def test_packing_loses_nothing_and_is_the_same_each_time():
    fingerprint = fingerprint_of(1)

    packed = pack_fingerprint(fingerprint)
    back = unpack_landmarks(packed.landmarks)

    np.testing.assert_array_equal(back.hashes, fingerprint.hashes)
    np.testing.assert_array_equal(back.frames, fingerprint.frames)
    assert back.frames_per_second == fingerprint.frames_per_second
    assert pack_fingerprint(back) == packed
    assert packed.landmark_count == len(fingerprint.hashes)
    assert len(packed.landmarks) < 8 * len(fingerprint.hashes)
