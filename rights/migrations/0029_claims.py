"""Claims with their evidence and their course; contracts with their dated terms."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0028_functions_keep_their_path"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("currency", models.CharField(max_length=3, verbose_name="paid in")),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("M", "Monthly"),
                            ("Q", "Quarterly"),
                            ("H", "Half-yearly"),
                            ("Y", "Yearly"),
                        ],
                        default="M",
                        max_length=1,
                        verbose_name="settled",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
            ],
            options={
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ContractTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("active_from", models.DateField(verbose_name="from")),
                ("active_to", models.DateField(blank=True, null=True, verbose_name="until")),
                ("fee_ppm", models.PositiveIntegerField(default=0, verbose_name="our fee")),
                (
                    "fee_max",
                    rights.models.micros.MicrosField(
                        blank=True, null=True, verbose_name="highest fee in a period"
                    ),
                ),
                (
                    "earnings_cap",
                    rights.models.micros.MicrosField(
                        blank=True, null=True, verbose_name="cap of all earnings"
                    ),
                ),
                ("reserve_ppm", models.PositiveIntegerField(default=0, verbose_name="reserve")),
                (
                    "reserve_periods",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="reserve kept, in periods"
                    ),
                ),
                (
                    "recoupment_ppm",
                    models.PositiveIntegerField(default=1000000, verbose_name="recoupment"),
                ),
                (
                    "withholding_ppm",
                    models.PositiveIntegerField(default=0, verbose_name="withholding tax"),
                ),
                (
                    "payout_min",
                    rights.models.micros.MicrosField(default=0, verbose_name="lowest payout"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="rights.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms of a contract",
                "verbose_name_plural": "terms of contracts",
                "ordering": ["contract", "active_from"],
            },
        ),
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
                    "claimed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="claimed"
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="rights.party",
                        verbose_name="party",
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
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rights.rightsclaim",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "ordering": ["-claimed_at", "id"],
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
                ("words", models.TextField(verbose_name="what it shows")),
                ("key", models.CharField(blank=True, max_length=120, verbose_name="document")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="file name")),
                (
                    "given_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="given"
                    ),
                ),
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
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="rights.rightsclaim",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence of a claim",
                "verbose_name_plural": "evidence of claims",
                "ordering": ["claim", "id"],
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
                ("state_from", models.CharField(blank=True, max_length=12, verbose_name="from")),
                ("state_to", models.CharField(max_length=12, verbose_name="to")),
                ("reason", models.TextField(blank=True, verbose_name="why")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
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
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.rightsclaim",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a claim",
                "verbose_name_plural": "steps of claims",
                "ordering": ["claim", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="rights_contract_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__in", ["M", "Q", "H", "Y"])),
                name="rights_contract_every_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractterms",
            constraint=models.UniqueConstraint(
                fields=("contract", "active_from"), name="rights_contractterms_begin_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contractterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("active_to__isnull", True),
                    ("active_to__gt", models.F("active_from")),
                    _connector="OR",
                ),
                name="rights_contractterms_end_after_they_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee_ppm__lte", 1000000),
                    ("reserve_ppm__lte", 1000000),
                    ("recoupment_ppm__lte", 1000000),
                    ("withholding_ppm__lte", 1000000),
                ),
                name="rights_contractterms_rates_are_parts",
            ),
        ),
        migrations.AddIndex(
            model_name="rightsclaim",
            index=models.Index(
                condition=models.Q(("state", "active")),
                fields=["recording", "right_type"],
                name="rights_claim_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("share_ppm__gte", 1), ("share_ppm__lte", 1000000)),
                name="rights_claim_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("active_to__isnull", True),
                    ("active_from__isnull", True),
                    ("active_to__gt", models.F("active_from")),
                    _connector="OR",
                ),
                name="rights_claim_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["claimed", "conflict", "active", "rejected", "withdrawn", "superseded"],
                    )
                ),
                name="rights_claim_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("right_type__in", ["master", "publishing"]),
                    ("role__in", ["OriginalOwner", "SuccessorInTitle", "ExclusiveLicensee"]),
                ),
                name="rights_claim_right_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("territories", ""), _negated=True),
                name="rights_claim_holds_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True),
                name="rights_claimevidence_says_what",
            ),
        ),
    ]
