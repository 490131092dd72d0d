"""Give the older rules of rights a fixed search path, as the ledger's have had from the start."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = (
    "rights_consent_stays_said",
    "rights_entry_of_frozen_set",
    "rights_song_set_freezes_ten",
    "rights_song_set_is_frozen",
    "rights_song_set_is_whole",
)


class Migration(migrations.Migration):
    dependencies = [("rights", "0027_income_rules")]

    operations = [
        migrations.RunSQL(
            [
                f"ALTER FUNCTION {name}() SET search_path = pg_catalog, public, pg_temp"
                for name in FUNCTIONS
            ],
            [f"ALTER FUNCTION {name}() RESET search_path" for name in FUNCTIONS],
        )
    ]
