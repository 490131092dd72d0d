"""Songs composed once for all tests of this folder."""

from __future__ import annotations

import pytest

from generation.composition.base import load_base_pack
from generation.composition.compose import compose
from generation.composition.plan import Options
from tests.generation.songs import ten_sources, usual_weights


@pytest.fixture(scope="session")
def base():
    return load_base_pack()


@pytest.fixture(scope="session")
def sources():
    return ten_sources()


@pytest.fixture(scope="session")
def made(base, sources):
    return compose(sources, base, usual_weights(sources), Options(seed=3))
