"""Two fingerprints are of one recording when window after window lies on one line."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis.fingerprint import hash_landmarks
from library.analysis.types import Fingerprint
from rights.recognition.degradation import at_speed, excerpt
from rights.recognition.local_index import landmarks_of
from rights.recognition.verification import compare
from tests.rights.recognition.sounds import fingerprint_of, song

NOTHING = Fingerprint(np.zeros(0, np.uint32), np.zeros(0, np.int32), 43.07)


def test_a_song_agrees_with_itself_in_every_window():
    agreement = compare(fingerprint_of(0), 1.0, fingerprint_of(0), 0)

    assert (agreement.windows, agreement.agreeing) == (3, 3)
    assert agreement.is_match
    assert (agreement.offset_s, agreement.speed) == (pytest.approx(0, abs=0.02), 1.0)


def test_another_song_agrees_nowhere():
    for shift in (-400, 0, 400):
        agreement = compare(fingerprint_of(0), 1.0, fingerprint_of(1), shift)
        assert (agreement.agreeing, agreement.score, agreement.is_match) == (0, 0, False)


def test_on_the_wrong_line_even_the_same_song_does_not_agree():
    assert not compare(fingerprint_of(0), 1.0, fingerprint_of(0), 60 * 43).is_match


def test_an_excerpt_lies_where_it_was_cut():
    part = hash_landmarks(landmarks_of(*excerpt(*song(0), seconds=14, place=0.5)))

    agreement = compare(part, 1.0, fingerprint_of(0), 13 * 43)

    assert (agreement.windows, agreement.agreeing) == (1, 1)
    assert agreement.offset_s == pytest.approx(13.0, abs=0.05)


def test_the_drift_along_the_windows_refines_the_speed():
    faster = hash_landmarks(landmarks_of(*at_speed(*song(0), speed=1.002)))

    agreement = compare(faster, 1.0, fingerprint_of(0), 0)

    assert agreement.agreeing == 3
    assert agreement.speed == pytest.approx(1.002, abs=7e-4)


def test_nothing_agrees_with_nothing():
    for one, other in ((NOTHING, fingerprint_of(0)), (fingerprint_of(0), NOTHING)):
        agreement = compare(one, 1.0, other, 0)
        assert not agreement.is_match
        assert agreement.windows >= 1
