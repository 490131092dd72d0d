"""Jobs, their stages, and the workers' signs of life."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=80, verbose_name="kind")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="parameters")),
                (
                    "idem",
                    models.CharField(max_length=200, unique=True, verbose_name="idempotency key"),
                ),
                ("tenant", models.UUIDField(blank=True, null=True, verbose_name="tenant")),
                (
                    "queue",
                    models.CharField(
                        choices=[("cpu", "CPU"), ("gpu", "GPU"), ("mail", "Mail")],
                        default="cpu",
                        max_length=10,
                        verbose_name="queue",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("succeeded", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0, verbose_name="attempt")),
                (
                    "max_attempts",
                    models.PositiveSmallIntegerField(default=3, verbose_name="attempts allowed"),
                ),
                ("owner", models.CharField(blank=True, max_length=120, verbose_name="worker")),
                (
                    "lease_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="lease until"),
                ),
                (
                    "rung_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last doorbell"),
                ),
                (
                    "not_before",
                    models.DateTimeField(blank=True, null=True, verbose_name="not before"),
                ),
                (
                    "cancel_requested",
                    models.BooleanField(default=False, verbose_name="cancel requested"),
                ),
                ("progress_ppm", models.PositiveIntegerField(default=0, verbose_name="progress")),
                ("step", models.CharField(blank=True, max_length=80, verbose_name="step")),
                ("steps", models.JSONField(blank=True, default=list, verbose_name="steps")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "error_code",
                    models.CharField(blank=True, max_length=80, verbose_name="error code"),
                ),
                (
                    "retry_of",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="retry",
                        to="jobs.job",
                        verbose_name="retry of",
                    ),
                ),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="result")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("lease_until"),
                        condition=models.Q(("state", "running")),
                        name="jobs_job_running",
                    ),
                    models.Index(
                        models.F("queue"),
                        models.F("id"),
                        condition=models.Q(("state", "queued")),
                        name="jobs_job_queued",
                    ),
                    models.Index(
                        models.F("tenant"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="jobs_job_of_tenant",
                    ),
                    models.Index(
                        models.F("tenant"),
                        condition=models.Q(("state__in", ["queued", "running"])),
                        name="jobs_job_live_of_tenant",
                    ),
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("finished_at"), descending=True),
                        condition=models.Q(("state", "succeeded")),
                        name="jobs_job_history",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running", "succeeded", "failed", "cancelled"])
                        ),
                        name="jobs_job_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("queue__in", ["cpu", "gpu", "mail"])),
                        name="jobs_job_queue_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "running")),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="jobs_job_lease_iff_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", True), ("state__in", ["queued", "running"])
                            ),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state__in", ["succeeded", "failed", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="jobs_job_finished_iff_terminal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempt__lte", models.F("max_attempts")), ("max_attempts__gte", 1)
                        ),
                        name="jobs_job_attempts_are_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress_ppm__lte", 1000000)),
                        name="jobs_job_progress_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stages",
                        to="jobs.job",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "input_key",
                    models.CharField(blank=True, max_length=200, verbose_name="input key"),
                ),
                ("artefact", models.CharField(blank=True, max_length=500, verbose_name="artefact")),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="attempt")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
            ],
            options={
                "verbose_name": "stage",
                "verbose_name_plural": "stages",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "name", "input_key"), name="jobs_stage_is_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("queue", models.CharField(max_length=20, verbose_name="queue")),
                ("cluster", models.CharField(max_length=120, verbose_name="cluster")),
                (
                    "beat_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="last sign of life",
                    ),
                ),
            ],
            options={
                "verbose_name": "worker",
                "verbose_name_plural": "workers",
                "ordering": ["queue", "cluster"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("queue", "cluster"), name="jobs_workerbeat_is_unique"
                    )
                ],
            },
        ),
    ]
