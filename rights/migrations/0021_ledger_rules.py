"""Triggers and narrow privileges: an entry is whole and sealed, and the ledger append-only."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0020_ledger")]

    operations = [
        run_sql(__file__, "0021_ledger_whole.sql"),
        run_sql(__file__, "0021_ledger_append_only.sql"),
    ]
