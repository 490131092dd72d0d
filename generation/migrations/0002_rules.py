"""Triggers and privileges: what a version owes is written once, base models stay frozen."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]

    operations = [run_sql(__file__, "0002_influence.sql")]
