"""Songs of several seeds, composed once for this folder: what is said of a song is said of each."""

from __future__ import annotations

import pytest

from generation.composition.compose import compose
from generation.composition.plan import Options
from tests.generation.songs import usual_weights

SHORT = {"seconds": 120.0, "bpm": 112.0}


@pytest.fixture(scope="session")
def third(base, sources):
    """A song in another key, of other units."""
    return compose(sources, base, usual_weights(sources), Options(seed=3, **SHORT))


@pytest.fixture(scope="session")
def minor(base, sources):
    """A song in minor."""
    options = Options(seed=4, mode="minor", energy=0.8, **SHORT)
    return compose(sources, base, usual_weights(sources), options)


@pytest.fixture(scope="session")
def songs(made, third, minor):
    return made, third, minor
