"""What a handler is given: stages done once, progress, one effect, or nothing at all."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models.functions import Now

from config.jobs import claims, stages
from config.jobs.models import Job, Stage, WorkerBeat
from config.jobs.stages import LeaseLostError, Run
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """The first attempt at a job."""
    job = make_job("running", tenant=None, params={"seed": 7}, steps=["cut", "mix"])
    return Run(job, 1)


def lose(run: Run) -> None:
    """Give the job to another worker."""
    Job.objects.filter(pk=run.job.pk).update(attempt=2)


def row(run: Run) -> Job:
    """Return the job as it is now."""
    return Job.objects.get(pk=run.job.pk)


def refuse() -> str:
    """Fail the test if called: the stage should have been skipped."""
    pytest.fail("the work was done again")


def test_handler_sees_its_parameters(run):
    assert run.params == {"seed": 7}


def test_stage_records_its_artefact_and_shows_its_step(run):
    shown = []

    def work() -> str:
        shown.append(row(run).step)
        return "sha256/a"

    assert run.stage("cut", work, input_key="k", progress_ppm=500_000) == "sha256/a"
    assert shown == ["cut"]
    stage = Stage.objects.get()
    assert (stage.name, stage.input_key, stage.artefact, stage.attempt) == (
        "cut",
        "k",
        "sha256/a",
        1,
    )
    assert (row(run).step, row(run).progress_ppm) == ("cut", 500_000)


def test_finished_stage_is_skipped_by_the_next_attempt(run):
    run.stage("cut", lambda: "sha256/a", progress_ppm=500_000)
    lose(run)
    again = Run(row(run), 2)
    assert again.stage("cut", refuse, progress_ppm=500_000) == "sha256/a"
    assert Stage.objects.count() == 1


def test_stage_of_other_input_is_other_work(run):
    run.stage("cut", lambda: "sha256/a", input_key="seed 1", progress_ppm=1)
    assert run.stage("cut", lambda: "sha256/b", input_key="seed 2", progress_ppm=1) == "sha256/b"
    assert Stage.objects.count() == 2


def test_stage_whose_artefact_was_cleared_away_is_done_again(run):
    run.stage("cut", lambda: "sha256/a", progress_ppm=1)
    made = run.stage("cut", lambda: "sha256/b", progress_ppm=1, is_present=lambda key: False)
    assert made == "sha256/b"
    assert Stage.objects.get().artefact == "sha256/b"
    assert run.stage("cut", refuse, progress_ppm=1, is_present=lambda key: True) == "sha256/b"


def test_failed_work_records_no_stage(run):
    with pytest.raises(ZeroDivisionError):
        run.stage("cut", lambda: 1 / 0, progress_ppm=1)
    assert not Stage.objects.exists()


def test_lost_lease_leaves_no_stage(run):
    def work() -> str:
        lose(run)
        return "sha256/a"

    with pytest.raises(LeaseLostError):
        run.stage("cut", work, progress_ppm=500_000)
    assert not Stage.objects.exists()
    assert row(run).progress_ppm == 0


def test_lost_lease_stops_a_stage_before_its_work(run):
    lose(run)
    with pytest.raises(LeaseLostError):
        run.stage("cut", refuse, progress_ppm=1)


def test_finish_commits_effect_result_and_success_together(run):
    def effect() -> dict[str, str]:
        WorkerBeat.objects.create(queue="effect", cluster="x")
        return {"url": "/songs/1/"}

    run.finish(effect)
    job = row(run)
    assert (job.state, job.progress_ppm, job.lease_until) == ("succeeded", 1_000_000, None)
    assert job.result == {"url": "/songs/1/"}
    assert job.finished_at is not None
    assert run.is_finished
    assert WorkerBeat.objects.filter(queue="effect").count() == 1


def test_finish_needs_no_effect(run):
    run.finish()
    assert (row(run).state, row(run).result) == ("succeeded", {})


def test_lost_lease_leaves_no_effect(run):
    lose(run)
    with pytest.raises(LeaseLostError), transaction.atomic():
        run.finish(lambda: WorkerBeat.objects.create(queue="effect", cluster="x"))
    assert not WorkerBeat.objects.exists()
    assert row(run).state == "running"
    assert not run.is_finished


def test_failing_effect_leaves_the_job_running(run):
    with pytest.raises(ZeroDivisionError):
        run.finish(lambda: {"x": 1 / 0})
    assert row(run).state == "running"
    assert not run.is_finished


def test_second_finish_has_no_effect(run):
    run.finish()
    with pytest.raises(LeaseLostError), transaction.atomic():
        run.finish(lambda: WorkerBeat.objects.create(queue="effect", cluster="x"))
    assert not WorkerBeat.objects.exists()


def test_progress_is_written_at_most_once_a_second(run, monkeypatch, django_assert_num_queries):
    clock = [100.0]
    monkeypatch.setattr(stages.time, "monotonic", lambda: clock[0])
    run.progress(1)
    with django_assert_num_queries(0):
        for ppm in range(2, 500):
            run.progress(ppm)
    assert row(run).progress_ppm == 1
    clock[0] += 1.0
    run.progress(500)
    assert row(run).progress_ppm == 500


def test_progress_inside_a_stage_lies_between_its_ends(run, monkeypatch):
    monkeypatch.setattr(stages, "PROGRESS_EVERY_S", 0)
    run.stage("cut", lambda: "a", progress_ppm=200_000)
    seen = []

    def work() -> str:
        for done in (0, 1, 2, 4, 9):
            run.progress_part(done, 4)
            seen.append(row(run).progress_ppm)
        return "b"

    run.stage("mix", work, progress_ppm=600_000)
    assert seen == [200_000, 300_000, 400_000, 600_000, 600_000]


def test_progress_of_a_lost_job_stops_the_handler(run):
    lose(run)
    with pytest.raises(LeaseLostError):
        run.progress(10)
    assert row(run).progress_ppm == 0


@pytest.mark.parametrize("ppm", [-5, 2_000_000])
def test_progress_out_of_bounds_is_capped(run, ppm):
    run.progress(ppm)
    assert row(run).progress_ppm == max(0, min(1_000_000, ppm))


def test_cancelled_job_cannot_finish_afterwards(run):
    claims.one(claims.CANCELLED, id=run.job.pk, attempt=1)
    with pytest.raises(LeaseLostError), transaction.atomic():
        run.finish(lambda: WorkerBeat.objects.create(queue="effect", cluster="x"))
    assert not WorkerBeat.objects.exists()


def test_expired_lease_that_nobody_took_may_still_finish(run):
    Job.objects.filter(pk=run.job.pk).update(lease_until=Now())
    run.finish()
    assert row(run).state == "succeeded"
