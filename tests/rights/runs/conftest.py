"""The second person in the office, and a world of owners."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.rights.runs.months import World


@pytest.fixture
def olive(db):
    """The second person in the office."""
    return User.objects.create_user(email="olive@tenfold.example", is_staff=True)


@pytest.fixture
def world(db):
    return World()
