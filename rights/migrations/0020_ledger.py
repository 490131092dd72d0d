"""The ledger: accounts, entries, legs and locked periods."""

from __future__ import annotations

import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0004_outside_services"),
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
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="rights.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=40, verbose_name="role")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asset", "asset"),
                            ("liability", "liability"),
                            ("income", "income"),
                            ("expense", "expense"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=80, verbose_name="of")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "min_balance",
                    rights.models.micros.MicrosField(null=True, verbose_name="never below"),
                ),
                (
                    "max_balance",
                    rights.models.micros.MicrosField(null=True, verbose_name="never above"),
                ),
                (
                    "code",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                subject="",
                                then=django.db.models.functions.text.Concat(
                                    "role", models.Value(":"), "currency"
                                ),
                            ),
                            default=django.db.models.functions.text.Concat(
                                "role", models.Value(":"), "subject", models.Value(":"), "currency"
                            ),
                        ),
                        output_field=models.CharField(max_length=130, verbose_name="code"),
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger account",
                "verbose_name_plural": "ledger accounts",
                "ordering": ["role", "subject", "currency"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "subject", "currency"),
                        name="rights_ledgeraccount_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="rights_ledgeraccount_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "^[A-Za-z0-9._-]*$")),
                        name="rights_ledgeraccount_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "asset"),
                                ("role", "distributor_receivable"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "asset"),
                                ("role", "cash_clearing"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "asset"),
                                ("role", "stripe_balance"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "asset"),
                                ("role", "recoupable"),
                                ("min_balance__isnull", True),
                                ("max_balance", 0),
                                ("max_balance__isnull", False),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "asset"),
                                ("role", "payee_receivable"),
                                ("min_balance__isnull", True),
                                ("max_balance", 0),
                                ("max_balance__isnull", False),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "pool_inputs_clearing"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "pool_base_clearing"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "rounding"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "in_transit"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "payee_payable"),
                                ("min_balance", 0),
                                ("min_balance__isnull", False),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "payee_reserve"),
                                ("min_balance", 0),
                                ("min_balance__isnull", False),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "suspense_track"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "suspense_base"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "over_cap"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "liability"),
                                ("role", "wht_payable"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "income"),
                                ("role", "platform_fee"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "income"),
                                ("role", "fx_gain_loss"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            models.Q(
                                ("kind", "expense"),
                                ("role", "write_off"),
                                ("min_balance__isnull", True),
                                ("max_balance__isnull", True),
                                ("subject", ""),
                            ),
                            _connector="OR",
                        ),
                        name="rights_ledgeraccount_is_in_the_chart",
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
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("amount", rights.models.micros.MicrosField(verbose_name="amount")),
                ("facts", models.JSONField(null=True, verbose_name="facts")),
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
            ],
            options={
                "verbose_name": "leg",
                "verbose_name_plural": "legs",
                "ordering": ["id"],
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
                ("reason", models.CharField(max_length=255, verbose_name="why")),
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
            ],
            options={
                "verbose_name": "locked period",
                "verbose_name_plural": "locked periods",
                "ordering": ["-ends_at"],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["effective_at", "id"], name="rights_entry_by_moment"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                    models.Q(
                        models.Q(("kind", "reversal"), _negated=True), ("reverses__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="rights_entry_reversal_says_of_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_legs__gte", 2)), name="rights_entry_has_two_legs"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reverses__isnull", True), ("reverses__lt", models.F("id")), _connector="OR"
                ),
                name="rights_entry_reverses_an_earlier_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("idem_hash__regex", "^[0-9a-f]{64}$"), models.Q(("idem", ""), _negated=True)
                ),
                name="rights_entry_key_and_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "effective_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("posted_at"), "+", models.Value(datetime.timedelta(days=1))
                        ),
                    )
                ),
                name="rights_entry_is_not_of_the_future",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["entry"], name="rights_leg_by_entry"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["account", "id"], name="rights_leg_by_account"),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="rights_leg_moves_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="periodlock",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__lte", models.F("locked_at"))),
                name="rights_periodlock_is_over",
            ),
        ),
    ]
