"""Reports of use, how the tables of a source are read, what is wrong with a report."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0010_split_sheets"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomeMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60, verbose_name="source")),
                ("revision", models.PositiveIntegerField(verbose_name="revision")),
                ("body", models.JSONField(verbose_name="columns")),
                (
                    "header_sha256",
                    models.CharField(max_length=64, verbose_name="hash of the column names"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="made",
                    ),
                ),
            ],
            options={
                "verbose_name": "column mapping",
                "verbose_name_plural": "column mappings",
                "ordering": ["source", "-revision"],
                "indexes": [
                    models.Index(fields=["header_sha256"], name="rights_incomemapping_header")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "revision"), name="rights_incomemapping_is_revised"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__regex", "^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")),
                        name="rights_incomemapping_source_is_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("header_sha256__regex", "^[0-9a-f]{64}$")),
                        name="rights_incomemapping_has_a_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomeFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="hash")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting to be read"),
                            ("read", "Read"),
                            ("posted", "Posted"),
                            ("reversed", "Reversed"),
                            ("refused", "Refused"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("refusal", models.TextField(blank=True, verbose_name="why refused")),
                ("profile", models.CharField(blank=True, max_length=80, verbose_name="profile")),
                ("sender_id", models.CharField(blank=True, max_length=80, verbose_name="sender")),
                (
                    "sender",
                    models.CharField(blank=True, max_length=255, verbose_name="sender's name"),
                ),
                (
                    "message_id",
                    models.CharField(blank=True, max_length=255, verbose_name="message"),
                ),
                ("file_number", models.PositiveIntegerField(default=1, verbose_name="file number")),
                (
                    "files",
                    models.PositiveIntegerField(default=1, verbose_name="files of the report"),
                ),
                (
                    "usage_from",
                    models.CharField(blank=True, max_length=10, verbose_name="uses from"),
                ),
                (
                    "usage_to",
                    models.CharField(blank=True, max_length=10, verbose_name="uses until"),
                ),
                ("service", models.CharField(blank=True, max_length=255, verbose_name="service")),
                ("lines", models.PositiveBigIntegerField(default=0, verbose_name="lines")),
                ("uses", models.PositiveBigIntegerField(default=0, verbose_name="lines with uses")),
                (
                    "faults_left_out",
                    models.PositiveBigIntegerField(default=0, verbose_name="faults not listed"),
                ),
                ("cuts", models.JSONField(default=list, verbose_name="months cut on")),
                (
                    "mapping",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="rights.incomemapping",
                        verbose_name="column mapping",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                        verbose_name="job",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="uploaded",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("posted_at", models.DateTimeField(blank=True, null=True, verbose_name="posted")),
                (
                    "reversed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reversed"),
                ),
            ],
            options={
                "verbose_name": "usage report",
                "verbose_name_plural": "usage reports",
                "ordering": ["-uploaded_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["uploaded", "read", "posted", "reversed", "refused"])
                        ),
                        name="rights_incomefile_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="rights_incomefile_has_a_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("posted_at__isnull", False), ("state__in", ["posted", "reversed"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["posted", "reversed"]), _negated=True),
                                ("posted_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_incomefile_posted_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reversed_at__isnull", False), ("state", "reversed")),
                            models.Q(
                                models.Q(("state", "reversed"), _negated=True),
                                ("reversed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_incomefile_reversed_has_a_moment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("message_id", ""), _negated=True),
                            models.Q(("state__in", ["refused", "reversed"]), _negated=True),
                        ),
                        fields=("sender_id", "message_id", "file_number"),
                        name="rights_incomefile_message_comes_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomeConcern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="concerns",
                        to="rights.incomefile",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("words", models.TextField(verbose_name="what")),
                ("is_blocking", models.BooleanField(verbose_name="must be settled")),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                ("settled_because", models.TextField(blank=True, verbose_name="why it is settled")),
            ],
            options={
                "verbose_name": "concern about a report",
                "verbose_name_plural": "concerns about reports",
                "ordering": ["file", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_because", "")),
                            models.Q(
                                ("settled_at__isnull", False),
                                models.Q(("settled_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_incomeconcern_is_settled_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomeFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="rights.incomefile",
                    ),
                ),
                ("line", models.PositiveBigIntegerField(verbose_name="line")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("words", models.TextField(verbose_name="what is wrong")),
                ("text", models.TextField(blank=True, verbose_name="the line")),
            ],
            options={
                "verbose_name": "line that could not be read",
                "verbose_name_plural": "lines that could not be read",
                "ordering": ["file", "line", "id"],
            },
        ),
    ]
