"""The flush between transactional tests, where tables refuse TRUNCATE even to their owner."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

# Bit 5 of tgtype says that a trigger fires on TRUNCATE.
_REFUSING = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
 WHERE tgtype & 32 <> 0 AND NOT tgisinternal ORDER BY 1, 2
"""


@contextmanager
def truncation_allowed() -> Iterator[None]:
    """Switch the triggers that refuse TRUNCATE off and on again; the owner's connection only."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSING)
        triggers = cursor.fetchall()
        _switch(cursor, triggers, "DISABLE")
        yield
        _switch(cursor, triggers, "ENABLE")


def _switch(cursor: Any, triggers: list[tuple[str, str]], act: str) -> None:
    for table, trigger in triggers:
        cursor.execute(f"ALTER TABLE {table} {act} TRIGGER {trigger}")
