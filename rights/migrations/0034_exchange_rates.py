"""Exchange rates as they were printed, kept by triggers; fetched every afternoon where an address is set."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import django.db.models.functions.datetime
from django.db import migrations, models

from config.lib.sqlfiles import run_sql

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Fetch the exchange rates"
# The European Central Bank prints them at about 16:00 in Frankfurt.
AFTERNOON = time(16, 10, tzinfo=UTC)


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule; the first table is fetched as soon as the cluster runs."""
    today = datetime.combine(datetime.now(UTC).date(), AFTERNOON)
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="rights.tasks.exchange.rates_fetch",
        schedule_type="D",
        next_run=today - timedelta(days=1),
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0033_claim_releases"),
        ("django_q", "0014_schedule_cluster"),
    ]

    operations = [
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
        run_sql(__file__, "0034_exchange_rates.sql"),
        migrations.RunPython(add, remove),
    ]
