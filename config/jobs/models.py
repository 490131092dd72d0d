"""The truth about background work: jobs, their finished stages, and signs of life of the workers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PROGRESS_FULL_PPM = 1_000_000


class Job(models.Model):
    """One piece of work that must happen exactly once, whatever dies meanwhile.

    Rows change only through ``config.jobs.claims``: ``attempt`` is the fencing token, and every
    writer must still hold it. The job knows nothing of users or songs; rows of the apps above
    point down to it.
    """

    class Queue(models.TextChoices):
        CPU = "cpu", _("CPU")
        GPU = "gpu", _("GPU")
        MAIL = "mail", _("Mail")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    LIVE = (State.QUEUED, State.RUNNING)
    TERMINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    title = models.CharField(_("title"), max_length=200, blank=True)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    # What makes two requests the same request; chosen by the caller before anything is sent.
    idem = models.CharField(_("idempotency key"), max_length=200, unique=True)
    tenant = models.UUIDField(_("tenant"), null=True, blank=True)
    queue = models.CharField(_("queue"), max_length=10, choices=Queue.choices, default=Queue.CPU)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts allowed"), default=3)
    owner = models.CharField(_("worker"), max_length=120, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    rung_at = models.DateTimeField(_("last doorbell"), null=True, blank=True)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    progress_ppm = models.PositiveIntegerField(_("progress"), default=0)
    step = models.CharField(_("step"), max_length=80, blank=True)
    steps = models.JSONField(_("steps"), default=list, blank=True)
    error = models.TextField(_("error"), blank=True)
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    retry_of = models.OneToOneField(
        "self",
        verbose_name=_("retry of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="retry",
    )
    result = models.JSONField(_("result"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index("lease_until", name="jobs_job_running", condition=Q(state="running")),
            models.Index("queue", "id", name="jobs_job_queued", condition=Q(state="queued")),
            models.Index("tenant", F("id").desc(), name="jobs_job_of_tenant"),
            # Every page and every poll asks what is live; a long history must not slow that down.
            models.Index(
                "tenant",
                name="jobs_job_live_of_tenant",
                condition=Q(state__in=["queued", "running"]),
            ),
            models.Index(
                "kind",
                F("finished_at").desc(),
                name="jobs_job_history",
                condition=Q(state="succeeded"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "succeeded", "failed", "cancelled"]),
                name="jobs_job_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(queue__in=["cpu", "gpu", "mail"]), name="jobs_job_queue_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="jobs_job_lease_iff_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False),
                name="jobs_job_finished_iff_terminal",
            ),
            models.CheckConstraint(
                condition=Q(max_attempts__gte=1, attempt__lte=F("max_attempts")),
                name="jobs_job_attempts_are_bounded",
            ),
            models.CheckConstraint(
                condition=Q(progress_ppm__lte=PROGRESS_FULL_PPM),
                name="jobs_job_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"

    @property
    def reference(self) -> str:
        """Return what a person reads out to support, such as ``7F2A-19C3``."""
        digits = self.public_id.hex[:8].upper()
        return f"{digits[:4]}-{digits[4:]}"

    @property
    def is_terminal(self) -> bool:
        """Return whether nothing will change this job any more."""
        return self.state in self.TERMINAL


class Stage(models.Model):
    """A finished part of a job: where its artefact lies and what it was made from."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=80)
    # What the artefact depends on (source hash, engine version, parameters); another key, other work.
    input_key = models.CharField(_("input key"), max_length=200, blank=True)
    artefact = models.CharField(_("artefact"), max_length=500, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "name", "input_key"], name="jobs_stage_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WorkerBeat(models.Model):
    """When a cluster of workers, or a reaper, last did something: its sign of life."""

    queue = models.CharField(_("queue"), max_length=20)
    # One supervisor on one host, "host:pid": a healthy cluster must not hide a wedged one.
    cluster = models.CharField(_("cluster"), max_length=120)
    beat_at = models.DateTimeField(_("last sign of life"), db_default=Now())

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["queue", "cluster"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "cluster"], name="jobs_workerbeat_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.cluster}"
