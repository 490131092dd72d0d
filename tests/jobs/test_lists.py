"""Lists of jobs: the same words as for one job, in a number of queries that does not grow."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from config.jobs import claims, registry
from config.jobs.lists import (
    LIVE,
    jobs_before,
    jobs_ended,
    jobs_live,
    jobs_live_count,
)
from config.jobs.models import Job
from config.jobs.selectors import job_progress, jobs_progress
from config.postgres import APP
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db

STUDIO = uuid.UUID(int=1)
LABEL = uuid.UUID(int=2)


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Two kinds that only these tests know."""
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("test.slow", "builtins.print", title="Slow", steps=[("cut", "Cut"), "join"])
    registry.register("test.quick", "builtins.print", title="Quick")


def make(state: str = "queued", **fields: Any) -> Job:
    """Save a job of the studio, unless told otherwise."""
    return make_job(state, **{"tenant": STUDIO, "kind": "test.slow", **fields})


def history(kind: str, *seconds: float) -> None:
    """Let ``kind`` have succeeded in these times, for another tenant."""
    now = timezone.now()
    for took in seconds:
        make(
            "succeeded",
            kind=kind,
            tenant=LABEL,
            started_at=now - timedelta(seconds=took),
            finished_at=now,
        )


@pytest.fixture
def mixture() -> list[Job]:
    """Jobs of two tenants in every state, in two queues."""
    history("test.slow", 60, 100, 140)
    make("running", progress_ppm=250_000, step="cut", steps=["cut", "join"])
    make("running", tenant=LABEL)
    for number in range(3):
        make(kind="test.quick" if number == 1 else "test.slow")
        make(tenant=LABEL)
    make(queue="gpu")
    make("failed", error="No.", error_code="x.no")
    make("cancelled")
    make("succeeded")
    return list(Job.objects.order_by("id"))


def test_many_jobs_read_as_each_would_by_itself(mixture):
    assert jobs_progress(mixture) == [job_progress(job) for job in mixture]


def test_many_jobs_with_a_history_of_every_kind_have_the_same_times_left(mixture):
    history("test.quick", 8, 10, 12)
    jobs = list(Job.objects.order_by("id"))
    listed = jobs_progress(jobs)
    assert listed == [job_progress(job) for job in jobs]
    waiting = [p for p in listed if p.state == "queued"]
    assert all(p.eta_s for p in waiting)
    assert sorted(p.queue_place for p in waiting) == [1, 1, 2, 3, 4, 5, 6]  # gpu has its own first


@pytest.mark.parametrize("count", [1, 50])
def test_progress_of_a_list_is_one_query_whatever_its_length(django_assert_num_queries, count):
    jobs = [make() for _ in range(count)]
    with django_assert_num_queries(1):
        assert len(jobs_progress(jobs)) == count


def test_progress_of_ended_jobs_asks_nothing(django_assert_num_queries):
    make("succeeded")
    jobs = list(Job.objects.select_related("retry"))
    with django_assert_num_queries(0):
        assert jobs_progress(jobs)[0].percent == 100


def test_pages_follow_one_another_without_repeating_although_new_jobs_arrive():
    made = [make().pk for _ in range(5)]
    first = jobs_before(STUDIO, group="active", limit=2)
    make()
    second = jobs_before(STUDIO, group="active", before=first.next_before, limit=2)
    third = jobs_before(STUDIO, group="active", before=second.next_before, limit=2)
    pages = [[job.pk for job in page.jobs] for page in (first, second, third)]
    assert pages == [made[4:2:-1], made[2:0:-1], made[:1]]
    assert third.next_before is None


def test_a_full_last_page_has_no_next_one():
    make()
    make()
    assert jobs_before(STUDIO, group="active", limit=2).next_before is None


def test_pages_hold_their_group_and_their_tenant_only():
    failed, cancelled = make("failed"), make("cancelled")
    make("failed", tenant=LABEL)
    make()
    assert [j.pk for j in jobs_before(STUDIO, group="failed").jobs] == [cancelled.pk, failed.pk]


def test_live_count_is_what_waits_and_runs_for_this_tenant(django_assert_num_queries):
    for state in ("queued", "running", "succeeded", "failed", "cancelled"):
        make(state)
    make(tenant=LABEL)
    with django_assert_num_queries(1):
        assert jobs_live_count(STUDIO) == 2


