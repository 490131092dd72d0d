"""Single strips on signals one can compute: pan, width, high-pass, reverbs, cross-fades between sections."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generation.rendering import mixing
from generation.rendering.arrangement import RATE, Arrangement, Note, Part
from generation.rendering.arranging import PITCHED
from generation.rendering.channel import STRIPS, Strip
from generation.rendering.drumkit import DRUM_PARTS
from generation.rendering.equaliser import Band, magnitude_db
from generation.rendering.mixing import mix
from tests.generation.rendering.desk import db, noise, tone
from tests.generation.rendering.measures import section

SECONDS = 4
PLAIN = Strip(0.0, (), None, crest_db=60.0)
"""A strip that does nothing but stand at its loudness."""


def song(*sections, parts=()):
    return Arrangement(float(SECONDS), 120.0, 1, tuple(parts), sections)


def through(monkeypatch, strip, audio, arrangement=None):
    """Return what one stem becomes alone on the desk, without the last fade."""
    monkeypatch.setattr(mixing, "strip_of", lambda name: strip)
    monkeypatch.setattr(mixing, "last_fade", lambda samples: 1.0)
    return mix({"Lead": audio.copy()}, arrangement or song(), reference=None).audio


def powers(audio):
    """Return the mean squares of left and right, the edges left out."""
    middle = audio[RATE // 2 : -RATE // 2].astype(np.float64)
    return (middle**2).mean(0)


def test_every_part_that_is_played_has_a_strip():
    assert {*PITCHED, *DRUM_PARTS, "Effects"} <= set(STRIPS)


def test_a_plain_strip_changes_nothing_but_the_level(monkeypatch):
    dry = noise(SECONDS)
    dry[:, 1] = dry[:, 0]
    wet = through(monkeypatch, PLAIN, dry)
    gain = np.sqrt((wet**2).mean() / (dry**2).mean())
    assert db(np.sqrt(((wet - gain * dry) ** 2).mean()) / np.sqrt((wet**2).mean())) < -80


@pytest.mark.parametrize(("pan", "louder"), [(-0.5, 0), (0.5, 1)])
def test_panning_moves_what_lies_above_the_bass_and_keeps_the_middle(monkeypatch, pan, louder):
    left_right = powers(through(monkeypatch, replace(PLAIN, pan=pan), tone(SECONDS, 1_000)))
    assert db(np.sqrt(left_right[louder] / left_right[1 - louder])) == pytest.approx(
        db(1.5 / 0.5),
        abs=1.0,  # the bass's high-pass turns the side's phase a little at 1 kHz
    )
    low = powers(through(monkeypatch, replace(PLAIN, pan=pan), tone(SECONDS, 40)))
    assert db(np.sqrt(low[louder] / low[1 - louder])) == pytest.approx(0, abs=0.25)


def test_width_multiplies_the_side_and_zero_makes_it_mono(monkeypatch):
    dry = tone(SECONDS, 1_000)
    dry[:, 1] *= 0.5
    levels = []
    for width in (0.0, 1.0, 2.0):
        wet = through(monkeypatch, replace(PLAIN, width=width), dry)
        middle, side = wet.sum(1), wet[:, 0] - wet[:, 1]
        levels.append(np.sqrt((side[RATE:-RATE] ** 2).mean() / (middle[RATE:-RATE] ** 2).mean()))
    assert levels[0] < 1e-4
    assert levels[2] == pytest.approx(2 * levels[1], rel=1e-3)


@pytest.mark.parametrize("hz", [50, 300, 3_000])
def test_a_strip_filters_by_its_bands(monkeypatch, hz):
    bands = (Band("highpass", 120), Band("peak", 300, -4.0, 1.0), Band("highshelf", 2_000, 6.0))
    pair = tone(SECONDS, hz, 0.05) + tone(SECONDS, 1_000, 0.05)
    wet = through(monkeypatch, replace(PLAIN, bands=bands), pair)[RATE:-RATE, 0]
    power = np.abs(np.fft.rfft(wet * np.hanning(len(wet)))) ** 2
    bins = np.fft.rfftfreq(len(wet), 1 / RATE)
    own, other = (power[np.abs(bins - at) < 4].sum() for at in (hz, 1_000))
    wanted = magnitude_db(bands, np.array([float(hz), 1_000.0]))
    assert 10 * np.log10(own / other) == pytest.approx(wanted[0] - wanted[1], abs=0.05)


@pytest.mark.parametrize(("name", "least_s", "most_s"), [("room", 0.1, 0.45), ("hall", 0.5, 1.4)])
def test_reverb_rings_on_after_the_sound_at_the_level_of_its_send(
    monkeypatch, name, least_s, most_s
):
    dry = noise(SECONDS)
    dry[:, 1] = dry[:, 0]
    dry[2 * RATE :] = 0
    send = {f"{name}_db": -12.0}
    wet = through(monkeypatch, replace(PLAIN, **send), dry)
    tail = np.abs(wet[2 * RATE + 20 :]).max(1)
    ringing = np.flatnonzero(tail > 1e-4 * np.abs(wet).max())
    assert least_s < ringing[-1] / RATE < most_s + 0.05
    plain = through(monkeypatch, PLAIN, dry)
    assert not plain[2 * RATE + 20 :].any() or np.abs(plain[2 * RATE + 20 :]).max() < 1e-5


def test_equal_sections_filter_as_one(monkeypatch):
    monkeypatch.setattr(mixing, "section_gains_db", lambda sections, lufs: (0.0,) * len(sections))
    dry, whole = noise(SECONDS), [section(4.0)]
    halves = [section(1.3), section(4.0, start_s=1.3)]
    strip = STRIPS["Pad"]
    one, two = (through(monkeypatch, strip, dry, song(*parts)) for parts in (whole, halves))
    assert db(np.sqrt(((one - two) ** 2).mean() / (one**2).mean())) < -80


def test_a_brighter_section_is_brighter_and_the_change_does_not_click(monkeypatch):
    dry = tone(SECONDS, 300, 0.05) + tone(SECONDS, 9_000, 0.05)
    parts = [section(2.0, brightness=0.0), section(4.0, start_s=2.0, brightness=1.0)]
    wet = through(monkeypatch, PLAIN, dry, song(*parts))[:, 0].astype(np.float64)

    def high_over_low(first, last):
        part = wet[round(first * RATE) : round(last * RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        hz = np.fft.rfftfreq(len(part), 1 / RATE)
        return 10 * np.log10(power[hz > 5_000].sum() / power[hz < 1_000].sum())

    assert high_over_low(2.5, 3.5) - high_over_low(0.5, 1.5) == pytest.approx(2.8, abs=0.4)
    steps = np.abs(np.diff(wet))
    around = steps[round(1.9 * RATE) : round(2.1 * RATE)].max()
    assert around <= 1.02 * steps[round(2.5 * RATE) : round(3.5 * RATE)].max()


def test_a_crest_is_held_whatever_the_transient(monkeypatch):
    dry = noise(SECONDS, level=0.02)
    dry[:: RATE // 2] = 0.9
    wet = through(monkeypatch, replace(PLAIN, width=0.0, crest_db=9.0), dry)[:, 0]
    power = (wet[100 : RATE // 2 - 100] ** 2).mean()
    spikes = np.abs(through(monkeypatch, replace(PLAIN, width=0.0), dry)).max()
    assert np.abs(wet).max() < 0.5 * spikes
    assert power > 0


def test_only_parts_that_duck_hear_the_kick(monkeypatch):
    kicks = Part("Kick", "studio", tuple(Note(0.5 * n, 0.1, 36, 100) for n in range(1, 8)))
    dry = tone(SECONDS, 500)
    steady = through(monkeypatch, PLAIN, dry, song(parts=[kicks]))
    ducked = through(monkeypatch, replace(PLAIN, duck_db=6.0), dry, song(parts=[kicks]))

    def swing(audio):
        blocks = np.abs(audio[RATE : 3 * RATE, 0]).reshape(-1, RATE // 100).max(1)
        return db(blocks.max() / blocks.min())

    assert swing(steady) < 0.2
    assert swing(ducked) == pytest.approx(5.6, abs=0.5)
