"""Payouts and their course; triggers: money moves on and never back."""

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
        ("rights", "0017_payout_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="rights.payoutbatch",
                        verbose_name="batch",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("amount", rights.models.micros.MicrosField(verbose_name="amount")),
                (
                    "amount_minor",
                    models.BigIntegerField(verbose_name="amount in the smallest coin"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("approved", "Approved"),
                            ("reserved", "Reserved"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("paid", "Paid"),
                            ("failed", "Refused"),
                            ("reversed", "Taken back"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "hold",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sanctions", "On a sanctions list"),
                            ("dispute", "A dispute is open"),
                            ("account_closed", "The account was disconnected"),
                            ("account_restricted", "The account is restricted"),
                            ("bank_refused", "The bank refused an earlier payout"),
                            ("kyc_incomplete", "Payout details are missing"),
                            ("tax_form_missing", "A tax form is missing"),
                            ("other", "Held by staff"),
                            ("negative_balance", "The balance is not above zero"),
                            ("balance_changed", "The balance is lower than what was approved"),
                            ("below_threshold", "Below the lowest payout"),
                        ],
                        max_length=20,
                        verbose_name="held",
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1, verbose_name="try")),
                (
                    "key",
                    models.CharField(blank=True, max_length=80, verbose_name="idempotency key"),
                ),
                (
                    "destination",
                    models.CharField(blank=True, max_length=80, verbose_name="to account"),
                ),
                ("first_asked_at", models.DateTimeField(null=True, verbose_name="first asked")),
                (
                    "transfer_id",
                    models.CharField(blank=True, max_length=80, verbose_name="transfer"),
                ),
                (
                    "failure",
                    models.CharField(blank=True, max_length=80, verbose_name="refused with"),
                ),
                (
                    "reversed",
                    rights.models.micros.MicrosField(default=0, verbose_name="taken back"),
                ),
                (
                    "reserve_entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.entry",
                        verbose_name="reserved in",
                    ),
                ),
                (
                    "settle_entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.entry",
                        verbose_name="settled in",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "ordering": ["batch", "party", "id"],
                "indexes": [
                    models.Index(fields=["party", "-created_at"], name="rights_payout_of_party"),
                    models.Index(
                        condition=models.Q(("state__in", ["reserved", "sending", "sent"])),
                        fields=["first_asked_at"],
                        name="rights_payout_in_transit",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "approved", "reserved", "sending", "failed"])
                        ),
                        fields=("party", "currency"),
                        name="rights_payout_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("transfer_id", ""), _negated=True),
                        fields=("transfer_id",),
                        name="rights_payout_transfer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("key",),
                        name="rights_payout_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            ("amount_minor__gt", 0),
                            ("reversed__gte", 0),
                            ("reversed__lte", models.F("amount")),
                        ),
                        name="rights_payout_is_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "approved",
                                    "reserved",
                                    "sending",
                                    "sent",
                                    "paid",
                                    "failed",
                                    "reversed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="rights_payout_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold", ""),
                            models.Q(
                                (
                                    "hold__in",
                                    [
                                        "sanctions",
                                        "dispute",
                                        "account_closed",
                                        "account_restricted",
                                        "bank_refused",
                                        "kyc_incomplete",
                                        "tax_form_missing",
                                        "other",
                                        "negative_balance",
                                        "balance_changed",
                                        "below_threshold",
                                    ],
                                ),
                                ("state__in", ["pending", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payout_hold_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["reserved", "sending", "sent", "paid", "reversed"]),
                                _negated=True,
                            ),
                            models.Q(
                                ("reserve_entry__isnull", False),
                                models.Q(("key", ""), _negated=True),
                                models.Q(("destination", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payout_reserved_before",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["sending", "sent", "paid", "reversed"]),
                                _negated=True,
                            ),
                            ("first_asked_at__isnull", False),
                            _connector="OR",
                        ),
                        name="rights_payout_asked_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sent_at__isnull", False),
                                ("state__in", ["sent", "paid", "reversed"]),
                                models.Q(("transfer_id", ""), _negated=True),
                            ),
                            models.Q(
                                ("transfer_id", ""),
                                models.Q(
                                    ("state__in", ["sent", "paid", "reversed"]), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payout_sent_by_a_transfer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("paid_at__isnull", False),
                                ("settle_entry__isnull", False),
                                ("state__in", ["paid", "reversed"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["paid", "reversed"]), _negated=True),
                                ("reversed", 0),
                                ("settle_entry__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payout_paid_is_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reversed", models.F("amount")), ("state", "reversed")),
                            models.Q(
                                models.Q(("state", "reversed"), _negated=True),
                                ("reversed__lt", models.F("amount")),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payout_reversed_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.payout",
                    ),
                ),
                ("state_from", models.CharField(blank=True, max_length=9, verbose_name="from")),
                ("state_to", models.CharField(max_length=9, verbose_name="to")),
                ("generation", models.PositiveIntegerField(verbose_name="try")),
                ("reason", models.TextField(blank=True, verbose_name="why")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                "verbose_name": "step of a payout",
                "verbose_name_plural": "steps of payouts",
                "ordering": ["payout", "id"],
            },
        ),
        run_sql(__file__, "0018_payouts.sql"),
    ]
