"""The table of Django's database cache, as ``createcachetable`` would make it.

The log-in rate limits count in it, so it is shared by all processes and made with the rest of the
schema: a limit that is missing until somebody runs a command is no limit.
"""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE TABLE "cache" (
    "cache_key" varchar(255) NOT NULL PRIMARY KEY,
    "value" text NOT NULL,
    "expires" timestamp with time zone NOT NULL
);
CREATE INDEX "cache_expires" ON "cache" ("expires");
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_leaving")]

    operations = [migrations.RunSQL(CREATE, 'DROP TABLE "cache"')]
