"""Triggers: what a run divided stays once it is approved."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0031_royalty_runs")]

    operations = [run_sql(__file__, "0032_royalty_runs.sql")]
