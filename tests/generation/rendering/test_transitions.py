"""What leads from one section to the next, when, and how it sounds."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE
from generation.rendering.transitions import effects_of
from generation.rendering.voices.transitions import (
    DOWNLIFTER,
    EFFECTS,
    IMPACT,
    REVERSE,
    RISER,
    SWELL,
)
from tests.generation.rendering.measures import centroid_hz, rms, section, share_between

BAR_S = 2.0


def form(*roles_and_energies):
    return tuple(
        section(16.0 * (n + 1), start_s=16.0 * n, role=role, energy=energy)
        for n, (role, energy) in enumerate(roles_and_energies)
    )


SONG = form(("verse", 0.4), ("chorus", 0.8), ("bridge", 0.3), ("chorus", 0.9), ("outro", 0.2))


def test_machines_rise_into_a_chorus_land_on_it_and_sink_away():
    effects = effects_of(SONG, BAR_S, is_synthetic=True)
    at = {(note.pitch, note.start_s) for note in effects}
    assert {(RISER, 12.0), (REVERSE, 14.0), (IMPACT, 16.0), (DOWNLIFTER, 17.0)} <= at
    assert (DOWNLIFTER, 32.0) in at


def test_people_turn_or_roll_a_cymbal_and_use_no_noise():
    effects = effects_of(SONG, BAR_S, is_synthetic=False)
    assert {note.pitch for note in effects} <= {SWELL, REVERSE}
    assert [note.start_s + note.length_s for note in effects] == [16.0, 48.0]


def test_a_larger_lift_is_announced_louder():
    small = effects_of(form(("verse", 0.6), ("chorus", 0.7)), BAR_S, is_synthetic=True)
    large = effects_of(form(("verse", 0.2), ("chorus", 0.9)), BAR_S, is_synthetic=True)
    assert max(n.velocity for n in large) > max(n.velocity for n in small)


def test_nothing_rises_before_the_song_or_longer_than_its_section():
    sections = (section(1.0), section(9.0, role="chorus", start_s=1.0, energy=0.9))
    effects = effects_of(sections, BAR_S, is_synthetic=True)
    assert min(n.start_s for n in effects) == 0.0


def test_a_song_of_one_section_needs_no_transition():
    assert effects_of(form(("verse", 0.5)), BAR_S, is_synthetic=True) == ()


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_every_effect_is_clean_and_of_about_its_length(effect):
    x = EFFECTS[effect](1.5)
    assert np.isfinite(x).all()
    assert np.abs(x).max() == pytest.approx(1.0, abs=0.02)
    assert 1.4 * RATE <= len(x) <= 2.8 * RATE
    assert np.abs(x[-20:]).max() < 0.02
    assert abs(float(x.mean())) < 0.02


def test_a_riser_grows_and_brightens_and_a_downlifter_does_the_opposite():
    up, down = EFFECTS[RISER](2.0), EFFECTS[DOWNLIFTER](2.0)
    first, last = slice(RATE // 4, 3 * RATE // 4), slice(5 * RATE // 4, 7 * RATE // 4)
    assert rms(up[last]) > 3 * rms(up[first])
    assert centroid_hz(up[last]) > 2 * centroid_hz(up[first])
    assert rms(down[first]) > 3 * rms(down[last])
    assert centroid_hz(down[first]) > 1.5 * centroid_hz(down[last])


def test_an_impact_is_felt_more_than_heard():
    assert share_between(EFFECTS[IMPACT](2.2), 20, 150) > 0.5
