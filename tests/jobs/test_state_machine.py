"""Any order of claims, beats, expiries, crashes, cancels and ends keeps the promises.

Two or more workers act on a few jobs as badly as they can: they beat and finish with tokens they
lost long ago, while the reaper runs at any moment. The model remembers who should hold what.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.jobs import claims, registry
from config.jobs.models import Job, Stage
from config.jobs.reaper import reap
from config.jobs.services import enqueue, job_cancel, job_retry
from config.jobs.stages import LeaseLostError, Run
from config.jobs.worker import claim_next

KEYS = ["a", "b", "c"]


class Workers(RuleBasedStateMachine):
    """Three possible jobs, and every token that was ever handed out."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.tokens: list[tuple[int, int]] = []
        self.effects: dict[int, int] = {}
        self.ended: dict[int, str] = {}
        self.progress: dict[int, int] = {}
        # Begin in the middle: one job lost by its first worker and given to a second.
        self.ask("a")
        self.claim_what_is_next()
        self.everyone_falls_silent()
        self.reap()
        self.claim_what_is_next()

    def teardown(self) -> None:
        """Forget everything of this example."""
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # ------------------------------------------------------------ what may happen

    @rule(key=st.sampled_from(KEYS))
    def ask(self, key: str) -> None:
        """The same request may come any number of times."""
        enqueue("test.song", {}, idem=key)

    @rule()
    def claim_what_is_next(self) -> None:
        """A worker answers a bell."""
        if (claimed := claim_next("cpu")) is not None:
            assert (claimed.id, claimed.attempt) not in self.tokens
            self.tokens.append((claimed.id, claimed.attempt))

    @precondition(lambda self: Job.objects.exists())
    @rule(data=st.data())
    def claim_a_certain_job(self, data: st.DataObject) -> None:
        """A worker tries any job, in whatever state it is."""
        job = self._any_job(data)
        row = claims.one(claims.CLAIM, id=job.pk, owner="w", lease_s=30)
        if row is not None:
            assert (job.pk, row[0]) not in self.tokens
            self.tokens.append((job.pk, row[0]))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        """Somebody who holds, or once held, a job beats."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        row = claims.one(claims.BEAT, id=job, attempt=attempt, lease_s=30)
        assert (row is not None) == self._holds(job, attempt)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), ppm=st.integers(0, 1_000_000))
    def advance(self, data: st.DataObject, ppm: int) -> None:
        """Somebody reports progress."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        row = claims.one(claims.ADVANCE, id=job, attempt=attempt, ppm=ppm, step=None)
        assert (row is not None) == self._holds(job, attempt)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), name=st.sampled_from(["cut", "mix"]))
    def do_a_stage(self, data: st.DataObject, name: str) -> None:
        """Somebody does a stage, or finds it done."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        held = self._holds(job, attempt)
        before = Stage.objects.count()
        try:
            Run(Job.objects.get(pk=job), attempt).stage(name, lambda: name, progress_ppm=500_000)
        except LeaseLostError:
            assert not held
            assert Stage.objects.count() == before

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """Somebody commits the effect."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        held = self._holds(job, attempt)
        try:
            Run(Job.objects.get(pk=job), attempt).finish()
        except LeaseLostError:
            assert not held
        else:
            assert held
            self.effects[job] = self.effects.get(job, 0) + 1

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), is_final=st.booleans())
    def fail(self, data: st.DataObject, is_final: bool) -> None:
        """Somebody's child died or raised."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        held = self._holds(job, attempt)
        values = {"error": "x", "error_code": "x", "is_final": is_final, "wait_s": 0}
        row = claims.one(claims.RELEASE, id=job, attempt=attempt, **values)
        assert (row is not None) == held

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def write_cancelled(self, data: st.DataObject) -> None:
        """A worker that saw the request stops its child."""
        job, attempt = data.draw(st.sampled_from(self.tokens))
        if Job.objects.get(pk=job).cancel_requested:
            held = self._holds(job, attempt)
            row = claims.one(claims.CANCELLED, id=job, attempt=attempt)
            assert (row is not None) == held

    @rule()
    def everyone_falls_silent(self) -> None:
        """All leases run out: crashed, frozen or cut off, nobody can tell."""
        late = Now() - timedelta(seconds=1)
        Job.objects.filter(state="running").update(lease_until=late)

    @rule()
    def reap(self) -> None:
        """The reaper comes by: it takes what fell silent, all of it, and nothing else."""
        running = Job.objects.filter(state="running")
        alive = set(running.filter(lease_until__gt=Now()).values_list("pk", "attempt"))
        silent = dict(running.filter(lease_until__lte=Now()).values_list("pk", "attempt"))
        reap()
        assert set(running.values_list("pk", "attempt")) == alive
        for job in Job.objects.filter(pk__in=silent):
            expected = "failed" if job.attempt >= job.max_attempts else "queued"
            assert job.state == ("cancelled" if job.cancel_requested else expected)
            assert job.attempt == silent[job.pk]

    @precondition(lambda self: Job.objects.exists())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """A person cancels."""
        job_cancel(job=self._any_job(data))

    @precondition(lambda self: Job.objects.filter(state__in=["failed", "cancelled"]).exists())
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        """A person tries again."""
        ended = Job.objects.filter(state__in=["failed", "cancelled"]).order_by("id")
        old = data.draw(st.sampled_from(list(ended)))
        new = job_retry(job=old, idem=f"{old.idem}+")
        assert new.retry_of_id == old.pk

    # ------------------------------------------------------------ what must hold

    @invariant()
    def nothing_takes_effect_twice(self) -> None:
        """One effect, and only of what succeeded."""
        assert set(self.effects.values()) <= {1}
        succeeded = Job.objects.filter(state="succeeded").values_list("pk", flat=True)
        assert set(succeeded) == self.effects.keys()

    @invariant()
    def one_holder_and_bounded_attempts(self) -> None:
        """A running job has been given to exactly one newest token."""
        for job in Job.objects.all():
            assert job.attempt <= job.max_attempts == 3
            given = [attempt for pk, attempt in self.tokens if pk == job.pk]
            assert given == list(range(1, job.attempt + 1))
            assert (job.lease_until is not None) == (job.state == "running")

    @invariant()
    def what_ended_stays_as_it_is(self) -> None:
        """Terminal states are terminal."""
        for pk, state in self.ended.items():
            assert Job.objects.get(pk=pk).state == state
        for job in Job.objects.filter(state__in=Job.TERMINAL):
            self.ended[job.pk] = job.state

    @invariant()
    def progress_never_goes_back(self) -> None:
        """Not even from one attempt to the next."""
        for job in Job.objects.all():
            assert job.progress_ppm >= self.progress.get(job.pk, 0)
            self.progress[job.pk] = job.progress_ppm

    @invariant()
    def requests_are_not_doubled(self) -> None:
        """One job per key, whoever asked how often."""
        asked = Job.objects.filter(retry_of=None)
        assert asked.count() <= len(KEYS)

    # ------------------------------------------------------------ small things

    def _any_job(self, data: st.DataObject) -> Job:
        return data.draw(st.sampled_from(list(Job.objects.order_by("id"))))

    def _holds(self, job: int, attempt: int) -> bool:
        return Job.objects.filter(pk=job, attempt=attempt, state="running").exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_events_keeps_the_promises(kinds):
    assert registry.get("test.song").max_attempts == 3
    run_state_machine_as_test(
        Workers,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
