"""Triggers: what was claimed stays, and its course is only added to."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0029_claims")]

    operations = [run_sql(__file__, "0030_claims.sql")]
