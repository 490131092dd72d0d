"""What empties the tables between transactional tests, also those that refuse it to the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# What the migrations put in and no transactional test changes; others look for it.
STATIC = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "django_q_schedule"}
)
WITH_TRIGGERS = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"


def tables_empty(cursor: CursorWrapper) -> None:
    """Delete every row of every table, also of those without a model, as the owner of the tables.

    A test fills a few tables with a few rows. Truncating makes each of a hundred tables and its
    indexes anew, which takes a second; deleting takes some milliseconds.
    """
    names = connection.introspection.table_names(cursor)
    quoted = [connection.ops.quote_name(name) for name in sorted({*names} - STATIC)]
    # The names come from the catalogue.
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in quoted)  # noqa: S608
    cursor.execute(" UNION ALL ".join(looks))
    filled = [name for (name,) in cursor.fetchall()]
    cursor.execute(WITH_TRIGGERS)
    guarded = {connection.ops.quote_name(name) for (name,) in cursor.fetchall()} & {*filled}
    with transaction.atomic():
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        for name in filled:  # in any order: foreign keys are checked at the end
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
