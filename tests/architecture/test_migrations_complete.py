"""Models and migrations say the same."""

from __future__ import annotations

import ast

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.architecture.tree import modules, name


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.django_db
def test_every_app_has_one_last_migration():
    assert MigrationLoader(connection).detect_conflicts() == {}


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
