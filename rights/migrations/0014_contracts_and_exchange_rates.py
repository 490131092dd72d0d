"""Contracts with dated terms that stay as agreed; exchange rates that stay as printed."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0013_claims")]

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
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract",
                        to="rights.party",
                        verbose_name="payee",
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
            ],
            options={
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="rights_contract_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["M", "Q", "H", "Y"])),
                        name="rights_contract_every_is_known",
                    ),
                ],
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
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="rights.contract",
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
            ],
            options={
                "verbose_name": "terms of a contract",
                "verbose_name_plural": "terms of contracts",
                "ordering": ["contract", "active_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "active_from"), name="rights_contractterms_begin_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_to__isnull", True),
                            ("active_to__gt", models.F("active_from")),
                            _connector="OR",
                        ),
                        name="rights_contractterms_end_after_they_begin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee_ppm__lte", 1000000),
                            ("reserve_ppm__lte", 1000000),
                            ("recoupment_ppm__lte", 1000000),
                            ("withholding_ppm__lte", 1000000),
                        ),
                        name="rights_contractterms_rates_are_parts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("on", models.DateField(verbose_name="day")),
                ("base", models.CharField(max_length=3, verbose_name="of")),
                ("quote", models.CharField(max_length=3, verbose_name="in")),
                ("text", models.CharField(max_length=34, verbose_name="rate")),
                (
                    "imported_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="imported",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "ordering": ["-on", "source", "base", "quote"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "on", "base", "quote"),
                        name="rights_exchangerate_is_said_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base__regex", "^[A-Z]{3}$"),
                            ("quote__regex", "^[A-Z]{3}$"),
                            models.Q(("base", models.F("quote")), _negated=True),
                        ),
                        name="rights_exchangerate_is_of_two_currencies",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("text__regex", "^[0-9]{1,12}(\\.[0-9]{1,20})?$"),
                            models.Q(("text__regex", "^[0.]*$"), _negated=True),
                        ),
                        name="rights_exchangerate_is_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="rights_exchangerate_has_a_source",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0014_contract_terms.sql"),
        run_sql(__file__, "0014_exchange_rates.sql"),
    ]
