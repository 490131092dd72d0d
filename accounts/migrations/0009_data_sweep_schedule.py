"""Let the mail cluster, which is always there, look every hour for erasures and old exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Carry out deletions, drop old exports"


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule; it only rings, the work itself is a job of the cpu queue."""
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="accounts.tasks.data.data_sweep",
        schedule_type="I",
        minutes=60,
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_data_export"), ("django_q", "0014_schedule_cluster")]

    operations = [migrations.RunPython(add, remove)]
