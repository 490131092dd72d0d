"""Give the rules of accounts a fixed search path, with temporary tables last.

Without it a temporary table named like one of ours would be read in its place.
"""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = (
    "accounts_append_only",
    "accounts_keep_an_owner",
    "accounts_kind_is_fixed",
    "accounts_role_fits_kind",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_scrub_keeps_names")]

    operations = [
        migrations.RunSQL(
            [
                f"ALTER FUNCTION {name}() SET search_path = pg_catalog, public, pg_temp"
                for name in FUNCTIONS
            ],
            [f"ALTER FUNCTION {name}() RESET search_path" for name in FUNCTIONS],
        )
    ]
