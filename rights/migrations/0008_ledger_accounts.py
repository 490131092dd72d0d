"""The accounts of the ledger, each in the chart."""

from __future__ import annotations

import django.db.models.functions.text
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [("rights", "0007_recognition")]

    operations = [
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
    ]
