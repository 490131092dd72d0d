"""What the mail cluster, which is always there, does for rights by itself; each only asks for jobs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Name, task, every so many minutes.
OFTEN = (
    ("Identify again what waited for a service", "rights.tasks.sweep.sweep", 3),
    ("Finish payouts and messages", "rights.tasks.payouts.payouts_sweep", 5),
)
# Name, task, time of the day (UTC), in how many days first. The European Central Bank prints its
# rates at about 16:00 in Frankfurt; the first table is fetched as soon as the cluster runs.
DAILY = (
    ("Prove the ledger", "rights.tasks.ledger.ledger_prove", time(2, 40, tzinfo=UTC), 1),
    (
        "Compare payouts with the provider",
        "rights.tasks.payouts.payouts_compare",
        time(3, 10, tzinfo=UTC),
        1,
    ),
    ("Fetch the exchange rates", "rights.tasks.exchange.rates_fetch", time(16, 10, tzinfo=UTC), -1),
)


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedules."""
    schedules = apps.get_model("django_q", "Schedule").objects
    today = datetime.now(UTC).date()
    for name, func, minutes in OFTEN:
        schedules.create(
            name=name, func=func, schedule_type="I", minutes=minutes, repeats=-1, cluster="mail"
        )
    for name, func, at, days in DAILY:
        schedules.create(
            name=name,
            func=func,
            schedule_type="D",
            next_run=datetime.combine(today + timedelta(days=days), at),
            repeats=-1,
            cluster="mail",
        )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them out again."""
    names = [row[0] for row in (*OFTEN, *DAILY)]
    apps.get_model("django_q", "Schedule").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0020_statement_papers_and_disputes"),
        ("django_q", "0014_schedule_cluster"),
    ]

    operations = [migrations.RunPython(add, remove)]
