"""Triggers: a song set is whole and stays frozen, evidence and consent stay as they were said."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [run_sql(__file__, "0002_song_sets.sql"), run_sql(__file__, "0002_trail.sql")]
