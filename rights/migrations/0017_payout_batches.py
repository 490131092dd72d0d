"""Batches of payouts with their approvals, and the nightly comparison with the provider."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0016_payees"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "To be approved"),
                            ("approved", "Approved"),
                            ("sending", "Being sent"),
                            ("done", "Sent"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("total", rights.models.micros.MicrosField(verbose_name="total")),
                (
                    "two_people_above",
                    rights.models.micros.MicrosField(verbose_name="two people above"),
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
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("approved_because", models.TextField(blank=True, verbose_name="what was checked")),
                (
                    "second_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="second approval by",
                    ),
                ),
                ("second_at", models.DateTimeField(null=True, verbose_name="second approval")),
                (
                    "second_because",
                    models.TextField(blank=True, verbose_name="what the second person checked"),
                ),
            ],
            options={
                "verbose_name": "payout batch",
                "verbose_name_plural": "payout batches",
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "approved", "sending"])),
                        fields=("currency",),
                        name="rights_payoutbatch_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$"), ("total__gte", 0)),
                        name="rights_payoutbatch_is_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "approved", "sending", "done", "cancelled"])
                        ),
                        name="rights_payoutbatch_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_by__isnull", True),
                                ("created_by__isnull", True),
                                models.Q(("approved_by", models.F("created_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("second_by__isnull", True),
                                models.Q(
                                    models.Q(
                                        ("created_by__isnull", True),
                                        models.Q(
                                            ("second_by", models.F("created_by")), _negated=True
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("approved_by__isnull", True),
                                        models.Q(
                                            ("second_by", models.F("approved_by")), _negated=True
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="rights_payoutbatch_other_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "sending", "done"]), _negated=True),
                            models.Q(
                                ("approved_at__isnull", False),
                                models.Q(("approved_because", ""), _negated=True),
                                models.Q(
                                    ("total__lte", models.F("two_people_above")),
                                    models.Q(
                                        ("second_at__isnull", False),
                                        models.Q(("second_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payoutbatch_approved_by_enough",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutReconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ran_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="compared",
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="compared with")),
                ("findings", models.JSONField(default=list, verbose_name="findings")),
            ],
            options={
                "verbose_name": "comparison with the payment provider",
                "verbose_name_plural": "comparisons with the payment provider",
                "ordering": ["-ran_at", "-id"],
            },
        ),
    ]
