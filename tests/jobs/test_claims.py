"""The SQL that moves a job: who holds it, and that an old token changes nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from config.jobs import claims
from config.jobs.models import Job, Stage, WorkerBeat
from config.jobs.worker import claim_next
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ALICE, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


def claim(job: Job):
    """Try to claim ``job`` as some worker."""
    return claims.one(claims.CLAIM, id=job.pk, owner="here:1", lease_s=30)


def expire(job: Job) -> None:
    """Let the lease be over, by the database's clock."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - SECOND)


@pytest.fixture
def job() -> Job:
    """A waiting job."""
    return make_job(tenant=ALICE)


def snapshot(job):
    """Return every column of the row as it is now."""
    return Job.objects.filter(pk=job.pk).values().get()


# ---------------------------------------------------------------- claiming


def test_one_of_many_claims_wins(job):
    assert [claim(job) for _ in range(5)] == [(1, "test.song"), None, None, None, None]
    row = snapshot(job)
    assert (row["state"], row["attempt"], row["owner"]) == ("running", 1, "here:1")
    assert row["started_at"] is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"cancel_requested": True},
        {"attempt": 3},
        {"state": "running"},
        {"state": "succeeded"},
        {"state": "failed"},
        {"state": "cancelled"},
        {"not_before": Now() + 60 * SECOND},
    ],
    ids=lambda fields: "-".join(map(str, fields)),
)
def test_claim_refuses_what_is_cancelled_used_up_held_over_or_not_due(fields):
    job = make_job(tenant=ALICE, **fields)
    before = snapshot(job)
    assert claim(job) is None
    assert claim_next("cpu") is None
    assert snapshot(job) == before


def test_claim_takes_over_an_expired_lease_with_a_new_token(job):
    claim(job)
    expire(job)
    assert claim(job) == (2, "test.song")


def test_claim_clears_the_error_of_the_attempt_before(job):
    Job.objects.filter(pk=job.pk).update(error="worker lost", error_code="jobs.worker_lost")
    claim(job)
    row = snapshot(job)
    assert (row["error"], row["error_code"]) == ("", "")


def test_start_time_is_that_of_the_first_attempt(job):
    claim(job)
    first = snapshot(job)["started_at"]
    expire(job)
    claim(job)
    assert snapshot(job)["started_at"] == first


# ---------------------------------------------------------------- whose turn


def test_oldest_job_of_the_queue_is_next():
    jobs = [make_job(tenant=ALICE) for _ in range(3)]
    make_job(tenant=ALICE, queue="gpu")
    assert [claim_next("cpu").id for _ in jobs] == [job.pk for job in jobs]
    assert claim_next("cpu") is None


def test_tenants_take_turns_whatever_one_of_them_has_queued():
    alices = [make_job(tenant=ALICE).pk for _ in range(4)]
    bobs = [make_job(tenant=BOB).pk for _ in range(2)]
    order = [claim_next("cpu").id for _ in range(6)]
    assert order == [alices[0], bobs[0], alices[1], bobs[1], alices[2], alices[3]]


def test_running_work_in_another_queue_does_not_count_against_a_tenant():
    make_job("running", tenant=ALICE, queue="gpu")
    first = make_job(tenant=ALICE)
    make_job(tenant=BOB)
    assert claim_next("cpu").id == first.pk


def test_work_of_no_tenant_takes_its_turn_too():
    system = make_job(tenant=None)
    make_job(tenant=None)
    bobs = make_job(tenant=BOB)
    assert [claim_next("cpu").id for _ in range(2)] == [system.pk, bobs.pk]


# ---------------------------------------------------------------- fencing

LATER = {
    "beat": (claims.BEAT, {"lease_s": 30}),
    "hold": (claims.HOLD, {}),
    "advance": (claims.ADVANCE, {"ppm": 999, "step": "cut"}),
    "succeed": (claims.SUCCEED, {"result": "{}"}),
    "cancelled": (claims.CANCELLED, {}),
    "release": (
        claims.RELEASE,
        {"error": "x", "error_code": "x", "is_final": False, "wait_s": 0},
    ),
}


@pytest.mark.parametrize("name", LATER)
def test_statement_with_the_current_token_is_obeyed(job, name):
    statement, values = LATER[name]
    claim(job)
    assert claims.one(statement, id=job.pk, attempt=1, **values) is not None


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("token", [0, 1, 3])
def test_statement_with_another_token_changes_nothing(job, name, token):
    statement, values = LATER[name]
    claim(job)
    expire(job)
    claim(job)  # token 2 now
    before = snapshot(job)
    assert claims.one(statement, id=job.pk, attempt=token, **values) is None
    assert snapshot(job) == before


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("state", ["queued", "succeeded", "failed", "cancelled"])
def test_statement_on_a_job_that_does_not_run_changes_nothing(name, state):
    statement, values = LATER[name]
    job = make_job(state, tenant=ALICE, attempt=1)
    before = snapshot(job)
    assert claims.one(statement, id=job.pk, attempt=1, **values) is None
    assert snapshot(job) == before


