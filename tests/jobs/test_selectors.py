"""What people see of jobs, and what machines see of the workers."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from config.jobs import beats, selectors
from config.jobs.models import Job, WorkerBeat
from config.jobs.selectors import Beat, QueueDepth
from config.jobs.services import job_retry
from config.jobs.worker import claim_next
from tests.jobs.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]

ALICE, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


def history(*seconds: float, kind: str = "test.song") -> None:
    """Let jobs of ``kind`` have taken these times."""
    now = timezone.now()
    for number, took in enumerate(seconds):
        ended = now - timedelta(minutes=number)  # newest first
        make_job(
            "succeeded",
            tenant=BOB,
            kind=kind,
            started_at=ended - timedelta(seconds=took),
            finished_at=ended,
        )


def test_running_job_shows_step_and_percent():
    job = make_job(
        "running",
        tenant=ALICE,
        title="Blue",
        steps=["cut", "mix", "master"],
        step="mix",
        progress_ppm=456_789,
    )
    seen = selectors.job_progress(job)
    assert (seen.title, seen.state, seen.percent) == ("Blue", "running", 45)
    assert (seen.step, seen.step_number, seen.step_count) == ("mix", 2, 3)
    assert (seen.queue_place, seen.eta_s, seen.error) == (None, None, "")
    assert not seen.is_terminal
    assert not seen.can_retry


def test_hundred_percent_is_kept_for_what_is_done():
    full = make_job("running", tenant=ALICE, progress_ppm=1_000_000)
    done = make_job("succeeded", tenant=ALICE, progress_ppm=1_000_000)
    assert selectors.job_progress(full).percent == 99
    assert selectors.job_progress(done).percent == 100


def test_kind_that_this_process_does_not_know_is_still_shown():
    seen = selectors.job_progress(make_job("running", tenant=ALICE, kind="old.kind", step="glue"))
    assert (seen.step, seen.step_number, seen.step_count) == ("glue", 0, 0)


def test_place_in_the_queue_is_the_order_in_which_jobs_are_taken():
    jobs = [make_job(tenant=tenant) for tenant in (ALICE, ALICE, ALICE, BOB, BOB)]
    make_job("running", tenant=ALICE)
    make_job(tenant=BOB, queue="gpu")
    places = {selectors.job_progress(job).queue_place: job.pk for job in jobs}
    assert sorted(places) == [1, 2, 3, 4, 5]
    assert places[1] == jobs[3].pk  # Alice has one running, Bob none
    for place in range(1, 6):
        assert claim_next("cpu").id == places[place]


def test_time_left_is_the_median_of_the_history_times_what_remains():
    history(100, 10_000, 60)
    job = make_job("running", tenant=ALICE, progress_ppm=250_000)
    assert selectors.job_progress(job).eta_s == 75


def test_time_left_looks_at_the_last_fifty_only():
    history(*[20] * 50, *[10_000] * 60)
    assert selectors.job_progress(make_job("running", tenant=ALICE)).eta_s == 20


def test_time_left_below_five_seconds_is_hidden():
    history(20)
    job = make_job("running", tenant=ALICE, progress_ppm=760_000)
    assert selectors.job_progress(job).eta_s is None


def test_time_left_without_a_history_is_unknown():
    assert selectors.job_progress(make_job("running", tenant=ALICE)).eta_s is None
    history(60)
    make_job(tenant=ALICE, kind="test.warm")
    assert selectors.job_progress(make_job(tenant=ALICE)).eta_s is None  # unknown work before it


def test_success_whose_beginning_is_unknown_is_no_history():
    make_job("succeeded", tenant=BOB)
    job = make_job("running", tenant=ALICE)
    assert selectors.job_progress(job).eta_s is None
    history(60)
    assert selectors.job_progress(job).eta_s == 60


def test_time_left_of_a_waiting_job_counts_the_work_before_it(settings):
    settings.JOBS_WORKERS = {"cpu": 2}
    history(60)
    history(10, kind="test.warm")
    for _ahead in range(3):
        make_job(tenant=ALICE)
    make_job(tenant=ALICE, kind="test.warm")
    assert selectors.job_progress(make_job(tenant=ALICE)).eta_s == (3 * 60 + 10) / 2 + 60


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_ended_job_has_no_time_left_and_no_place(state):
    history(60)
    seen = selectors.job_progress(make_job(state, tenant=ALICE))
    assert (seen.eta_s, seen.queue_place, seen.is_terminal) == (None, None, True)


def test_expected_refusal_is_shown_in_its_own_words():
    job = make_job("failed", tenant=ALICE, error="Too short.", error_code="track.too_short")
    seen = selectors.job_progress(job)
    assert (seen.error, seen.error_code, seen.can_retry) == ("Too short.", "track.too_short", True)


def test_traceback_is_never_shown_but_the_reference_is():
    job = make_job("failed", tenant=ALICE, error="Traceback: secret", error_code="jobs.error")
    seen = selectors.job_progress(job)
    assert "secret" not in seen.error
    assert job.reference in seen.error
    assert "finished steps are kept" in seen.error


@pytest.mark.parametrize(("attempt", "words"), [(1, "after 1 attempt."), (3, "after 3 attempts.")])
def test_attempts_are_counted_in_good_english(attempt, words):
    job = make_job("failed", tenant=ALICE, attempt=attempt, error_code="jobs.error")
    assert words in selectors.job_progress(job).error


def test_error_of_an_attempt_that_is_tried_again_is_not_shown():
    job = make_job(tenant=ALICE, attempt=1, error="Traceback", error_code="jobs.error")
    assert selectors.job_progress(job).error == ""


def test_job_that_was_retried_offers_no_second_retry():
    job = make_job("failed", tenant=ALICE)
    job_retry(job=job, idem="a")
    assert not selectors.job_progress(Job.objects.get(pk=job.pk)).can_retry


def test_cancelling_is_shown_until_it_has_happened():
    job = make_job("running", tenant=ALICE, cancel_requested=True)
    assert selectors.job_progress(job).is_cancelling
    done = make_job("cancelled", tenant=ALICE, cancel_requested=True)
    assert not selectors.job_progress(done).is_cancelling


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    "change",
    [
        {"state": "queued"},
        {"progress_ppm": 20_000},
        {"step": "mix"},
        {"attempt": 2},
        {"cancel_requested": True},
    ],
)
def test_tag_changes_with_what_is_shown(change):
    job = make_job("running", tenant=ALICE)
    tag = selectors.job_tag(job)
    assert selectors.job_tag(job) == tag
    for name, value in change.items():
        setattr(job, name, value)
    assert selectors.job_tag(job) != tag


def test_tag_of_a_running_job_needs_no_query(django_assert_num_queries):
    job = make_job("running", tenant=ALICE)
    with django_assert_num_queries(0):
        selectors.job_tag(job)


def test_tag_of_a_waiting_job_changes_with_its_place():
    first, second = make_job(tenant=ALICE), make_job(tenant=ALICE)
    tag = selectors.job_tag(second)
    Job.objects.filter(pk=first.pk).delete()
    assert selectors.job_tag(second) != tag


# ---------------------------------------------------------------- one of a tenant


def test_job_of_another_tenant_is_not_found():
    job = make_job(tenant=ALICE)
    assert selectors.job_get(ALICE, public_id=job.public_id) == job
    assert selectors.job_get(BOB, public_id=job.public_id) is None


# ---------------------------------------------------------------- health


def test_beats_name_every_queue_and_the_reaper_with_the_freshest_sign(settings):
    settings.JOBS_QUEUES = ["cpu", "gpu"]
    old = timezone.now() - timedelta(seconds=settings.JOBS_STALE_S + 60)
    WorkerBeat.objects.create(queue="cpu", cluster="old:1", beat_at=old)
    WorkerBeat.objects.create(queue="cpu", cluster="new:1")
    WorkerBeat.objects.create(queue="reaper", cluster="old:1", beat_at=old)
    cpu, gpu, reaper = selectors.worker_beats()
    assert (cpu.queue, cpu.is_fresh) == ("cpu", True)
    assert cpu.age_s < 5
    assert gpu == Beat("gpu", None, is_fresh=False)
    assert (reaper.queue, reaper.is_fresh) == ("reaper", False)


def test_sign_of_life_is_left_at_most_once_a_second(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(beats, "_touched", {})
    clock = [50.0]
    monkeypatch.setattr(beats.time, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        beats.touch("cpu")
        beats.touch("cpu")
    first = WorkerBeat.objects.get().beat_at
    clock[0] += 1
    beats.touch("cpu")
    assert WorkerBeat.objects.get().beat_at > first


def test_sign_of_life_carries_the_supervisors_name(monkeypatch, settings):
    monkeypatch.setattr(beats, "_touched", {})
    settings.JOBS_CLUSTER = "studio:42"
    beats.touch("mail")
    assert str(WorkerBeat.objects.get()) == "mail studio:42"


def test_depths_count_what_waits_and_runs(settings):
    settings.JOBS_QUEUES = ["cpu", "gpu"]
    make_job(tenant=ALICE, created_at=timezone.now() - timedelta(seconds=90))
    make_job(tenant=ALICE)
    make_job("running", tenant=ALICE)
    make_job("failed", tenant=ALICE)
    cpu, gpu = selectors.queue_depths()
    assert (cpu.queued, cpu.running) == (2, 1)
    assert 90 <= cpu.oldest_s < 95
    assert gpu == QueueDepth("gpu", 0, 0, 0.0)
