"""The databases of the tests: copied from a migrated one, and emptied between transactional tests."""

from __future__ import annotations

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_q.models import Schedule

from accounts.models import Membership, User
from tests import migrated

LEFT = """
SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'
"""


def test_a_copy_has_every_migration_and_is_gone_afterwards():
    wanted = set(MigrationLoader(None).disk_migrations)
    with migrated.copied_database("tenfold_copy_of_a_test") as url, psycopg.connect(url) as copy:
        done = set(copy.execute("SELECT app, name FROM django_migrations").fetchall())
        people = copy.execute("SELECT count(*) FROM accounts_user").fetchone()
    assert done >= wanted
    assert people == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_the_original_is_made_anew_once_a_migration_is_another(tmp_path, monkeypatch):
    folder = tmp_path / "accounts" / "migrations"
    (folder / "sql").mkdir(parents=True)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==5.2\n")
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    keys = [migrated._key()]
    for path, text in (
        (folder / "0001_initial.py", "one"),
        (folder / "sql" / "0001_rules.sql", "two"),
        (folder / "sql" / "0001_rules.sql", "three"),
        (tmp_path / "requirements" / "base.txt", "django==5.3\n"),
    ):
        path.write_text(text)
        keys.append(migrated._key())
    assert len(set(keys)) == len(keys)
    assert migrated._key() == keys[-1]


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_what_the_migrations_put_in_and_every_guard_on_duty(cast):
    assert Membership.objects.count() == 5
    kept = Schedule.objects.count(), Permission.objects.count()
    call_command("flush", interactive=False, verbosity=0)
    assert (User.objects.count(), Membership.objects.count()) == (0, 0)
    assert (Schedule.objects.count(), Permission.objects.count()) == kept
    assert min(kept) > 0
    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("tenfold_app",)
