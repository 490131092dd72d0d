"""The reaper: silent workers lose their jobs, lost doorbells are rung again, never too many."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ

from config.jobs.models import Job, WorkerBeat
from config.jobs.reaper import Reaped, reap
from config.lib import queue
from tests.jobs.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]

SECOND = timedelta(seconds=1)


def silent(**fields) -> Job:
    """Save a running job whose lease is over."""
    return make_job("running", tenant=None, lease_until=timezone.now() - SECOND, **fields)


def rung(seconds_ago: float, **fields) -> Job:
    """Save a waiting job that was rung for some time ago."""
    return make_job(tenant=None, rung_at=timezone.now() - timedelta(seconds=seconds_ago), **fields)


def test_job_of_a_silent_worker_waits_again_and_is_rung_for():
    job = silent(attempt=1)
    assert reap() == Reaped(queued=1, rung=1)
    job.refresh_from_db()
    assert (job.state, job.lease_until, job.attempt) == ("queued", None, 1)
    assert (job.error, job.error_code) == ("worker lost", "jobs.worker_lost")
    assert job.rung_at is not None
    assert OrmQ.objects.count() == 1


def test_job_that_has_used_all_attempts_fails():
    job = silent(attempt=3)
    assert reap() == Reaped(failed=1)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "jobs.worker_lost")
    assert job.finished_at is not None
    assert OrmQ.objects.count() == 0


@pytest.mark.parametrize("attempt", [1, 3])
def test_job_that_was_to_be_cancelled_is_cancelled_rather_than_tried_or_failed(attempt):
    job = silent(attempt=attempt, cancel_requested=True)
    assert reap() == Reaped(cancelled=1)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_waiting_job_that_was_to_be_cancelled_is_cancelled():
    make_job(tenant=None, cancel_requested=True)
    assert reap() == Reaped(cancelled=1)
    assert Job.objects.get().state == "cancelled"


def test_what_lives_or_has_ended_is_left_alone():
    make_job("running", tenant=None)
    for state in Job.TERMINAL:
        make_job(state, tenant=None)
    rung(1)
    before = list(Job.objects.order_by("id").values())
    assert reap() == Reaped()
    assert list(Job.objects.order_by("id").values()) == before


def test_lost_doorbell_is_rung_again_after_its_time(settings):
    rung(settings.JOBS_RERING_S + 1)
    rung(settings.JOBS_RERING_S - 5)
    assert reap() == Reaped(rung=1)
    assert reap() == Reaped()


def test_long_queue_never_has_more_bells_than_jobs(settings):
    for _job in range(5):
        rung(settings.JOBS_RERING_S + 1)
    for _bell in range(3):
        queue.push("config.jobs.worker.run_next", to="cpu", queue="cpu")
    assert reap() == Reaped(rung=2)
    Job.objects.update(rung_at=timezone.now() - timedelta(hours=1))
    assert reap() == Reaped()
    assert OrmQ.objects.count() == 5


def test_bells_of_another_queue_do_not_count(settings):
    queue.push("config.jobs.worker.run_next", to="gpu", queue="gpu")
    rung(settings.JOBS_RERING_S + 1)
    assert reap() == Reaped(rung=1)
    assert OrmQ.objects.filter(key="cpu").count() == 1


def test_bells_that_a_dead_cluster_took_along_do_not_count(settings):
    queue.push("config.jobs.worker.run_next", to="cpu", queue="cpu")
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=20))
    rung(settings.JOBS_RERING_S + 1)
    assert reap() == Reaped(rung=1)


def test_job_in_its_back_off_is_not_rung_for_until_it_is_due():
    job = make_job(tenant=None, not_before=timezone.now() + timedelta(minutes=1))
    assert reap() == Reaped()
    Job.objects.filter(pk=job.pk).update(not_before=Now())
    assert reap() == Reaped(rung=1)


def test_second_reaper_at_the_same_moment_does_nothing():
    silent(attempt=1)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('config.jobs.reaper'))")
        assert reap() == Reaped()
    assert Job.objects.get().state == "running"
    assert reap() == Reaped(queued=1, rung=1)


def test_clusters_of_long_ago_are_forgotten():
    old = timezone.now() - timedelta(hours=2)
    WorkerBeat.objects.create(queue="cpu", cluster="gone:1", beat_at=old)
    WorkerBeat.objects.create(queue="cpu", cluster="here:1")
    reap()
    assert WorkerBeat.objects.get().cluster == "here:1"


def test_command_does_one_round_when_asked():
    silent(attempt=3)
    out = StringIO()
    call_command("reap", "--once", stdout=out)
    assert out.getvalue().strip() == "Reaped(cancelled=0, failed=1, queued=0, rung=0)"
