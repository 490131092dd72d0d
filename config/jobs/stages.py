"""What a handler is given: its parameters, stages that survive a crash, progress, one effect."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction

from config.jobs import claims
from config.jobs.models import PROGRESS_FULL_PPM, Job, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROGRESS_EVERY_S = 1.0


class LeaseLostError(Exception):
    """Another worker has this job now, or it was stopped: write nothing more.

    A handler lets it pass; only the child process catches it.
    """


class Run:
    """One attempt at one job, as its handler sees it."""

    def __init__(self, job: Job, attempt: int) -> None:
        self.job = job
        self.attempt = attempt
        self.is_finished = False
        self._from_ppm = self._to_ppm = 0
        self._written_at = -PROGRESS_EVERY_S

    @property
    def params(self) -> dict[str, Any]:
        """Return what the job was asked with."""
        params: dict[str, Any] = self.job.params
        return params

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Open a transaction that commits only while this attempt still holds the job.

        Every write for the job goes through here. The row stays locked until the commit, so
        the lease cannot pass to another worker in between.

        Raises
        ------
        LeaseLostError
            If this attempt no longer holds the job.
        """
        with transaction.atomic():
            if claims.one(claims.HOLD, id=self.job.pk, attempt=self.attempt) is None:
                raise LeaseLostError
            yield

    def stage(
        self,
        name: str,
        work: Callable[[], str],
        *,
        input_key: str = "",
        progress_ppm: int,
        is_present: Callable[[str], bool] | None = None,
    ) -> str:
        """Do a part of the job once and return its artefact, also in later attempts.

        ``work`` makes the artefact under its final, content-addressed name before it returns
        that name; only then is the stage recorded. A crash between the two repeats the work and
        arrives at the same name.

        Parameters
        ----------
        input_key
            All that the artefact depends on: source hash, engine version, parameters.
        progress_ppm
            Progress of the whole job when this stage is done.
        is_present
            Asked before a finished stage is skipped; False does the work again. Give it when the
            artefact may have been cleared away between an attempt and a retry.

        Raises
        ------
        LeaseLostError
            If the job is no longer ours; nothing was recorded.
        """
        mine: dict[str, Any] = {"job_id": self.job.pk, "name": name, "input_key": input_key}
        self._from_ppm, self._to_ppm = self._to_ppm, progress_ppm
        done = Stage.objects.filter(**mine).first()
        if done is not None and (is_present is None or is_present(done.artefact)):
            self.progress(progress_ppm)
            return done.artefact
        self._advance(self._from_ppm, step=name)
        artefact = work()
        with self.holding():
            Stage.objects.update_or_create(
                **mine, defaults={"artefact": artefact, "attempt": self.attempt}
            )
            self._advance(progress_ppm, step=name)
        return artefact

    def progress(self, ppm: int) -> None:
        """Report progress of the whole job; written at most once a second, never backwards.

        Raises
        ------
        LeaseLostError
            If the job is no longer ours.
        """
        if time.monotonic() - self._written_at >= PROGRESS_EVERY_S:
            self._advance(ppm, step=None)

    def progress_part(self, done: float, total: float) -> None:
        """Report progress inside the current stage, as ``done`` of ``total``."""
        share = min(1.0, max(0.0, done / total)) if total else 1.0
        self.progress(self._from_ppm + round((self._to_ppm - self._from_ppm) * share))

    def finish(self, effect: Callable[[], Mapping[str, Any] | None] | None = None) -> None:
        """Commit the effect and the success of the job in one transaction.

        ``effect`` writes the rows that people see, and may return a small dictionary that is
        kept as ``Job.result``. It speaks to nothing outside the database.

        Raises
        ------
        LeaseLostError
            If the job is no longer ours; the effect was rolled back.
        """
        with self.holding():
            result = effect() if effect is not None else None
            told = json.dumps(dict(result or {}))
            mine = {"id": self.job.pk, "attempt": self.attempt}
            if claims.one(claims.SUCCEED, result=told, **mine) is None:
                raise LeaseLostError
        self.is_finished = True

    def _advance(self, ppm: int, *, step: str | None) -> None:
        capped = min(PROGRESS_FULL_PPM, max(0, ppm))
        mine = {"id": self.job.pk, "attempt": self.attempt}
        if claims.one(claims.ADVANCE, ppm=capped, step=step, **mine) is None:
            raise LeaseLostError
        self._written_at = time.monotonic()
