"""The desk: an exact sum, a balance whatever comes in, a mono bass, dips, sections and echoes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from generation.rendering.arrangement import RATE
from generation.rendering.balance import section_lufs
from generation.rendering.channel import OTHER, STRIPS, strip_of
from generation.rendering.mastering import master
from generation.rendering.mixing import MIX_LUFS, MOST_PEAK, mix
from generation.rendering.spectrum import ReferenceSound, octave_distances_db
from library.analysis.long_term import BANDS_HZ, frames_of, long_term_spectrum
from library.analysis.loudness import measure_loudness
from tests.generation.rendering.desk import BAR_S, arrangement, db, dry_stems

ROOT = Path(__file__).parents[3]
AS_BYTES = """
import hashlib
from generation.rendering.mastering import master
from generation.rendering.mixing import mix
from tests.generation.rendering.desk import arrangement, dry_stems
from dataclasses import replace
song = arrangement()
song = replace(song, parts=song.parts[-3:])
mixed = mix(dry_stems(song), song, reference=None)
print(hashlib.sha256(mixed.audio.tobytes() + master(mixed.audio).audio.tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def song():
    return arrangement()


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def dry(song):
    return dry_stems(song)


@pytest.fixture(scope="module")
def mixed(song, dry, told):
    return mix(dry, song, reference=None, progress=lambda *one: told.append(one))


def some(song, *names):
    """Return the dry stems of a few parts."""
    parts = tuple(part for part in song.parts if part.name in names)
    return dry_stems(replace(song, parts=parts))


def level(audio):
    return measure_loudness(np.asfortranarray(audio), RATE).integrated_lufs


def test_the_stems_sum_to_the_mix_bit_for_bit(mixed):
    total = np.zeros_like(mixed.audio)
    for stem in mixed.stems.values():
        total += stem
    assert (total == mixed.audio).all()
    assert mixed.audio.dtype == np.float32
    assert set(mixed.stems) == {"Lead", "Pad", "Bass", "Kick", "Snare"}


def test_the_dry_arrays_are_used_up_so_that_a_song_is_in_memory_once(dry, mixed):
    assert all(mixed.stems[name] is dry[name] for name in dry)


def test_the_mix_lands_at_its_level_and_nothing_clips(mixed):
    assert level(mixed.audio) == pytest.approx(MIX_LUFS, abs=0.7)
    for audio in (mixed.audio, *mixed.stems.values()):
        assert np.isfinite(audio).all()
        assert np.abs(audio).max() <= MOST_PEAK + 1e-6


def test_the_balance_does_not_depend_on_how_loud_the_instruments_are(song):
    names, changes = ("Lead", "Bass", "Snare"), (-18, 12, 0)
    plain, odd = some(song, *names), some(song, *names)
    for name, change in zip(names, changes, strict=True):
        odd[name] *= np.float32(10 ** (change / 20))
    first, second = (mix(stems, song, reference=None).stems for stems in (plain, odd))
    for name in names:
        assert level(second[name]) == pytest.approx(level(first[name]), abs=0.1)


def test_every_part_stands_at_the_loudness_of_its_strip(mixed):
    lead = level(mixed.stems["Lead"])
    for name, stem in mixed.stems.items():
        assert level(stem) - lead == pytest.approx(STRIPS[name].lufs, abs=1.5)


def test_a_silent_stem_stays_silent_and_an_unknown_one_is_mixed(song):
    stems = some(song, "Lead", "Kick")
    stems["Kick"][:] = 0
    stems["Theremin"] = stems.pop("Lead")
    made = mix(stems, song, reference=None)
    assert not made.stems["Kick"].any()
    assert made.stems["Theremin"].any()
    assert strip_of("Theremin") is OTHER


def test_silence_in_silence_out(song):
    stems = {name: np.zeros((RATE, 2), np.float32) for name in ("Lead", "Kick")}
    made = mix(stems, song, reference=None)
    assert not made.audio.any()
    assert set(made.section_gains_db) == {0.0}


@pytest.mark.parametrize(
    "stems",
    [
        {},
        {"Lead": np.zeros((10, 2), np.float32), "Kick": np.zeros((11, 2), np.float32)},
        {"Lead": np.zeros((10, 1), np.float32)},
    ],
)
def test_stems_of_other_shapes_are_refused(song, stems):
    with pytest.raises(ValueError, match="equal lengths of two channels"):
        mix(stems, song, reference=None)


def test_below_120_hz_the_mix_is_mono(mixed):
    low = butter(6, 80, fs=RATE, output="sos")
    mid, side = (sosfilt(low, mixed.audio @ np.array([0.5, sign])) for sign in (0.5, -0.5))
    assert db(np.sqrt((side**2).mean() / (mid**2).mean())) < -40
    wide = mixed.audio @ np.array([0.5, -0.5])
    assert np.abs(wide).max() > 0.001


def test_pad_and_bass_dip_under_the_kick_by_what_their_strips_say(song):
    without = replace(song, parts=tuple(p for p in song.parts if p.name != "Kick"))
    for name in ("Pad", "Bass"):
        dry = some(song, name)[name]
        ducked, free = (
            mix({name: dry.copy()}, one, reference=None).stems[name] for one in (song, without)
        )
        after = round((3 * BAR_S + 0.003) * RATE)  # a kick falls on each beat from bar 1 on
        between = round((3 * BAR_S + 0.45) * RATE)
        here, there = (
            np.sqrt((ducked[at : at + 400] ** 2).mean() / (free[at : at + 400] ** 2).mean())
            for at in (after, between)
        )
        assert db(here / there) == pytest.approx(-STRIPS[name].duck_db, abs=0.6)


def test_a_verse_lies_under_the_chorus_whatever_was_played(song, mixed):
    power = frames_of([np.ascontiguousarray(c) for c in mixed.audio.T])
    spans = [(s.start_s, s.end_s) for s in song.sections]
    intro, verse, chorus, second = section_lufs(power.weighted, power.step_s, spans)
    assert 2.0 < chorus - verse < 4.0
    assert 2.0 < chorus - second < 4.0
    assert chorus - intro > 4.0
    assert len(mixed.section_gains_db) == 4


def test_a_reference_pulls_the_mix_towards_its_spectrum(song):
    names, hz = ("Lead", "Bass", "Snare"), np.array(BANDS_HZ)
    plain = np.array(long_term_spectrum(mix(some(song, *names), song, reference=None).audio))
    dark = ReferenceSound(tuple(plain + np.where(hz < 150, 4.0, 0) - np.where(hz > 2_000, 4.0, 0)))
    made = long_term_spectrum(mix(some(song, *names), song, reference=dark).audio)
    before, after = (octave_distances_db(one, dark) for one in (plain, np.array(made)))
    assert (after**2).mean() < 0.8 * (before**2).mean()


def test_progress_counts_every_strip_and_never_goes_back(song, mixed, told):
    assert [name for name, _ in told] == ["strips"] * (len(song.parts) + 1)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1


def test_a_song_without_sections_is_mixed_as_one(song):
    made = mix(some(song, "Lead", "Bass"), replace(song, sections=()), reference=None)
    assert len(made.section_gains_db) == 1
    assert level(made.audio) == pytest.approx(MIX_LUFS, abs=0.7)


def test_the_lead_echoes_where_the_song_ends(song):
    dry = some(song, "Lead")["Lead"]
    quiet = replace(song, bpm=0.0)
    wet, plain = (
        mix({"Lead": dry.copy()}, one, reference=None).stems["Lead"] for one in (song, quiet)
    )
    tail = slice(round((5 * BAR_S + 1.6) * RATE), round((5 * BAR_S + 2.6) * RATE))
    assert (wet[tail] ** 2).sum() > 1.5 * (plain[tail] ** 2).sum()


def test_two_processes_make_the_same_bytes(song):
    run = subprocess.run(
        [sys.executable, "-c", AS_BYTES],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "17"},
        check=True,
        text=True,
    )
    short = replace(song, parts=song.parts[-3:])
    made = mix(dry_stems(short), short, reference=None)
    own = hashlib.sha256(made.audio.tobytes() + master(made.audio).audio.tobytes()).hexdigest()
    assert run.stdout.strip() == own
