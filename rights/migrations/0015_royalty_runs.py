"""Runs that divide a month, what each party got, what claims got out of held money; triggers keep it."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0014_contracts_and_exchange_rates"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoyaltyRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("period", models.CharField(max_length=7, unique=True, verbose_name="period")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("calculating", "Being calculated"),
                            ("calculated", "To be looked at"),
                            ("approved", "Approved"),
                            ("locked", "Locked"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                (
                    "result_sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="hash of the shares"),
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
                        verbose_name="begun by",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="begun"
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
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="approved"),
                ),
                ("approved_because", models.TextField(blank=True, verbose_name="what was checked")),
            ],
            options={
                "verbose_name": "royalty run",
                "verbose_name_plural": "royalty runs",
                "ordering": ["-period"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")),
                        name="rights_royaltyrun_period_is_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "calculating",
                                    "calculated",
                                    "approved",
                                    "locked",
                                    "published",
                                ],
                            )
                        ),
                        name="rights_royaltyrun_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("created_by__isnull", True),
                            models.Q(("approved_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="rights_royaltyrun_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("result_sha256", ""), ("state__in", ["draft", "calculating"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["draft", "calculating"]), _negated=True),
                                ("result_sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="rights_royaltyrun_calculated_has_a_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["approved", "locked", "published"]), _negated=True
                            ),
                            models.Q(
                                ("approved_at__isnull", False), ("approved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="rights_royaltyrun_approved_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="rights.royaltyrun",
                    ),
                ),
                (
                    "pool",
                    models.CharField(
                        choices=[("inputs", "Ten songs"), ("base", "Base catalogue")],
                        max_length=6,
                        verbose_name="pool",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.incomegroup",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.party",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("weight", models.BigIntegerField(verbose_name="weight of the recording")),
                ("share_ppm", models.PositiveIntegerField(verbose_name="share in ppm")),
                ("amount", rights.models.micros.MicrosField(verbose_name="micro-units")),
            ],
            options={
                "verbose_name": "share of a run",
                "verbose_name_plural": "shares of runs",
                "ordering": ["run", "id"],
                "indexes": [
                    models.Index(fields=["run", "party"], name="rights_runshare_of_party"),
                    models.Index(fields=["group"], name="rights_runshare_of_group"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("group__isnull", False),
                                ("pool", "inputs"),
                                ("recording__isnull", False),
                            ),
                            models.Q(("group__isnull", True), ("pool", "base")),
                            _connector="OR",
                        ),
                        name="rights_runshare_pool_says_of_what",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.rightsclaim",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.runshare",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.entry",
                    ),
                ),
                ("share_ppm", models.PositiveIntegerField(verbose_name="share in ppm")),
                ("amount", rights.models.micros.MicrosField(verbose_name="micro-units")),
                (
                    "released_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="released",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of held money",
                "verbose_name_plural": "releases of held money",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_ppm__gte", 1), ("share_ppm__lte", 1000000)),
                        name="rights_claimrelease_is_a_share",
                    )
                ],
            },
        ),
        run_sql(__file__, "0015_royalty_runs.sql"),
        run_sql(__file__, "0015_claim_releases.sql"),
    ]
