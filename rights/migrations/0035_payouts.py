"""Payouts, the accounts of payees, and what the payment provider tells."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FINISH, COMPARE = "Finish payouts and messages", "Compare payouts with the provider"
NIGHT = time(3, 10, tzinfo=UTC)
MINUTES = 5


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add both schedules, on the mail cluster, which is always there; each only asks for jobs."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    schedules = apps.get_model("django_q", "Schedule").objects
    schedules.create(
        name=COMPARE, func="rights.tasks.payouts.payouts_compare", schedule_type="D",
        next_run=datetime.combine(tomorrow, NIGHT), repeats=-1, cluster="mail",
    )  # fmt: skip
    schedules.create(
        name=FINISH, func="rights.tasks.payouts.payouts_sweep", schedule_type="I",
        minutes=MINUTES, repeats=-1, cluster="mail",
    )  # fmt: skip


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name__in=[FINISH, COMPARE]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_live_jobs_of_a_tenant"),
        ("django_q", "0014_schedule_cluster"),
        ("rights", "0034_exchange_rates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("approved_because", models.TextField(blank=True, verbose_name="what was checked")),
                ("second_at", models.DateTimeField(null=True, verbose_name="second approval")),
                (
                    "second_because",
                    models.TextField(blank=True, verbose_name="what the second person checked"),
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
            ],
            options={
                "verbose_name": "payout batch",
                "verbose_name_plural": "payout batches",
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
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
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="rights.party",
                        verbose_name="payee",
                    ),
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
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="rights.payoutbatch",
                        verbose_name="batch",
                    ),
                ),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "ordering": ["batch", "party", "id"],
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
                ("state_from", models.CharField(blank=True, max_length=9, verbose_name="from")),
                ("state_to", models.CharField(max_length=9, verbose_name="to")),
                ("generation", models.PositiveIntegerField(verbose_name="try")),
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
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
            ],
            options={
                "verbose_name": "step of a payout",
                "verbose_name_plural": "steps of payouts",
                "ordering": ["payout", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=80, unique=True, verbose_name="event")),
                ("type", models.CharField(max_length=120, verbose_name="type")),
                ("object_id", models.CharField(blank=True, max_length=80, verbose_name="about")),
                (
                    "account_id",
                    models.CharField(blank=True, max_length=80, verbose_name="of account"),
                ),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="received",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="hash of the message")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("processed", "Acted upon"),
                            ("ignored", "Nothing to do"),
                        ],
                        default="received",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("processed_at", models.DateTimeField(null=True, verbose_name="done")),
                (
                    "outcome",
                    models.CharField(blank=True, max_length=120, verbose_name="what came of it"),
                ),
            ],
            options={
                "verbose_name": "message of the payment provider",
                "verbose_name_plural": "messages of the payment provider",
                "ordering": ["-received_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["received_at"],
                        name="rights_providerevent_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("processed_at__isnull", True), ("state", "received")),
                            models.Q(
                                ("processed_at__isnull", False),
                                ("state__in", ["processed", "ignored"]),
                            ),
                            _connector="OR",
                        ),
                        name="rights_providerevent_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event_id", ""), _negated=True),
                            models.Q(("type", ""), _negated=True),
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="rights_providerevent_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "provider_id",
                    models.CharField(blank=True, max_length=80, verbose_name="account"),
                ),
                (
                    "key",
                    models.CharField(blank=True, max_length=120, verbose_name="idempotency key"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Not begun"),
                            ("onboarding", "Details are missing"),
                            ("active", "Ready"),
                            ("restricted", "Restricted"),
                            ("closed", "Disconnected"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "requirements",
                    models.JSONField(blank=True, default=list, verbose_name="still missing"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="begun"
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="looked at")),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payee_account",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
            ],
            options={
                "verbose_name": "account of a payee",
                "verbose_name_plural": "accounts of payees",
                "ordering": ["party__name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=("provider_id",),
                        name="rights_payeeaccount_provider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["new", "onboarding", "active", "restricted", "closed"])
                        ),
                        name="rights_payeeaccount_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("provider_id", ""), ("state", "new")),
                            models.Q(
                                models.Q(("state", "new"), _negated=True),
                                models.Q(("provider_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payeeaccount_is_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                        name="rights_payeeaccount_country",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("sanctions", "On a sanctions list"),
                            ("dispute", "A dispute is open"),
                            ("bank_refused", "The bank refused an earlier payout"),
                            ("tax_form_missing", "A tax form is missing"),
                            ("other", "Held by staff"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("because", models.TextField(verbose_name="why")),
                (
                    "placed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="placed"
                    ),
                ),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted")),
                ("lifted_because", models.TextField(blank=True, verbose_name="why it was lifted")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_holds",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="placed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold of a payee",
                "verbose_name_plural": "holds of payees",
                "ordering": ["-placed_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("party", "reason"),
                        name="rights_payeehold_one_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "sanctions",
                                    "dispute",
                                    "bank_refused",
                                    "tax_form_missing",
                                    "other",
                                ],
                            ),
                            models.Q(("because", ""), _negated=True),
                        ),
                        name="rights_payeehold_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_because", "")),
                            models.Q(
                                ("lifted_at__isnull", False),
                                models.Q(("lifted_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_payeehold_lifted_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["pending", "approved", "sending"])),
                fields=("currency",),
                name="rights_payoutbatch_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$"), ("total__gte", 0)),
                name="rights_payoutbatch_is_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "approved", "sending", "done", "cancelled"])
                ),
                name="rights_payoutbatch_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
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
                                models.Q(("second_by", models.F("created_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("approved_by__isnull", True),
                                models.Q(("second_by", models.F("approved_by")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        _connector="OR",
                    ),
                ),
                name="rights_payoutbatch_other_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["party", "-created_at"], name="rights_payout_of_party"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("state__in", ["reserved", "sending", "sent"])),
                fields=["first_asked_at"],
                name="rights_payout_in_transit",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "approved", "reserved", "sending", "failed"])
                ),
                fields=("party", "currency"),
                name="rights_payout_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_id", ""), _negated=True),
                fields=("transfer_id",),
                name="rights_payout_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key",),
                name="rights_payout_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("amount_minor__gt", 0),
                    ("reversed__gte", 0),
                    ("reversed__lte", models.F("amount")),
                ),
                name="rights_payout_is_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "sent", "paid", "reversed"]), _negated=True),
                    ("first_asked_at__isnull", False),
                    _connector="OR",
                ),
                name="rights_payout_asked_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("sent_at__isnull", False),
                        ("state__in", ["sent", "paid", "reversed"]),
                        models.Q(("transfer_id", ""), _negated=True),
                    ),
                    models.Q(
                        ("transfer_id", ""),
                        models.Q(("state__in", ["sent", "paid", "reversed"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rights_payout_sent_by_a_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        run_sql(__file__, "0035_payouts.sql"),
        migrations.RunPython(add, remove),
    ]