# ---------------------------------------------------------------- progress and ends


def test_progress_never_goes_back(job):
    claim(job)
    seen = []
    for ppm in (100, 50, 300, 0, 299):
        claims.one(claims.ADVANCE, id=job.pk, attempt=1, ppm=ppm, step=None)
        seen.append(snapshot(job)["progress_ppm"])
    assert seen == [100, 100, 300, 300, 300]


def test_progress_survives_into_the_next_attempt(job):
    claim(job)
    claims.one(claims.ADVANCE, id=job.pk, attempt=1, ppm=700_000, step="mix")
    expire(job)
    claim(job)
    claims.one(claims.ADVANCE, id=job.pk, attempt=2, ppm=0, step="cut")
    row = snapshot(job)
    assert (row["progress_ppm"], row["step"]) == (700_000, "cut")


@pytest.mark.parametrize(
    ("attempts_used", "is_final", "cancel", "state"),
    [
        (0, False, False, "queued"),
        (0, True, False, "failed"),
        (2, False, False, "failed"),
        (0, False, True, "cancelled"),
        (2, False, True, "cancelled"),
    ],
)
def test_release_ends_or_requeues(attempts_used, is_final, cancel, state):
    job = make_job(tenant=ALICE, attempt=attempts_used)
    claim(job)
    Job.objects.filter(pk=job.pk).update(cancel_requested=cancel)
    values = {"error": "torn", "error_code": "x.torn", "is_final": is_final, "wait_s": 60}
    row = claims.one(claims.RELEASE, id=job.pk, attempt=attempts_used + 1, **values)
    assert row == (state,)
    after = snapshot(job)
    assert (after["error"], after["error_code"], after["lease_until"]) == ("torn", "x.torn", None)
    assert (after["finished_at"] is None) == (state == "queued")
    assert (after["not_before"] is not None) == (state == "queued")


def test_requeued_job_waits_its_back_off(job):
    claim(job)
    values = {"error": "", "error_code": "", "is_final": False}
    claims.one(claims.RELEASE, id=job.pk, attempt=1, wait_s=60, **values)
    assert claim(job) is None
    Job.objects.filter(pk=job.pk).update(not_before=Now())
    assert claim(job) == (2, "test.song")


# ---------------------------------------------------------------- constraints


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("jobs_job_state_is_known", {"state": "paused"}),
        ("jobs_job_queue_is_known", {"queue": "fax"}),
        ("jobs_job_lease_iff_running", {"state": "running"}),
        ("jobs_job_lease_iff_running", {"lease_until": Now()}),
        ("jobs_job_finished_iff_terminal", {"state": "failed"}),
        ("jobs_job_finished_iff_terminal", {"finished_at": Now()}),
        ("jobs_job_attempts_are_bounded", {"attempt": 4}),
        ("jobs_job_attempts_are_bounded", {"attempt": 0, "max_attempts": 0}),
        ("jobs_job_progress_is_a_share", {"progress_ppm": 1_000_001}),
    ],
)
def test_database_refuses_a_bad_row(job, constraint, fields):
    before = snapshot(job)
    with pytest.raises(IntegrityError, match="jobs_job_"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**fields)
    assert snapshot(job) == before
    assert constraint in connection.introspection.get_constraints(
        connection.cursor(), Job._meta.db_table
    )


def test_database_refuses_a_second_job_of_the_same_key(job):
    with pytest.raises(IntegrityError, match="idem"), transaction.atomic():
        Job.objects.create(kind="test.song", idem=job.idem)
    assert Job.objects.count() == 1


def test_database_refuses_a_second_retry_and_a_second_stage(job):
    Job.objects.create(kind="test.song", idem="a", retry_of=job)
    with pytest.raises(IntegrityError, match="retry_of"), transaction.atomic():
        Job.objects.create(kind="test.song", idem="b", retry_of=job)
    Stage.objects.create(job=job, name="cut", attempt=1)
    with pytest.raises(IntegrityError, match="jobs_stage_is_unique"), transaction.atomic():
        Stage.objects.create(job=job, name="cut", attempt=2)
    Stage.objects.create(job=job, name="cut", input_key="other", attempt=1)


def test_rows_name_themselves_for_people(job):
    Job.objects.filter(pk=job.pk).update(public_id="7f2a19c3-0000-4000-8000-000000000000")
    job.refresh_from_db()
    assert job.reference == "7F2A-19C3"
    assert str(job) == "7F2A-19C3 test.song"
    assert str(Stage(name="cut")) == "cut"
    assert str(WorkerBeat(queue="cpu", cluster="here:1")) == "cpu here:1"
