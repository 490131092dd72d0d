"""Exports of one's data, deletions of people with the scrubbing of the trail, closings of organisations."""

from __future__ import annotations

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_mail"),
        ("jobs", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="data_export",
                        to="jobs.job",
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="ready")),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="kept until"),
                ),
                ("key", models.CharField(blank=True, max_length=120, verbose_name="file")),
                (
                    "size_bytes",
                    models.PositiveBigIntegerField(default=0, verbose_name="size in bytes"),
                ),
            ],
            options={
                "verbose_name": "data export",
                "verbose_name_plural": "data exports",
                "ordering": ["-requested_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("expires_at__isnull", True),
                                ("key", ""),
                                ("ready_at__isnull", True),
                            ),
                            models.Q(("expires_at__isnull", False), ("ready_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_dataexport_is_ready_or_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountDeletion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deletions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "digest",
                    models.BinaryField(
                        max_length=32, unique=True, verbose_name="SHA-256 of the cancel token"
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="asked for")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="cancelled"),
                ),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="carried out"),
                ),
            ],
            options={
                "verbose_name": "account deletion",
                "verbose_name_plural": "account deletions",
                "ordering": ["-requested_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True), ("erased_at__isnull", True)
                        ),
                        fields=("user",),
                        name="accounts_accountdeletion_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "due_at__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("requested_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=14)),
                                ),
                            )
                        ),
                        name="accounts_accountdeletion_has_grace",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True),
                            ("erased_at__isnull", True),
                            _connector="OR",
                        ),
                        name="accounts_accountdeletion_one_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationClosing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="asked for")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="cancelled"),
                ),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="carried out"),
                ),
            ],
            options={
                "verbose_name": "closing of an organisation",
                "verbose_name_plural": "closings of organisations",
                "ordering": ["-requested_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True), ("closed_at__isnull", True)
                        ),
                        fields=("organisation",),
                        name="accounts_organisationclosing_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "due_at__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("requested_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=14)),
                                ),
                            )
                        ),
                        name="accounts_organisationclosing_has_grace",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True),
                            ("closed_at__isnull", True),
                            _connector="OR",
                        ),
                        name="accounts_organisationclosing_one_end",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0005_person_scrub.sql"),
    ]
