"""Small songs, composed once for this folder: what is said of a song is said of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generation.composition.base import FormPlan
from generation.composition.compose import compose
from generation.composition.plan import Options
from tests.generation.songs import usual_weights

SMALL = FormPlan(
    "small",
    1.0,
    (("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("outro", 4)),
)
TURNING = FormPlan(
    "turning",
    1.0,
    (
        ("intro", 4),
        ("verse", 8),
        ("pre", 4),
        ("chorus", 8),
        ("bridge", 8),
        ("chorus", 8),
        ("outro", 4),
    ),
)


@pytest.fixture(scope="session")
def small(base):
    """The base pack with one form, of forty bars: a song that takes little time to write."""
    return replace(base, forms=(SMALL,))


@pytest.fixture(scope="session")
def third(small, sources):
    """A song in major; its drummer plays sixteenths well ahead of the beat."""
    return compose(sources, small, usual_weights(sources), Options(seed=9))


@pytest.fixture(scope="session")
def minor(base, sources):
    """A song in minor, with a pre-chorus and a bridge."""
    pack = replace(base, forms=(TURNING,))
    options = Options(seed=1, mode="minor", energy=0.8)
    return compose(sources, pack, usual_weights(sources), options)


@pytest.fixture(scope="session")
def songs(third, minor):
    return third, minor
