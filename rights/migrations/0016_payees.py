"""Where payees are paid, why they are held, and what the provider said."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0015_royalty_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayeeAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payee_account",
                        to="rights.party",
                        verbose_name="payee",
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_holds",
                        to="rights.party",
                        verbose_name="payee",
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
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted")),
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
                ("lifted_because", models.TextField(blank=True, verbose_name="why it was lifted")),
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
    ]
