"""Jobs over the API: lists, one job, cancel, retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.jobs import registry
from config.jobs.models import Job
from tests.api.conftest import make_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Program
    from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("tests.work", "builtins.print", title="Work", steps=[("cut", "Cut it")])


@pytest.fixture
def failed(make_job: Callable[..., Job]) -> Job:
    """A job that failed for a reason in words for people."""
    return make_job(
        state="failed",
        attempt=1,
        finished_at=timezone.now(),
        error="The file holds no sound. Nothing was stored. Upload another one.",
        error_code="library.file_silent",
    )


def test_job_is_told_in_full(alices: Program, make_job: Callable[..., Job]):
    job = make_job(steps=["cut"], step="cut", progress_ppm=420_000)
    body = alices.get(f"/api/v1/jobs/{job.public_id}/").json()
    assert body.pop("created_at") == job.created_at.isoformat().replace("+00:00", "Z")
    assert body == {
        "id": str(job.public_id),
        "reference": job.reference,
        "kind": "tests.work",
        "title": "Work",
        "state": "queued",
        "percent": 42,
        "step": "Cut it",
        "step_number": 1,
        "step_count": 1,
        "attempt": 0,
        "max_attempts": 3,
        "is_cancelling": False,
        "can_retry": False,
        "queue_place": 1,
        "eta_s": None,
        "error": None,
        "started_at": None,
        "finished_at": None,
    }


def test_failure_comes_with_code_and_words(alices: Program, failed: Job):
    body = alices.get(f"/api/v1/jobs/{failed.public_id}/").json()
    assert body["error"] == {"code": "library.file_silent", "detail": failed.error}
    assert body["can_retry"] is True


def test_traceback_stays_with_us(alices: Program, make_job: Callable[..., Job]):
    job = make_job(
        state="failed",
        attempt=3,
        finished_at=timezone.now(),
        error="Traceback: secret path",
        error_code="jobs.crashed",
    )
    answer = alices.get(f"/api/v1/jobs/{job.public_id}/")
    assert b"secret path" not in answer.content
    assert job.reference in answer.json()["error"]["detail"]


def test_list_is_newest_first_and_holds_no_job_of_others(
    alices: Program, cast: Cast, make_job: Callable[..., Job]
):
    first, _others, second = make_job(), make_job(tenant=cast.charlies.pk), make_job()
    body = alices.get("/api/v1/jobs/").json()
    assert [job["id"] for job in body["results"]] == [str(second.public_id), str(first.public_id)]
    assert (body["next"], body["previous"]) == (None, None)


@pytest.mark.parametrize(
    ("group", "states"),
    [
        ("all", ["failed", "queued"]),
        ("active", ["queued"]),
        ("finished", []),
        ("failed", ["failed"]),
    ],
)
def test_list_is_narrowed_by_group(
    alices: Program, make_job: Callable[..., Job], failed: Job, group: str, states: list[str]
):
    make_job()
    body = alices.get(f"/api/v1/jobs/?group={group}").json()
    assert sorted(job["state"] for job in body["results"]) == states


def test_unknown_group_is_refused(alices: Program):
    answer = alices.get("/api/v1/jobs/?group=old")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/group", "invalid_choice")
    ]


def test_list_costs_the_same_for_one_job_and_for_twenty(
    alices: Program, make_job: Callable[..., Job], django_assert_num_queries: Any
):
    make_job()
    alices.get("/api/v1/jobs/")  # notes the use of the token
    with CaptureQueriesContext(connection) as one:
        alices.get("/api/v1/jobs/")
    for _each in range(19):
        make_job()
    with django_assert_num_queries(len(one)):
        assert len(alices.get("/api/v1/jobs/").json()["results"]) == 20


def test_waiting_job_is_cancelled_at_once(alices: Program, make_job: Callable[..., Job]):
    job = make_job()
    answer = alices.post(f"/api/v1/jobs/{job.public_id}/cancel/")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert Job.objects.get().state == "cancelled"


def test_cancelling_twice_is_cancelling_once(alices: Program, make_job: Callable[..., Job]):
    job = make_job()
    first = alices.post(f"/api/v1/jobs/{job.public_id}/cancel/").json()
    assert alices.post(f"/api/v1/jobs/{job.public_id}/cancel/").json() == first


def test_failed_job_is_tried_again_as_a_new_one(alices: Program, failed: Job):
    answer = alices.post(f"/api/v1/jobs/{failed.public_id}/retry/", **{"Idempotency-Key": "k1"})
    new = Job.objects.get(retry_of=failed)
    assert (answer.status_code, answer.json()["id"]) == (201, str(new.public_id))
    assert answer["Location"] == f"http://testserver/api/v1/jobs/{new.public_id}/"
    assert (new.state, new.tenant) == ("queued", failed.tenant)
    assert Job.objects.get(pk=failed.pk).state == "failed"


@pytest.mark.parametrize("second", ["k1", "k2"])
def test_retry_sent_twice_starts_one_job(alices: Program, failed: Job, second: str):
    path = f"/api/v1/jobs/{failed.public_id}/retry/"
    first = alices.post(path, **{"Idempotency-Key": "k1"}).json()["id"]
    assert alices.post(path, **{"Idempotency-Key": second}).json()["id"] == first
    assert Job.objects.count() == 2


def test_key_of_another_tenant_means_nothing_here(
    alices: Program, cast: Cast, failed: Job, make_job: Callable[..., Job]
):
    theirs = make_job(
        tenant=cast.charlies.pk, state="failed", attempt=1, finished_at=timezone.now()
    )
    stranger = make_program(cast.charlie)
    for program, job in ((alices, failed), (stranger, theirs)):
        path = f"/api/v1/jobs/{job.public_id}/retry/"
        assert program.post(path, **{"Idempotency-Key": "same"}).status_code == 201
    assert Job.objects.count() == 4


@pytest.mark.parametrize("key", [None, "", " ", "x" * 101, "ü"])
def test_retry_without_a_usable_key_does_nothing(alices: Program, failed: Job, key: str | None):
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = alices.post(f"/api/v1/jobs/{failed.public_id}/retry/", **headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert Job.objects.count() == 1


def test_job_that_has_not_failed_cannot_be_tried_again(
    alices: Program, make_job: Callable[..., Job]
):
    job = make_job()
    answer = alices.post(f"/api/v1/jobs/{job.public_id}/retry/", **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (409, "jobs.not_failed")
    assert answer["Content-Type"] == "application/problem+json"
    assert Job.objects.count() == 1


@pytest.mark.parametrize("act", ["", "cancel/", "retry/"])
def test_job_of_others_is_not_there(
    alices: Program, cast: Cast, make_job: Callable[..., Job], act: str
):
    job = make_job(tenant=cast.charlies.pk)
    method = alices.post if act else alices.get
    answer = method(f"/api/v1/jobs/{job.public_id}/{act}", **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert list(Job.objects.values_list("state", flat=True)) == ["queued"]
