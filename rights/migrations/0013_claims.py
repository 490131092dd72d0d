"""Claims with their evidence and their course, kept by triggers."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0012_income_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RightsClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="rights.party",
                        verbose_name="party",
                    ),
                ),
                (
                    "right_type",
                    models.CharField(
                        choices=[("master", "Master"), ("publishing", "Publishing")],
                        default="master",
                        max_length=12,
                        verbose_name="right",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("OriginalOwner", "Original owner"),
                            ("SuccessorInTitle", "Successor in title"),
                            ("ExclusiveLicensee", "Exclusive licensee"),
                        ],
                        default="OriginalOwner",
                        max_length=20,
                        verbose_name="as",
                    ),
                ),
                ("share_ppm", models.PositiveIntegerField(verbose_name="share in ppm")),
                (
                    "territories",
                    models.CharField(default="world", max_length=1000, verbose_name="countries"),
                ),
                ("active_from", models.DateField(blank=True, null=True, verbose_name="from")),
                ("active_to", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Being looked at"),
                            ("conflict", "In conflict"),
                            ("active", "Active"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                        ],
                        default="claimed",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rights.rightsclaim",
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claimed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="claimed"
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "ordering": ["-claimed_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["recording", "right_type"],
                        name="rights_claim_active",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_ppm__gte", 1), ("share_ppm__lte", 1000000)),
                        name="rights_claim_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_to__isnull", True),
                            ("active_from__isnull", True),
                            ("active_to__gt", models.F("active_from")),
                            _connector="OR",
                        ),
                        name="rights_claim_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "claimed",
                                    "conflict",
                                    "active",
                                    "rejected",
                                    "withdrawn",
                                    "superseded",
                                ],
                            )
                        ),
                        name="rights_claim_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("right_type__in", ["master", "publishing"]),
                            (
                                "role__in",
                                ["OriginalOwner", "SuccessorInTitle", "ExclusiveLicensee"],
                            ),
                        ),
                        name="rights_claim_right_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("territories", ""), _negated=True),
                        name="rights_claim_holds_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimEvidence",
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
                        related_name="evidence",
                        to="rights.rightsclaim",
                    ),
                ),
                ("words", models.TextField(verbose_name="what it shows")),
                ("key", models.CharField(blank=True, max_length=120, verbose_name="document")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="file name")),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="given"
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence of a claim",
                "verbose_name_plural": "evidence of claims",
                "ordering": ["claim", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="rights_claimevidence_says_what",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimChange",
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
                        related_name="changes",
                        to="rights.rightsclaim",
                    ),
                ),
                ("state_from", models.CharField(blank=True, max_length=12, verbose_name="from")),
                ("state_to", models.CharField(max_length=12, verbose_name="to")),
                ("reason", models.TextField(blank=True, verbose_name="why")),
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
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a claim",
                "verbose_name_plural": "steps of claims",
                "ordering": ["claim", "id"],
            },
        ),
        run_sql(__file__, "0013_claims.sql"),
    ]
