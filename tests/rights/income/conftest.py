"""Reading a report the way the job does it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from rights.income.checks import Concern, report_concerns
from rights.income.engine import calculator
from rights.income.files import ReportFile, report_open
from rights.income.scan import GROUPS, Report, scan_report
from rights.income.sums import COLUMNS
from tests.rights.income.reports import NAME, written


def _browser_of(user: User) -> Client:
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff(cast: Any) -> Client:
    """Sam's browser: somebody of the staff who may do everything, with a second factor."""
    return _browser_of(cast.sam)


@pytest.fixture
def reader(db: None) -> Client:
    """The browser of somebody of the staff who may read and not write."""
    user = User.objects.create_user(email="reader@tenfold.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return _browser_of(user)


@dataclass(frozen=True)
class Read:
    """What came out: the report, its sums by column, what is to be settled, and the calculator."""

    report: Report
    groups: list[dict[str, Any]]
    concerns: list[Concern]
    connection: Any
    file: ReportFile

    @property
    def codes(self) -> list[str]:
        """The codes of all faults, then of all concerns that block."""
        return [f.code for f in self.report.faults] + [
            c.code for c in self.concerns if c.is_blocking
        ]


Reader = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    """Write lines into a file, read it, and return everything that was found."""
    with ExitStack() as stack:

        def reader(
            lines: Sequence[str], *, name: str = NAME, cuts: Sequence[Any] = (), **how: Any
        ) -> Read:
            return stack.enter_context(
                reading(written(tmp_path, lines, **how), tmp_path, name, cuts)
            )

        yield reader


class reading:  # noqa: N801 - a context manager, named like one
    """Open a file, scan it, check it."""

    def __init__(
        self, path: Path, folder: Path, name: str = NAME, cuts: Sequence[Any] = ()
    ) -> None:
        self._path, self._folder, self._name, self._cuts = path, folder, name, cuts
        self._stack = ExitStack()

    def __enter__(self) -> Read:
        file = report_open(self._path, self._folder)
        connection = self._stack.enter_context(calculator(self._folder, threads=1))
        report = scan_report(connection, file, folder=self._folder, cuts=self._cuts)
        groups: list[dict[str, Any]] = []
        concerns: list[Concern] = []
        if report.head is not None and connection.execute("SHOW TABLES").fetchall():
            rows = connection.table(GROUPS).order("ALL").fetchall()
            groups = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
            concerns = report_concerns(connection, report, file, self._name)
        return Read(report, groups, concerns, connection, file)

    def __exit__(self, *problem: object) -> None:
        self._stack.close()