def test_live_jobs_are_found_by_their_own_index_however_long_the_history():
    past = timezone.now()
    Job.objects.bulk_create(
        Job(kind="test.quick", idem=str(n), tenant=STUDIO, state="succeeded", finished_at=past)
        for n in range(2000)
    )
    make()
    # Only the owner may gather statistics; the application is ignored, not refused.
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ANALYZE jobs_job")
        cursor.execute(f"SET ROLE {APP}")
    count = Job.objects.filter(tenant=STUDIO, state__in=Job.LIVE)
    assert "jobs_job_live_of_tenant" in count.explain()
    assert any(
        "jobs_job_live_of_tenant" in line
        for (line,) in claims.every(f"EXPLAIN {LIVE}", tenant=STUDIO)
    )


def test_tag_stays_the_same_while_nothing_changes(django_assert_num_queries):
    make("running", step="cut")
    with django_assert_num_queries(1):  # nothing waits, so no place is asked for
        tag = jobs_live(STUDIO).tag
    assert jobs_live(STUDIO).tag == tag


@pytest.mark.parametrize(
    "change",
    [
        {"progress_ppm": 20_000},
        {"step": "join"},
        {"attempt": 2},
        {"cancel_requested": True},
        {"state": "failed", "lease_until": None, "finished_at": Now()},
    ],
)
def test_tag_changes_with_what_a_row_shows(change):
    job = make("running", step="cut", progress_ppm=10_000)
    tag = jobs_live(STUDIO).tag
    Job.objects.filter(pk=job.pk).update(**change)
    assert jobs_live(STUDIO).tag != tag


def test_tag_stays_while_progress_moves_below_one_per_cent():
    job = make("running", progress_ppm=10_000)
    tag = jobs_live(STUDIO).tag
    Job.objects.filter(pk=job.pk).update(progress_ppm=19_999)
    assert jobs_live(STUDIO).tag == tag


def test_tag_changes_when_a_job_came_and_ended_between_two_polls():
    tag = jobs_live(STUDIO).tag
    make("succeeded")
    assert jobs_live(STUDIO).tag != tag


def test_tag_changes_when_the_place_in_the_queue_does(django_assert_num_queries):
    ahead = make(tenant=LABEL)
    make()
    tag = jobs_live(STUDIO).tag
    Job.objects.filter(pk=ahead.pk).update(state="cancelled", finished_at=Now())
    with django_assert_num_queries(2):
        assert jobs_live(STUDIO).tag != tag


def test_tag_knows_nothing_of_another_tenants_progress():
    make("running")
    other = make("running", tenant=LABEL)
    tag = jobs_live(STUDIO).tag
    Job.objects.filter(pk=other.pk).update(progress_ppm=500_000)
    assert jobs_live(STUDIO).tag == tag


def test_live_jobs_at_a_glance():
    assert (jobs_live(STUDIO).count, jobs_live(STUDIO).has_history) == (0, False)
    make("succeeded")
    assert (jobs_live(STUDIO).count, jobs_live(STUDIO).has_history) == (0, True)
    make()
    make("running")
    make(tenant=LABEL)
    assert jobs_live(STUDIO).count == 2


def test_what_was_live_and_has_ended_is_found_by_its_key():
    watched = [make("running"), make("running"), make("running"), make()]
    make("running", tenant=LABEL)
    keys = jobs_live(STUDIO).keys
    assert keys == tuple(str(job.public_id)[:8] for job in reversed(watched))
    assert jobs_ended(STUDIO, keys=keys) == []
    later = timezone.now() + timedelta(seconds=1)
    for job, state, at in (
        (watched[0], "succeeded", later),
        (watched[1], "failed", later + timedelta(seconds=1)),
        (watched[2], "cancelled", later),  # who cancelled it knows
    ):
        Job.objects.filter(pk=job.pk).update(state=state, lease_until=None, finished_at=at)
    make("succeeded")  # was never seen running
    assert [j.pk for j in jobs_ended(STUDIO, keys=keys)] == [watched[1].pk, watched[0].pk]
    assert jobs_ended(LABEL, keys=keys) == []
    assert jobs_ended(STUDIO, keys=[]) == []


def test_keys_are_bounded():
    for _ in range(51):
        make()
    assert len(jobs_live(STUDIO).keys) == 50


def test_a_key_of_another_tenant_or_of_nobody_opens_no_page():
    other = make(tenant=LABEL)
    make()
    assert jobs_before(STUDIO, group="active", before=other.public_id).jobs == ()
    assert jobs_before(STUDIO, group="active", before=uuid.uuid4()).jobs == ()
