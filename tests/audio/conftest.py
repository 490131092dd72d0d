"""Analyses that several tests look at, each made once per run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from library.analysis.pipeline import analyse_pcm
from tests.analyses import analysed
from tests.audio import signals

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
POP, SONGS = SHARED / "pop", SHARED / "songs"
FORM = "AABBABB"
LOOPS = {"A": ["A:min", "F:maj", "C:maj", "G:maj"], "B": ["D:min", "A#:maj", "F:maj", "E:maj"]}


@pytest.fixture(scope="session")
def pop():
    """[(name, truth, analysis)] of the twelve songs with exact truth."""
    if not POP.is_dir():
        pytest.skip("needs ../shared/data/pop, twelve rendered songs with exact truth")
    return [
        (path.stem, json.loads(path.read_text()), analysed(path.with_suffix(".ogg")))
        for path in sorted(POP.glob("pop-*.json"))
    ]


@pytest.fixture(scope="session")
def real():
    """{name: analysis} of the ten real recordings."""
    if not SONGS.is_dir():
        pytest.skip("needs ../shared/data/songs, ten recordings")
    return {p.name: analysed(p) for p in sorted(SONGS.iterdir()) if p.suffix in {".mp3", ".ogg"}}


@pytest.fixture(scope="session")
def formed():
    """(analysis, truth, FORM) of a synthetic song with eight-bar sections A A B B A B B."""
    labels, bright = [], []
    for letter in FORM:
        labels += 2 * LOOPS[letter]
        bright += [3 if letter == "A" else 12] * 8
    samples, truth = signals.song(labels, 44_100, bpm=112, bright=bright)
    return analyse_pcm(samples, 44_100), truth
