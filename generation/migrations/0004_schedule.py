"""Let the mail cluster, which is always there, look every hour for what may be forgotten of songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Purge the files of deleted made songs"


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule."""
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="generation.tasks.sweep.sweep",
        schedule_type="I",
        minutes=60,
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_influence"), ("django_q", "0014_schedule_cluster")]

    operations = [migrations.RunPython(add, remove)]
