"""Triggers: roles fit kinds, an owner remains, the audit trail is append-only."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_people_and_trail")]

    operations = [run_sql(__file__, "0007_rules.sql"), run_sql(__file__, "0007_trail.sql")]
