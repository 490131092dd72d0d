"""An erasure leaves the names of organisations that others were in."""

from __future__ import annotations

from django.db import migrations

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_organisation_closing")]

    operations = [run_sql(__file__, "0014_scrub_keeps_names.sql")]
