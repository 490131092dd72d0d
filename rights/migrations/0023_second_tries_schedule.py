"""Let the mail cluster, which is always there, ask again where a service outside was down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Identify again what waited for a service"


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule."""
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="rights.tasks.sweep.sweep",
        schedule_type="I",
        minutes=3,
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("rights", "0022_ledger_check_schedule"), ("django_q", "0014_schedule_cluster")]

    operations = [migrations.RunPython(add, remove)]
