"""Staff at the door of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def second_factor(cast: Cast) -> Authenticator:
    """Sam's authenticator app."""
    made: Authenticator = Authenticator.objects.create(
        user=cast.sam, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    return made


@pytest.fixture
def staff(cast: Cast, second_factor: Authenticator) -> Client:
    """Sam's browser, with a second factor."""
    client = Client()
    client.force_login(cast.sam)
    return client
