"""Every audio bar can be cleared, and each is missed by a signal that is broken in just that way."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from generation.quality.audio import contrast_lu, correlation, judge_audio, mono_loss_db, silences
from generation.quality.finding import Finding
from generation.rendering.arrangement import RATE, Arrangement
from generation.rendering.finish import Rendering
from generation.rendering.mastering import Mastered
from generation.rendering.mixing import Mix
from generation.rendering.spectrum import ReferenceSound
from library.analysis.long_term import long_term_spectrum
from library.analysis.loudness import measure_loudness
from library.analysis.types import Loudness
from tests.generation.rendering.desk import noise, tone
from tests.generation.rendering.measures import section

EACH_S = 5
SECONDS = 4 * EACH_S
SECTIONS = tuple(
    section(float((n + 1) * EACH_S), role=role, start_s=float(n * EACH_S))
    for n, role in enumerate(("verse", "chorus", "bridge", "chorus"))
)
LEVELS = (-3.0, 0.0, -8.0, 0.0)


def song_audio(levels=LEVELS, seconds=SECONDS):
    """Return noise that is wide in its middle and louder in the choruses, at -14 LUFS."""
    mid, side = noise(seconds, seed=1)[:, :1], noise(seconds, seed=2)[:, :1]
    audio = np.concatenate([mid + 0.3 * side, mid - 0.3 * side], axis=1)
    for number, level in enumerate(levels):
        audio[EACH_S * number * RATE : EACH_S * (number + 1) * RATE] *= np.float32(
            10 ** (level / 20)
        )
    loud = measure_loudness(np.asfortranarray(audio), RATE).integrated_lufs
    return audio * np.float32(10 ** ((-14 - loud) / 20))


GOOD = song_audio()
GOOD.setflags(write=False)
NOT_ASKED = Loudness(0.0, 0.0, 0.0, ())
"""What the master believes of itself: the bars measure anew."""
REFERENCE = ReferenceSound(long_term_spectrum(GOOD))


def rendering(audio, stems=None, sections=SECTIONS):
    stems = {"Lead": audio} if stems is None else stems
    song = Arrangement(float(SECONDS), 120.0, 1, (), sections)
    made = Mastered(audio, 0.0, 0.0, 0.0, 0.0, NOT_ASKED, ())
    return Rendering(made, Mix(stems, audio, {}, ()), song, {})


def missed(audio, *, asked_s=float(SECONDS), reference=REFERENCE, **changes):
    findings = judge_audio(rendering(audio, **changes), reference, asked_s=asked_s)
    return {finding.name for finding in findings if not finding.passed}


def test_a_good_song_clears_every_bar():
    findings = judge_audio(rendering(GOOD), REFERENCE, asked_s=SECONDS)
    assert [f.name for f in findings if not f.passed] == []
    assert {f.name for f in findings} == {
        "loudness_lufs",
        "true_peak_dbtp",
        "loudness_range_lu",
        "dc_offset",
        "clipped_samples",
        "inner_silence_s",
        "head_s",
        "tail_s",
        "mono_loss_db",
        "correlation",
        "length_s",
        "stems_residual_db",
        "octaves_off_db",
        "chorus_over_verse_lu",
    }


def changed(first, last, values):
    audio = GOOD.copy()
    audio[round(first * RATE) : round(last * RATE)] = values
    return audio


def padded(before_s, after_s):
    return np.pad(GOOD, ((round(before_s * RATE), round(after_s * RATE)), (0, 0)))


def swapped():
    return np.stack([GOOD[:, 0], -GOOD[:, 0]], axis=1)


BROKEN = [
    ("loudness_lufs", lambda: GOOD * np.float32(10 ** (-0.7 / 20))),
    ("loudness_lufs", lambda: GOOD * np.float32(10 ** (0.7 / 20))),
    ("true_peak_dbtp", lambda: changed(9, 9.0001, 0.95)),
    ("loudness_range_lu", lambda: song_audio((-2.0, 0.0, -2.0, 0.0))),
    ("loudness_range_lu", lambda: song_audio((-3.0, 0.0, -16.0, 0.0))),
    ("dc_offset", lambda: GOOD + np.float32(0.004)),
    ("clipped_samples", lambda: changed(9, 9.0001, 1.0)),
    ("inner_silence_s", lambda: changed(11, 13, 0.0)),
    ("head_s", lambda: padded(0.6, 0)),
    ("tail_s", lambda: padded(0, 3.2)),
    ("mono_loss_db", swapped),
    ("correlation", swapped),
    ("octaves_off_db", lambda: GOOD + tone(SECONDS, 63, 0.4)),
    ("chorus_over_verse_lu", lambda: song_audio((-1.2, 0.0, -9.0, 0.0))),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=[name for name, _ in BROKEN])
def test_each_bar_is_missed_by_what_breaks_it(name, broken):
    assert name in missed(broken())


def test_small_faults_are_no_faults():
    assert missed(GOOD * np.float32(10 ** (-0.4 / 20))) == set()
    assert missed(padded(0.4, 0)) - {"chorus_over_verse_lu"} == set()
    assert missed(changed(11, 12.4, 0.0)) == set()


def test_the_length_is_the_asked_one_or_a_usual_one():
    assert missed(GOOD, asked_s=None) == {"length_s"}
    assert missed(GOOD, asked_s=18.0) == set()
    assert missed(GOOD, asked_s=17.0) == {"length_s"}
    assert missed(GOOD, asked_s=24.0) == {"length_s"}
    (length,) = (f for f in judge_audio(rendering(GOOD), None) if f.name == "length_s")
    assert (length.value, length.low, length.high) == (20.0, 150.0, 240.0)


def test_stems_that_do_not_sum_to_the_mix_are_noticed():
    half = GOOD * np.float32(0.5)
    assert missed(GOOD, stems={"Lead": half, "Bass": half}) == set()
    assert missed(GOOD, stems={"Lead": half, "Bass": half + np.float32(1e-4)}) == {
        "stems_residual_db"
    }
    assert missed(GOOD, stems={"Lead": half}) == {"stems_residual_db"}


def test_without_reference_or_verse_there_is_nothing_to_compare():
    findings = judge_audio(rendering(GOOD, sections=SECTIONS[1:]), None)
    assert {"octaves_off_db", "chorus_over_verse_lu"}.isdisjoint(f.name for f in findings)


def test_silence_passes_nearly_nothing_and_breaks_nothing():
    found = missed(np.zeros((SECONDS * RATE, 2), np.float32))
    assert {"loudness_lufs", "head_s", "tail_s", "correlation", "mono_loss_db"} <= found


def test_silences_are_measured_at_both_ends_and_within():
    audio = np.zeros((10 * RATE, 2), np.float32)
    assert silences(audio) == (10.0, 10.0, 0.0)
    audio[2 * RATE : 3 * RATE] = 0.5
    audio[5 * RATE : 7 * RATE, 1] = 0.5
    assert silences(audio) == pytest.approx((2.0, 3.0, 2.0), abs=0.021)
    audio[4 * RATE] = 0.0009  # below -60 dB
    assert silences(audio)[2] == pytest.approx(2.0, abs=0.021)


def test_fold_down_and_correlation_have_their_textbook_values():
    mono, wide = tone(1, 440), noise(4)
    one_side = mono * np.array([1, 0], np.float32)
    assert mono_loss_db(mono) == pytest.approx(0, abs=1e-6)
    assert mono_loss_db(wide) == pytest.approx(3.01, abs=0.1)
    assert mono_loss_db(one_side) == pytest.approx(3.01, abs=1e-3)
    assert correlation(mono) == pytest.approx(1, abs=1e-6)
    assert correlation(wide) == pytest.approx(0, abs=0.02)
    assert correlation(mono * np.array([1, -1], np.float32)) == pytest.approx(-1, abs=1e-6)


def test_the_contrast_weighs_sections_by_their_length():
    loudness = measure_loudness(np.asfortranarray(GOOD), RATE)
    assert contrast_lu(loudness, SECTIONS) == pytest.approx(3.0, abs=0.1)
    assert contrast_lu(loudness, [replace(s, role="verse") for s in SECTIONS]) is None
    assert contrast_lu(loudness, []) is None


@pytest.mark.parametrize(
    ("value", "low", "high", "passed"),
    [
        (1.0, 1.0, 2.0, True),
        (2.0, 1.0, 2.0, True),
        (0.99, 1.0, None, False),
        (2.01, None, 2.0, False),
        (-1e9, None, 2.0, True),
        (nan, None, None, False),
        (-inf, None, 2.0, False),
    ],
)
def test_a_finding_passes_inside_its_range_and_must_be_a_number(value, low, high, passed):
    assert Finding("measure", value, low, high).passed is passed
