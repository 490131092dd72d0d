"""Let the mail cluster, which is always there, sweep the outbox, and look for erasures and old exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Name, task, every so many minutes. The second only rings, its work is a job of the cpu queue.
SCHEDULES = (
    ("Sweep the outbox", "accounts.tasks.mail.mail_sweep", 1),
    ("Carry out deletions, drop old exports", "accounts.tasks.data.data_sweep", 60),
)


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedules."""
    for name, func, minutes in SCHEDULES:
        apps.get_model("django_q", "Schedule").objects.create(
            name=name, func=func, schedule_type="I", minutes=minutes, repeats=-1, cluster="mail"
        )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them out again."""
    names = [name for name, _, _ in SCHEDULES]
    apps.get_model("django_q", "Schedule").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_cache_table"), ("django_q", "0014_schedule_cluster")]

    operations = [migrations.RunPython(add, remove)]
