"""Fixtures of the job tests: the kinds, and a field of real processes for the fault tests."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from config.jobs import registry
from config.postgres import var_dir
from tests.jobs.field import Field
from tests.jobs.kinds import register_all

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the kinds of the tests are known."""
    monkeypatch.setattr(registry, "_kinds", {})
    register_all()


@pytest.fixture(scope="session")
def server() -> Iterator[Field]:
    """A PostgreSQL server of our own, for the whole run.

    Not below pytest's folder: every other run closes that to the server's user.
    """
    with TemporaryDirectory(prefix="field-", dir=var_dir()) as folder:
        Path(folder).chmod(0o755)
        made = Field(Path(folder) / "postgres")
        yield made
        made.dismiss()
        made.stop_server()


@pytest.fixture
def quiet_field(
    server: Field, kinds: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Field]:
    """Empty tables. Services called in the test write to its database and really commit."""
    with django_db_blocker.unblock():
        connection.close()
        with monkeypatch.context() as patch:
            for key, value in (
                ("NAME", "tenfold"),
                ("USER", "tenfold_app"),
                ("HOST", server.host),
                ("PORT", ""),
                ("OPTIONS", {}),
            ):
                patch.setitem(connection.settings_dict, key, value)
            yield server
            connection.close()
        server.clear()


@pytest.fixture
def field(quiet_field: Field) -> Iterator[Field]:
    """Nobody is at work; what the test starts is killed after it."""
    quiet_field.dismiss()
    quiet_field.clear()  # a supervisor of the test before may have sent a canary meanwhile
    yield quiet_field
    quiet_field.dismiss()


@pytest.fixture
def team(quiet_field: Field) -> Field:
    """Workers, reaper and supervisor at work; a test that uses this leaves them sound."""
    quiet_field.staff()
    return quiet_field


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show what the processes printed beside the failure of a test that used them."""
    report = yield
    used = getattr(item, "funcargs", {}).get("quiet_field")
    if report.failed and used is not None:
        report.sections.append(("Processes", used.tell()))
    return report
