"""Let the mail cluster sweep the outbox every minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Sweep the outbox"


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the schedule; it runs in the cluster that also delivers."""
    apps.get_model("django_q", "Schedule").objects.create(
        name=NAME,
        func="accounts.tasks.mail.mail_sweep",
        schedule_type="I",
        minutes=1,
        repeats=-1,
        cluster="mail",
    )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out again."""
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_outgoing_mail"),
        ("django_q", "0014_schedule_cluster"),
    ]

    operations = [migrations.RunPython(add, remove)]
