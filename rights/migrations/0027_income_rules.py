"""Split sheets are whole and frozen; what a posted report said stays."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0026_income")]

    operations = [
        run_sql(__file__, "0027_split_sheets.sql"),
        run_sql(__file__, "0027_income.sql"),
    ]
