"""The one lawful way to change the trail: replace the strings of a person who is being erased."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_data_sweep_schedule"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [run_sql(__file__, "0010_person_scrub.sql")]
