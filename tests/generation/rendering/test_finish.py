"""Mix and master in one go, and a whole rendering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generation.rendering.arrangement import RATE, Arrangement, Note, Part
from generation.rendering.finish import MIX_SHARE, finish
from generation.rendering.performance import TAIL_S
from generation.rendering.render import PERFORM_SHARE, render
from tests.generation.rendering.desk import arrangement, dry_stems
from tests.generation.rendering.measures import section


def test_finishing_gives_master_mix_stems_and_what_they_took():
    song, told = arrangement(), []
    song = replace(song, parts=song.parts[:2])
    made = finish(
        dry_stems(song),
        song,
        reference=None,
        target_lufs=-18.0,
        progress=lambda *one: told.append(one),
    )
    assert made.master.lufs == pytest.approx(-18.0, abs=0.1)
    assert made.stems is made.mix.stems
    assert made.master.audio.shape == made.mix.audio.shape
    assert made.arrangement is song
    assert set(made.figures) == {"mix_s", "master_s"}
    assert all(seconds > 0 for seconds in made.figures.values())
    assert told[-1] == ("master", MIX_SHARE)
    assert [share for _, share in told] == sorted(share for _, share in told)


def test_a_whole_rendering_without_a_soundfont():
    notes = tuple(Note(0.5 * n, 0.4, 60 + 2 * (n % 4), 100) for n in range(8))
    song = Arrangement(
        seconds=4.0,
        bpm=120.0,
        seed=3,
        parts=(Part("Lead", "flute", notes),),
        sections=(section(4.0, role="chorus"),),
    )
    told = []
    made = render(song, soundfont=None, reference=None, progress=lambda *one: told.append(one))
    assert made.master.lufs == pytest.approx(-14.0, abs=0.1)
    assert len(made.master.audio) == round((4.0 + TAIL_S) * RATE)
    assert set(made.figures) == {"perform_s", "mix_s", "master_s"}
    assert told[0][0] == "perform"
    assert told[-1] == ("master", PERFORM_SHARE + MIX_SHARE * (1 - PERFORM_SHARE))
    assert not made.master.audio[-10:].any() or np.abs(made.master.audio[-10:]).max() < 1e-4
