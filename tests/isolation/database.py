"""What the database holds, row by row: a denied request leaves it as it was."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection

from accounts.models import User

if TYPE_CHECKING:
    from tests.cast import Cast

# Rate limits count here, whoever asks and whatever the answer.
FRAME = frozenset({"cache"})
# The same in every test, and large.
STATIC = frozenset({"django_content_type", "auth_permission", "django_migrations"})
# A request may start a session or change its own; ending somebody else's is what would be wrong.
SESSIONS = "django_session"

Rows = Counter[tuple[str, str]]


def rows(*, but_session: str | None = None) -> Rows:
    """Return every row of every table as (table, JSON), counted, less the caller's own session."""
    with connection.cursor() as cursor:
        tables = [
            t for t in connection.introspection.table_names(cursor) if t not in FRAME | STATIC
        ]
        quoted = [(table, connection.ops.quote_name(table)) for table in sorted(tables)]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', {_row(table)} FROM {name} t"  # noqa: S608 - names from the catalogue
                for table, name in quoted
            )
        )
        found = Counter(cursor.fetchall())
    found.pop((SESSIONS, str(but_session)), None)
    return found


def _row(table: str) -> str:
    return "t.session_key" if table == SESSIONS else "to_jsonb(t)::text"


def difference(before: Rows, after: Rows) -> str:
    """Return what changed in a form to read; empty when nothing did."""
    lines = [f"- {table} {row}" for table, row in before - after]
    lines += [f"+ {table} {row}" for table, row in after - before if table != SESSIONS]
    return "\n".join(lines)


@dataclass(frozen=True)
class Household:
    """Recognises the rows that belong to Alice's studio or to a person of it."""

    studio: str
    people: frozenset[int]

    @classmethod
    def of(cls, cast: Cast) -> Household:
        """Return the household of the named cast."""
        return cls(str(cast.studio.pk), frozenset({cast.alice.pk, cast.bob.pk, cast.vera.pk}))

    def own(self, found: Rows) -> Rows:
        """Keep the rows of the household."""
        columns = _columns_naming_people()
        return Counter(
            {
                (table, row): count
                for (table, row), count in found.items()
                if table == SESSIONS
                or self.studio in row
                or any(json.loads(row).get(c) in self.people for c in columns.get(table, ()))
            }
        )


def _columns_naming_people() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {User._meta.db_table: ["id"]}
    for model in apps.get_models(include_auto_created=True):
        for relation in model._meta.fields:
            if relation.related_model is User and relation.column:
                found.setdefault(model._meta.db_table, []).append(relation.column)
    return found
