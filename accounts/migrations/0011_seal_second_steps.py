"""Encrypt the secrets of second factors that were stored before there was a seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

from accounts.services.second_steps import SECRETS, secret_open, secret_seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is in the clear."""
    _rewrite(apps, secret_seal)


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Lay it open again, for the code before this."""
    _rewrite(apps, str)


def _rewrite(apps: Apps, change: Callable[[str], str]) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in SECRETS:
            if name in row.data:
                row.data[name] = change(secret_open(row.data[name]))
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_person_scrub"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
