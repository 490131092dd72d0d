"""An office that does everything with money, step by step, and may be struck by a crash anywhere.

Each step is tried in a transaction of its own. A crash is an exception at the n-th statement that the
step sends to the database: nothing of it may be left, and asked again it is done once.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import time_machine
from django.db import connection, transaction

from accounts.models import User
from config.lib.errors import DomainError
from rights.models import IncomeFile, RoyaltyRun
from rights.services.claims import Proof, Wanted, claim_submit
from rights.services.income import income_post, income_reverse, income_upload
from rights.services.income_reading import income_read
from rights.services.royalty_runs import run_approve, run_create, run_lock
from rights.tasks.income import reading_in_folder
from tests.cast import make_cast
from tests.rights.claims.held import calculate
from tests.rights.income.reports import Sale, head, line, summary
from tests.rights.proof.invariants import Seal
from tests.rights.runs.months import OTHER, SONG, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SONGS = (SONG, OTHER)
CURRENCIES = ("EUR", "USD", "JPY")


class CrashedError(Exception):
    """The process died here, so to speak."""


@dataclass
class Crash:
    """Dies at the n-th statement that is not one of the test's own frame."""

    left: int

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left <= 0:
            raise CrashedError
        return execute(sql, params, many, context)


@contextmanager
def crashing(at: int) -> Iterator[None]:
    with transaction.atomic(), connection.execute_wrapper(Crash(at)):
        yield


def report_lines(sales: Sequence[tuple[str, str, str]], message: str) -> list[str]:
    """Return a report of (song, currency, net revenue), a summary for each currency."""
    by_currency: dict[str, list[Sale]] = {}
    for song, currency, net in sales:
        is_return = Decimal(net) < 0
        by_currency.setdefault(currency, []).append(
            Sale(isrc=song, summary=currency, net=net, usages=0 if is_return else 1, returns=int(is_return))
        )  # fmt: skip
    lines = [head(MessageId=message)]
    lines += [
        summary(code, several, CurrencyOfTransaction=code, CurrencyOfAccounting=code)
        for code, several in by_currency.items()
    ]
    all_sales = [sale for several in by_currency.values() for sale in several]
    lines += [sale.text(number) for number, sale in enumerate(all_sales, start=1)]
    foot = line(
        "SRFO", NumberOfLinesInReport=len(lines) + 1, NumberOfSummaryRecords=len(by_currency)
    )
    return [*lines, foot]


@dataclass
class Office:
    """Two people of the staff, owners, months one after the other."""

    months: list[str]
    crashes: int = 0
    refusals: int = 0
    seal: Seal = field(default_factory=Seal)

    def __post_init__(self) -> None:
        cast = make_cast()
        self.cast, self.sam, self.rita = cast, cast.sam, cast.rita
        self.olive = User.objects.create_user(email="olive@tenfold.example", is_staff=True)
        self.world = World()
        self.parties = [self.world.rita, self.world.bert, self.world.cleo]
        self.messages = 0

    @property
    def month(self) -> str:
        """The month that is open."""
        return self.months[0]

    def attempt(self, step: Callable[[], object], crash_at: int = 0) -> bool:
        """Take a step, perhaps after a crash of the first try; say whether it was not refused."""
        if crash_at and (ended := self._crashed(step, crash_at)) is not None:
            return ended
        before = self.seal.everything()
        try:
            with transaction.atomic():
                step()
        except DomainError:
            self._refused(before)
            return False
        return True

    def _crashed(self, step: Callable[[], object], crash_at: int) -> bool | None:
        """Take a step that dies at a statement; say how it ended if it had fewer than that."""
        before = self.seal.everything()
        try:
            with crashing(crash_at):
                step()
        except CrashedError:
            self.crashes += 1
            assert self.seal.everything() == before, "a crash left something behind"
            return None
        except DomainError:
            self._refused(before)
            return False
        return True

    def _refused(self, before: object) -> None:
        self.refusals += 1
        assert self.seal.everything() == before, "a refusal changed something"

    # ------------------------------------------------------------ income

    def report(self, sales: Sequence[tuple[str, str, str]], day: int, crash_at: int) -> None:
        """A store sends a report; it is read, settled and posted, on a day of the open month."""
        self.messages += 1
        lines = report_lines(sales, f"M-{self.messages}")
        content = "\n".join([*lines, ""]).encode()
        with time_machine.travel(f"{self.month}-{day:02}T12:00Z", tick=False):
            file, _ = income_upload(
                name=f"M-{self.messages}.tsv", stream=io.BytesIO(content), actor=self.sam,
                is_read_here=True,
            )  # fmt: skip
            reading = reading_in_folder(file)
            self.attempt(lambda: income_read(file=file, reading=reading), crash_at)
            IncomeFile.objects.get(pk=file.pk).concerns.update(is_blocking=False)
            self.attempt(lambda: income_post(file=file, actor=self.sam), crash_at)
            self.attempt(lambda: income_post(file=file, actor=self.sam))  # asked again

    def reverse(self, which: int, day: int, crash_at: int) -> None:
        """A report is taken back, in the open month; perhaps one that was before."""
        there = list(IncomeFile.objects.filter(state__in=["posted", "reversed"]).order_by("name"))
        if not there:
            return
        file = there[which % len(there)]
        with time_machine.travel(f"{self.month}-{day:02}T18:00Z", tick=False):
            self.attempt(
                lambda: income_reverse(file=file, because="Wrong", actor=self.sam), crash_at
            )

    # ------------------------------------------------------------ runs

    def run(self) -> RoyaltyRun:
        return run_create(period=self.month, actor=self.sam)

    def calculate(self, crash_at: int) -> None:
        self.attempt(lambda: calculate(self.run()), crash_at)

    def approve(self, crash_at: int) -> None:
        self.attempt(
            lambda: run_approve(run=self.run(), actor=self.olive, because="Looked"), crash_at
        )

    def lock(self, crash_at: int) -> None:
        if self.attempt(lambda: run_lock(run=self.run(), actor=self.sam), crash_at):
            self.attempt(lambda: run_lock(run=self.run(), actor=self.sam))  # asked again
            if len(self.months) > 1:
                self.months.pop(0)

    # ------------------------------------------------------------ claims

    def claim(self, recording: Any, party: Any, wanted: Wanted, crash_at: int) -> None:
        self.attempt(
            lambda: claim_submit(
                recording=recording, party=party, wanted=wanted, proofs=[Proof("The contract")],
                actor=self.rita,
            ),
            crash_at,
        )  # fmt: skip

    def decide(self, step: Callable[..., object], claim: Any, crash_at: int, **more: Any) -> None:
        self.attempt(
            lambda: step(claim=claim, actor=self.olive, reason="Decided", **more), crash_at
        )
