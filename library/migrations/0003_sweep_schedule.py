"""Let the mail cluster, which is always there, look every hour for what the library may forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "End stale uploads, purge deleted songs"


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule."""
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="library.tasks.sweep.sweep",
        schedule_type="I",
        minutes=60,
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0002_corrections_and_quotas"),
        ("django_q", "0014_schedule_cluster"),
    ]

    operations = [migrations.RunPython(add, remove)]
