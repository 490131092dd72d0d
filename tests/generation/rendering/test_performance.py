"""Dry stems of a whole arrangement: equal lengths, clean, the same bytes anywhere."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from generation.rendering import performance
from generation.rendering.arrangement import RATE, Arrangement, Note, Part
from generation.rendering.fonts import find_soundfont
from generation.rendering.instruments import INSTRUMENTS
from generation.rendering.performance import TAIL_S, perform, play_part
from generation.rendering.soundfont import FontPlayer
from generation.rendering.voices.transitions import IMPACT, RISER
from tests.generation.rendering.measures import centroid_hz, rms, section


def short(**instruments):
    """Return four seconds with everything in them."""
    line = tuple(Note(0.5 * n, 0.48, 64 + n % 5, 90) for n in range(8))
    chord = tuple(Note(at, 0.9, p, 75) for at in (0.0, 1.0, 2.0, 3.0) for p in (55, 59, 62))
    beat = tuple(Note(0.5 * n, 0.1, (36, 38)[n % 2], 105) for n in range(8))
    hats = tuple(Note(0.25 * n, 0.1, 42, 80) for n in range(16))
    parts = (
        Part("Lead", instruments.get("lead", "saw-lead"), line),
        Part("Comp", instruments.get("comp", "electric-piano"), chord),
        Part("Pad", instruments.get("pad", "warm-pad"), chord),
        Part("Bass", "synth-bass", tuple(replace(n, pitch=n.pitch - 28) for n in line)),
        Part("Kick", "machine", beat[::2]),
        Part("Snare", "machine", beat[1::2]),
        Part("Hats", "machine", hats),
        Part("Effects", "transitions", (Note(0.0, 2.0, RISER, 90), Note(2.0, 1.5, IMPACT, 90))),
    )
    sections = (
        section(2.0, energy=0.3, brightness=0.3),
        section(4.0, role="chorus", start_s=2.0, energy=0.9, brightness=0.7),
    )
    return Arrangement(4.0, 120.0, 7, parts, sections)


@pytest.fixture(scope="module")
def stems():
    return perform(short(), soundfont=None)


def test_stems_are_as_long_as_the_song_and_its_tail_and_in_the_parts_order(stems):
    assert list(stems) == [part.name for part in short().parts]
    for x in stems.values():
        assert x.shape == (round((4.0 + TAIL_S) * RATE), 2)
        assert x.dtype == np.float32


def test_every_stem_sounds_without_offset_or_clipping_and_ends_in_silence(stems):
    for name, x in stems.items():
        assert np.isfinite(x).all(), name
        assert rms(x) > 1e-4, name
        assert np.abs(x).max() < 1, name
        assert abs(float(x.mean())) < 5e-4, name
        assert np.abs(x[-50:]).max() < 1e-4, name


def test_the_beginning_is_kept_silent_where_nobody_plays():
    late = replace(short(), parts=(Part("Lead", "saw-lead", (Note(1.0, 0.5, 64, 90),)),))
    x = perform(late, soundfont=None)["Lead"]
    assert not x[: RATE - 10].any()
    assert x[RATE : RATE + 4000].any()


def test_an_effect_that_comes_back_is_the_same_sound_at_its_own_level(monkeypatch):
    made = []
    real = performance.EFFECTS[IMPACT]
    counted = {IMPACT: lambda seconds: (made.append(seconds), real(seconds))[1]}
    monkeypatch.setattr(performance, "EFFECTS", counted)
    notes = (Note(0.0, 0.8, IMPACT, 127), Note(1.0, 0.8, IMPACT, 64), Note(2.0, 0.5, IMPACT, 127))
    stem = np.zeros((4 * RATE, 2), np.float32)
    play_part(Part("Effects", "transitions", notes), stem, (), None)
    first, second = stem[: RATE - 1], stem[RATE : 2 * RATE - 1]
    assert second == pytest.approx(first * np.float32(64 / 127), abs=1e-6)
    assert not np.allclose(stem[2 * RATE : 3 * RATE - 1], first, atol=1e-3)
    assert made == [0.8, 0.5]


def test_progress_is_told_to_the_end():
    told = []
    one = replace(short(), parts=short().parts[4:6])
    perform(one, soundfont=None, progress=told.append)
    assert told == [0.5, 1.0]


def played(part, frames, sections, font=None):
    stem = np.zeros((frames, 2), np.float32)
    play_part(part, stem, sections, font)
    return stem


def digest(stems):
    sha = hashlib.sha256()
    for name, x in stems.items():
        sha.update(name.encode() + x.tobytes())
    return sha.hexdigest()


SCRIPT = """
from generation.rendering.performance import perform
from generation.rendering.fonts import find_soundfont
from tests.generation.rendering.test_performance import digest, short
found = find_soundfont()
print(digest(perform(short(pad="string-section"), soundfont=found.path if found else None)))
"""


def test_another_process_with_another_hash_seed_makes_the_same_bytes():
    found = find_soundfont()
    here = digest(perform(short(pad="string-section"), soundfont=found.path if found else None))
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "1234", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
    )
    assert there.stdout.strip() == here


def test_two_players_make_the_same_bytes_as_one():
    found = find_soundfont()
    font = found.path if found else None
    alone = perform(short(pad="string-section"), soundfont=font, players=1)
    together = perform(short(pad="string-section"), soundfont=font, players=2)
    assert digest(alone) == digest(together)


def test_without_a_soundfont_our_own_voices_play_what_it_would():
    found = find_soundfont()
    if found is None:
        pytest.skip("no SoundFont on this machine: install fluid-soundfont-gm")
    arrangement = replace(short(comp="grand-piano"), parts=short(comp="grand-piano").parts[1:2])
    own = perform(arrangement, soundfont=None)["Comp"]
    recorded = perform(arrangement, soundfont=found.path)["Comp"]
    assert not np.allclose(own, recorded, atol=1e-3)
    # Whoever plays, the part is about as loud.
    assert 0.4 < rms(own) / rms(recorded) < 2.5


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_instrument_is_about_as_loud_as_the_others(name):
    instrument = INSTRUMENTS[name]
    pitch = (instrument.low + instrument.high) // 2
    part = Part("Comp", name, (Note(0.1, 0.5, pitch, 100),))
    x = played(part, round(0.8 * RATE), (section(0.8),))
    assert 0.002 < rms(x[: 6 * RATE // 10]) < 0.12
    assert np.abs(x).max() < 0.7


def test_a_pad_is_darker_in_a_dark_section_and_opens_into_a_bright_one():
    held = (Note(0.0, 4.0, 60, 90), Note(0.0, 4.0, 67, 90))
    sections = (
        section(2.0, energy=0.1, brightness=0.1),
        section(4.0, role="chorus", start_s=2.0, energy=0.9, brightness=0.9),
    )
    x = played(Part("Pad", "bright-pad", held), 4 * RATE, sections)
    dark, bright = x[RATE // 2 : RATE], x[5 * RATE // 2 : 7 * RATE // 2]
    assert centroid_hz(bright) > 1.3 * centroid_hz(dark)


def test_no_instrument_vanishes_on_one_loudspeaker():
    found = find_soundfont()
    held = tuple(Note(0.0, 0.9, pitch, 90) for pitch in (55, 60, 64, 67))
    for font in (FontPlayer(found.path) if found else None, None):
        for name in ("grand-piano", "string-section", "hollow-pad", "bright-pad"):
            x = played(Part("Pad", name, held), RATE, (section(1.0),), font)
            assert 20 * np.log10(rms(x.mean(axis=1)) / rms(x)) > -3.5, name


def test_an_instrument_nobody_knows_is_an_error():
    with pytest.raises(KeyError, match="zither"):
        played(Part("Lead", "zither", ()), RATE, ())
