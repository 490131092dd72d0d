"""schemathesis calls every operation with what the schema allows and with what it forbids.

An answer that the schema does not name, in status, type or body, is a failure; so is a server error
and a value that should have been refused.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings

from config.api.limits import AddressLimit, PersonLimit, TokenLimit
from config.jobs import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.jobs.models import Job
    from tests.api.conftest import Program

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BOUNDED = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MANY = dict.fromkeys(("token", "person", "address"), "100000/min")


@pytest.fixture(autouse=True)
def _one_connection(db: None) -> Iterator[None]:
    """Keep the test's connection, which a request from outside Django's own client would close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that this many calls do not reach."""
    for limit in (TokenLimit, PersonLimit, AddressLimit):
        monkeypatch.setattr(limit, "THROTTLE_RATES", MANY)


@pytest.fixture
def jobs(make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """One job in each state that decides about an answer, over and over."""
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("tests.work", "builtins.print", title="Work")
    now = timezone.now()
    made = [
        make_job(),
        make_job(state="failed", attempt=1, finished_at=now, error="No.", error_code="a.b"),
        make_job(state="cancelled", finished_at=now),
        make_job(
            state="succeeded", attempt=1, started_at=now, finished_at=now, result={"track": 1}
        ),
    ]
    return cycle(made)


# What /api/v1/schema/ serves, made without a request: each operation becomes a test of its own.
SCHEMA = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
SCHEMA.app = get_wsgi_application()


@SCHEMA.parametrize()
@BOUNDED
def test_with_a_token_every_answer_is_in_the_schema(
    case: Any, alices: Program, jobs: Iterator[Job]
) -> None:
    if case.meta.generation.mode.is_positive:
        case.query.pop("cursor", None)  # only we can make one, which no schema can say
        if "job_id" in case.path_parameters:  # a random one is never there: use those that are
            case.path_parameters["job_id"] = str(next(jobs).public_id)
    case.call_and_validate(headers={"Authorization": f"Bearer {alices.raw}"})


@SCHEMA.parametrize()
@BOUNDED
def test_without_a_token_every_answer_is_in_the_schema(case: Any) -> None:
    response = case.call_and_validate()
    assert response.status_code in {401, 404}  # 404: a path that no pattern knows
