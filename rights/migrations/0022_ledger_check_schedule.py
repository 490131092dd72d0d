"""Let the mail cluster, which is always there, prove the ledger's invariants every night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Prove the ledger"
NIGHT = time(2, 40, tzinfo=UTC)


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule, from the coming night on."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="rights.tasks.ledger.ledger_prove",
        schedule_type="D",
        next_run=datetime.combine(tomorrow, NIGHT),
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("rights", "0021_ledger_rules"), ("django_q", "0014_schedule_cluster")]

    operations = [migrations.RunPython(add, remove)]
