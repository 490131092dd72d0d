"""Fixtures of every test: the database as the application's role, the cast, a clean outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management.commands import flush
from django.db import connection
from hypothesis import settings as hypothesis_settings

from config.postgres import APP
from tests.emptying import tables_empty
from tests.groups import ByGroup
from tests.migrated import migrated_database
from tests.sandbox import sandbox, sandbox_process, stand_ins  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cast import Cast

# How long an example takes says how busy the machine is; figures come from benchmarks.
hypothesis_settings.register_profile("tenfold", deadline=None)
hypothesis_settings.load_profile("tenfold")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    """Spread the tests over the workers, but keep together what must be."""
    return ByGroup(config, log)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes by their argument: what gzip writes holds the time, and no two workers would agree."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def migrated() -> str:
    """The name of a migrated database to make others from."""
    return migrated_database()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, migrated: str) -> None:
    """Make the database of the tests as a copy."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the migrations, which the owner ran, act as the application's role.

    The owner's connection assumes the role, so revoked privileges and triggers bind every test
    as they bind the product. Only the flush between transactional tests steps out of it.
    """

    def flush_as_owner(self: flush.Command, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            tables_empty(cursor)
            cursor.execute(f"SET ROLE {APP}")

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(flush.Command, "handle", flush_as_owner)
        patch.setitem(connection.settings_dict["OPTIONS"], "assume_role", APP)
        connection.close()
        yield
    with django_db_blocker.unblock():
        connection.close()  # the owner drops the database


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast of ``tests/cast.py``, saved."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture(autouse=True)
def _private_storage(settings: Any, tmp_path: Path) -> None:
    """Let every test write to a folder of its own."""
    folder = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "media")}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}  # a new dict: storages start anew
