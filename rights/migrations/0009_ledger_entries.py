"""Entries, legs and locked periods: whole, sealed and append-only by triggers and narrow privileges."""

from __future__ import annotations

import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0008_ledger_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("idem", models.CharField(max_length=200, unique=True, verbose_name="key")),
                ("idem_hash", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("income_accrued", "income accrued"),
                            ("allocation", "allocation"),
                            ("claim_activated", "claim activated"),
                            ("fee", "fee"),
                            ("over_cap", "over cap"),
                            ("reserve_taken", "reserve taken"),
                            ("reserve_released", "reserve released"),
                            ("advance_paid", "advance paid"),
                            ("advance_recouped", "advance recouped"),
                            ("tax_withheld", "tax withheld"),
                            ("tax_paid", "tax paid"),
                            ("cash_received", "cash received"),
                            ("top_up", "top up"),
                            ("payout_reserved", "payout reserved"),
                            ("payout_settled", "payout settled"),
                            ("chargeback", "chargeback"),
                            ("conversion", "conversion"),
                            ("adjustment", "adjustment"),
                            ("written_off", "written off"),
                            ("reversal", "reversal"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("effective_at", models.DateTimeField(verbose_name="effective")),
                (
                    "posted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="posted",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="rights.entry",
                    ),
                ),
                ("n_legs", models.PositiveIntegerField(verbose_name="legs")),
                ("memo", models.CharField(blank=True, max_length=255, verbose_name="what for")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                (
                    "posted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="posted by",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["effective_at", "id"], name="rights_entry_by_moment")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "income_accrued",
                                    "allocation",
                                    "claim_activated",
                                    "fee",
                                    "over_cap",
                                    "reserve_taken",
                                    "reserve_released",
                                    "advance_paid",
                                    "advance_recouped",
                                    "tax_withheld",
                                    "tax_paid",
                                    "cash_received",
                                    "top_up",
                                    "payout_reserved",
                                    "payout_settled",
                                    "chargeback",
                                    "conversion",
                                    "adjustment",
                                    "written_off",
                                    "reversal",
                                ),
                            )
                        ),
                        name="rights_entry_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                            models.Q(
                                models.Q(("kind", "reversal"), _negated=True),
                                ("reverses__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_entry_reversal_says_of_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n_legs__gte", 2)), name="rights_entry_has_two_legs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reverses__isnull", True),
                            ("reverses__lt", models.F("id")),
                            _connector="OR",
                        ),
                        name="rights_entry_reverses_an_earlier_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("idem_hash__regex", "^[0-9a-f]{64}$"),
                            models.Q(("idem", ""), _negated=True),
                        ),
                        name="rights_entry_key_and_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "effective_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("posted_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=1)),
                                ),
                            )
                        ),
                        name="rights_entry_is_not_of_the_future",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="rights.entry",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="rights.ledgeraccount",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("amount", rights.models.micros.MicrosField(verbose_name="amount")),
                ("facts", models.JSONField(null=True, verbose_name="facts")),
            ],
            options={
                "verbose_name": "leg",
                "verbose_name_plural": "legs",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["entry"], name="rights_leg_by_entry"),
                    models.Index(fields=["account", "id"], name="rights_leg_by_account"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="rights_leg_moves_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_at", models.DateTimeField(unique=True, verbose_name="closed before")),
                (
                    "locked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="locked",
                    ),
                ),
                (
                    "locked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
                ("reason", models.CharField(max_length=255, verbose_name="why")),
            ],
            options={
                "verbose_name": "locked period",
                "verbose_name_plural": "locked periods",
                "ordering": ["-ends_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__lte", models.F("locked_at"))),
                        name="rights_periodlock_is_over",
                    )
                ],
            },
        ),
        run_sql(__file__, "0009_ledger_whole.sql"),
        run_sql(__file__, "0009_ledger_append_only.sql"),
    ]
