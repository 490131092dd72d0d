"""A database of before the migrations were written anew is told so, and left as it was."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from config import checks

pytestmark = pytest.mark.django_db


def recorded(*, old: bool, new: bool) -> None:
    """Let the database remember the first migration of rights by its name of then, or of now."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'rights'")
        for is_there, (app, name) in ((old, checks.FIRST_BEFORE), (new, checks.FIRST)):
            if is_there:
                cursor.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())",
                    [app, name],
                )


def done() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return cursor.fetchall()


def test_the_name_that_is_looked_for_is_that_of_the_first_migration():
    assert checks.FIRST in done()
    assert checks.FIRST_BEFORE not in done()


@pytest.mark.parametrize(
    ("old", "new", "ids"),
    [
        (False, False, []),  # an empty database
        (False, True, []),
        (True, True, []),  # an old one that was kept, as ADR 101 says
        (True, False, ["config.E016"]),
    ],
)
def test_only_a_database_that_stands_before_the_new_migrations_is_refused(old, new, ids):
    recorded(old=old, new=new)
    assert [found.id for found in checks.history_is_ours(databases=["default"])] == ids


def test_checks_without_a_database_ask_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert checks.history_is_ours(databases=None) == []


def test_migrate_says_what_to_do_and_changes_nothing(settings):
    recorded(old=True, new=False)
    before = done()
    with pytest.raises(SystemCheckError) as refusal:
        call_command("migrate", verbosity=0, skip_checks=False)
    said = str(refusal.value)
    assert "This database was made before 22 November 2026" in said
    assert f"move {settings.VAR_DIR} aside" in said
    assert done() == before
