"""Ask, ring, cancel, retry."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django_q.models import OrmQ

from config.jobs import registry
from config.jobs.models import Job, Stage
from config.jobs.services import (
    JobKeyReusedError,
    JobNotFinishedError,
    enqueue,
    job_cancel,
    job_retry,
    ring,
)
from tests.jobs.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]

ALICE, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


def bells() -> list[tuple[str, dict]]:
    """Return every doorbell: its queue and its arguments."""
    return [(bell.key, bell.task["kwargs"]) for bell in OrmQ.objects.order_by("id")]


def test_enqueue_saves_what_was_asked_and_rings_once():
    job = enqueue("test.song", {"seed": 7}, idem="a", queue="gpu", tenant=ALICE, title="Blue")
    assert (job.kind, job.params, job.queue, job.tenant, job.title) == (
        "test.song",
        {"seed": 7},
        "gpu",
        ALICE,
        "Blue",
    )
    assert (job.state, job.attempt, job.max_attempts, job.progress_ppm) == ("queued", 0, 3, 0)
    assert job.steps == ["cut", "mix", "master"]
    assert Job.objects.get().rung_at is not None
    assert bells() == [("gpu", {"queue": "gpu"})]


def test_title_is_that_of_the_kind_when_none_is_given():
    assert enqueue("test.song", {}, idem="a").title == "Song"


def test_same_key_twice_is_one_job_and_one_bell():
    first = enqueue("test.song", {"seed": 1}, idem="a", tenant=ALICE)
    second = enqueue("test.song", {"seed": 2}, idem="a", tenant=ALICE)
    assert first == second
    assert second.params == {"seed": 1}
    assert (Job.objects.count(), len(bells())) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "tenant"), [("test.warm", ALICE), ("test.song", BOB), ("test.song", None)]
)
def test_key_of_other_work_or_another_tenant_is_refused(kind, tenant):
    enqueue("test.song", {}, idem="a", tenant=ALICE)
    with pytest.raises(JobKeyReusedError) as refused:
        enqueue(kind, {}, idem="a", tenant=tenant)
    assert refused.value.code == "jobs.key_reused"
    assert (Job.objects.count(), len(bells())) == (1, 1)


def test_unknown_kind_is_refused_before_anything_is_saved():
    with pytest.raises(registry.JobKindUnknownError, match=r"test\.none"):
        enqueue("test.none", {}, idem="a")
    assert (Job.objects.count(), bells()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_rollback_takes_job_and_doorbell_with_it():
    with transaction.atomic():
        enqueue("test.song", {}, idem="a")
        assert (Job.objects.count(), len(bells())) == (1, 1)
        transaction.set_rollback(True)
    assert (Job.objects.count(), bells()) == (0, [])


def test_ring_counts_from_now():
    job = make_job(tenant=ALICE)
    ring([job.pk], queue="cpu")
    job.refresh_from_db()
    assert job.rung_at is not None
    assert bells() == [("cpu", {"queue": "cpu"})]


# ---------------------------------------------------------------- cancel


def test_cancel_ends_a_waiting_job_at_once():
    job = job_cancel(job=make_job(tenant=ALICE))
    assert (job.state, job.cancel_requested) == ("cancelled", True)
    assert job.finished_at is not None


def test_cancel_asks_a_running_job_to_stop():
    job = job_cancel(job=make_job("running", tenant=ALICE))
    assert (job.state, job.cancel_requested, job.finished_at) == ("running", True, None)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_cancel_leaves_an_ended_job_as_it_is(state):
    job = make_job(state, tenant=ALICE)
    before = Job.objects.filter(pk=job.pk).values().get()
    job_cancel(job=job)
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_cancel_twice_is_cancel_once():
    job = make_job(tenant=ALICE)
    first = job_cancel(job=job).finished_at
    assert job_cancel(job=job).finished_at == first


# ---------------------------------------------------------------- retry


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_retry_is_a_new_job_that_finds_the_finished_stages(state):
    old = make_job(state, tenant=ALICE, params={"seed": 7}, queue="gpu", title="Blue")
    Stage.objects.create(job=old, name="cut", input_key="k", artefact="sha256/a", attempt=2)
    new = job_retry(job=old, idem="again")
    assert (new.retry_of, new.state, new.attempt) == (old, "queued", 0)
    assert (new.kind, new.params, new.tenant) == (old.kind, old.params, old.tenant)
    assert (new.queue, new.title, new.idem) == ("gpu", "Blue", "again")
    assert list(new.stages.values_list("name", "input_key", "artefact", "attempt")) == [
        ("cut", "k", "sha256/a", 0)
    ]
    assert bells() == [("gpu", {"queue": "gpu"})]
    old.refresh_from_db()
    assert old.state == state


def test_retry_pressed_twice_is_one_job():
    old = make_job("failed", tenant=ALICE)
    assert job_retry(job=old, idem="a") == job_retry(job=old, idem="b")
    assert (Job.objects.count(), len(bells())) == (2, 1)


def test_retry_that_failed_may_itself_be_retried():
    first = job_retry(job=make_job("failed", tenant=ALICE), idem="a")
    job_cancel(job=first)
    second = job_retry(job=first, idem="b")
    assert second.retry_of == first
    assert Job.objects.count() == 3


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_retry_of_what_has_not_failed_is_refused(state):
    job = make_job(state, tenant=ALICE)
    with pytest.raises(JobNotFinishedError) as refused:
        job_retry(job=job, idem="a")
    assert refused.value.code == "jobs.not_failed"
    assert (Job.objects.count(), bells()) == (1, [])


def test_retry_tells_the_app_above_so_that_its_rows_follow():
    registry.register("test.follows", "x.y", title="F", on_retry=f"{__name__}.follow")
    followed.clear()
    old = make_job("failed", tenant=ALICE, kind="test.follows")
    new = job_retry(job=old, idem="a")
    assert followed == [(old, new)]


followed: list[tuple[Job, Job]] = []


def follow(*, old: Job, new: Job) -> None:
    """Stand for an app whose row points at a job."""
    followed.append((old, new))


# ---------------------------------------------------------------- registry


def test_registering_the_same_twice_is_harmless_and_another_meaning_is_refused():
    registry.register("test.once", "a.b", title="Once")
    registry.register("test.once", "a.b", title="Once")
    with pytest.raises(ValueError, match=r"test\.once"):
        registry.register("test.once", "a.c", title="Once")
    assert registry.get("test.once").handler == "a.b"


def test_steps_may_carry_labels():
    registry.register("test.words", "a.b", title="W", steps=["cut", ("mix", "Mixing down")])
    assert registry.get("test.words").steps == {"cut": "cut", "mix": "Mixing down"}
