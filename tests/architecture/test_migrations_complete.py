"""Models and migrations say the same."""

from __future__ import annotations

import ast

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import AddConstraint, AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader

from tests.architecture.tree import modules, name

OURS = {"accounts", "generation", "jobs", "library", "rights"}


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.django_db
def test_every_app_has_one_last_migration():
    assert MigrationLoader(connection).detect_conflicts() == {}


def test_a_migration_fits_in_one_reading():
    long = {
        name(path): lines
        for path in modules()
        if path.parent.name == "migrations" and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}, "split it by subject"


def test_what_a_migration_makes_it_makes_whole():
    """Each operation has Django render all models anew; thousands of them were half a minute."""
    late = [
        f"{app}.{migration.name}: {operation.describe()}"
        for (app, _), migration in MigrationLoader(None).disk_migrations.items()
        if app in OURS
        for operation in migration.operations
        if isinstance(operation, AddConstraint | AddIndex)
        and operation.model_name_lower in _made_by(migration)
    ]
    assert late == [], "manage.py optimizemigration puts it into the CreateModel"


def _made_by(migration: Migration) -> set[str]:
    return {made.name_lower for made in migration.operations if isinstance(made, CreateModel)}


def test_code_that_a_migration_runs_can_be_undone():
    migrations = [path for path in modules() if path.parent.name == "migrations"]
    one_way = [
        f"{name(path)}:{node.lineno}"
        for path in migrations
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in {"RunPython", "RunSQL"}
        and len(node.args) < 2
        and not {"reverse_code", "reverse_sql"} & {keyword.arg for keyword in node.keywords}
    ]
    assert one_way == [], "give it its way back"
