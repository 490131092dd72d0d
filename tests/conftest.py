"""Fixtures of every test: the database as the application's role, the cast, a clean outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management.commands import flush
from django.db import connection

from config.postgres import APP
from tests.sandbox import sandbox, sandbox_process  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cast import Cast


# Tests that share something big and would disturb themselves stay together on one of xdist's
# workers, in order: one browser with one site, and the processes and servers that are killed.
GROUP_OF_FIXTURE = {"site": "browser", "browser": "browser", "server": "processes"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests ``--dist loadgroup`` must keep on one worker."""
    for item in items:
        names = [*item.keywords, *getattr(item, "fixturenames", ())]
        group = next((GROUP_OF_FIXTURE[name] for name in names if name in GROUP_OF_FIXTURE), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the migrations, which the owner ran, act as the application's role.

    The owner's connection assumes the role, so revoked privileges and triggers bind every test
    as they bind the product. Only the flush between transactional tests steps out of it.
    """
    original = flush.Command.handle

    def flush_as_owner(self: flush.Command, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            original(self, **options)
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
