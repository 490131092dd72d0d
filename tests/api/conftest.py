"""Programs of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import ApiToken, Membership
from accounts.services.tokens import token_create
from config.jobs.models import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User
    from tests.cast import Cast


@dataclass(frozen=True)
class Program:
    """A client that sends a token with every request."""

    client: Client
    token: ApiToken
    raw: str

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def post(self, path: str, **headers: str) -> Any:
        return self.client.post(path, "", content_type="application/json", headers=headers)


def make_program(user: User, *scopes: str) -> Program:
    """Make a token of the person's only membership and a client that sends it."""
    membership = Membership.objects.get(user=user)
    made = token_create(membership=membership, name="test", scopes=scopes or ("read", "write"))
    client = Client(headers={"authorization": f"Bearer {made.raw}"})
    return Program(client, made.token, made.raw)


@pytest.fixture
def alices(cast: Cast) -> Program:
    """Alice's program, which may write."""
    return make_program(cast.alice)


@pytest.fixture
def make_job(cast: Cast) -> Callable[..., Job]:
    """Return a function that saves a job; by default one of Alice's studio that waits."""
    count = iter(range(10_000))

    def make(**fields: Any) -> Job:
        return Job.objects.create(
            **{
                "kind": "tests.work",
                "title": "Work",
                "idem": f"job {next(count)}",
                "tenant": cast.studio.pk,
                **fields,
            }
        )

    return make


@pytest.fixture
def project() -> Path:
    """The folder of the project."""
    return Path(__file__).parents[2]
