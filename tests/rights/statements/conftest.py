"""A second person in the office, and payees."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.rights.factories import make_party


@pytest.fixture
def olive(db):
    """The second person in the office."""
    return User.objects.create_user(email="olive@tenfold.example", is_staff=True)


@pytest.fixture
def alma(db, cast):
    """A payee of the label."""
    return make_party("Alma", organisation=cast.label)


@pytest.fixture
def bert(db):
    """A payee without an organisation."""
    return make_party("Bert")
