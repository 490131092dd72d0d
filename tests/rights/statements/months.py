"""Months of payees in few words: what each earned, in the books and locked, without reading a report."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.domain.rate_tables import Printed, Tables
from rights.domain.terms import Terms
from rights.income.pooling import Share, shares_digest
from rights.models import IncomeFile, IncomeGroup, RoyaltyRun
from rights.selectors.run_inputs import Period, reports_of
from rights.selectors.statement_due import payees_due
from rights.services.contracts import contract_make
from rights.services.exchange import rates_import
from rights.services.ledger import entry_post
from rights.services.royalty_runs import run_approve, run_calculated, run_lock
from rights.services.statements import batch_begin, batch_issued, statement_issue
from tests.rights.income.sheets import make_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rights.models import Contract, Party, Recording, Statement

AUGUST, SEPTEMBER, OCTOBER = "2026-08", "2026-09", "2026-10"
SINCE = date(2026, 1, 1)
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Earning:
    """One share of a run: whose, how much in micro-units, of which use. No party: it is held."""

    party: Party | None
    amount: int
    currency: str = "EUR"
    recording: Recording | None = None
    territory: str = "DE"
    service: str = "Lanternwave"
    uses: int = 10
    share_ppm: int = 1_000_000
    sheet: Any = None


def contract_of(
    party: Party,
    *,
    actor: Any,
    currency: str = "EUR",
    every: str = "M",
    since: date = SINCE,
    **terms: Any,
) -> Contract:
    """Make a contract, which counts since January if nothing else is said."""
    return contract_make(
        party=party, name=f"{party.name} 2026", currency=currency, every=every,
        terms=Terms(since, **terms), actor=actor,
    )  # fmt: skip


def rate(text: str, quote: str = "USD", on: date = date(2026, 10, 30)) -> None:
    """Let the bank have printed a rate against the euro."""
    rates_import(tables=Tables([Printed(on, quote, text)], []), actor=None, name="eurofxref.csv")


def locked(period: str, earnings: Sequence[Earning], first: Any, second: Any) -> RoyaltyRun:
    """Lock a month in which this was earned."""
    month = Period.parse(period)
    groups = _report(month, earnings) if earnings else []
    run = RoyaltyRun.objects.create(period=period, state="calculating", created_by=first)
    shares = [
        Share(
            pool="inputs",
            group=group.pk,
            recording=str((one.recording or group.sheet.sources.first().recording).pk),
            party=str(one.party.pk) if one.party else "",
            currency=one.currency,
            weight=100_000,
            share_ppm=one.share_ppm,
            amount=one.amount,
        )
        for one, group in zip(earnings, groups, strict=True)
    ]
    facts = {"reports": sorted(reports_of(month))}
    run_calculated(run=run, shares=shares, facts=facts, digest=shares_digest(shares))
    run_approve(run=run, actor=second, because="Looked")
    return run_lock(run=run, actor=first)


def _report(month: Period, earnings: Sequence[Earning]) -> list[IncomeGroup]:
    """Post a report with one group of uses for each earning."""
    file = IncomeFile.objects.create(
        name=f"{month.name}.tsv", sha256=f"{next(NUMBERS):064x}", key="x", size_bytes=1,
        state="read", usage_from=f"{month.name}-01", usage_to=f"{month.name}-28",
    )  # fmt: skip
    sheet = next((one.sheet for one in earnings if one.sheet), None)
    sheet = sheet or make_sheet(f"QZTEN26{next(NUMBERS) + 50_000:05d}")
    groups = [
        IncomeGroup.objects.create(
            file=file,
            number=number,
            summary="S",
            service=one.service,
            territory=one.territory,
            model="SubscriptionModel",
            use="OnDemandStream",
            currency=one.currency,
            isrc=(one.sheet or sheet).isrc,
            span=f"{month.name}-17",
            uses=1,
            usages=one.uses,
            returns=0,
            net=one.amount,
            micros=one.amount,
            match="matched",
            sheet=one.sheet or sheet,
        )
        for number, one in enumerate(earnings, start=1)
    ]
    _accrue(month, file, earnings)
    file.state, file.posted_at = "posted", month.start
    file.save()
    return groups


def _accrue(month: Period, file: IncomeFile, earnings: Sequence[Earning]) -> None:
    totals: dict[str, int] = defaultdict(int)
    for one in earnings:
        totals[one.currency] += one.amount
    for currency, total in totals.items():
        if total:
            entry_post(
                idem=f"income:{file.pk}:{currency}",
                kind="income_accrued",
                effective_at=month.start,
                facts={"file": str(file.pk)},
                movements=[
                    Movement(account("distributor_receivable", currency, "store"), -total),
                    Movement(account("pool_inputs_clearing", currency), total),
                ],
            )


def issue(run: RoyaltyRun, actor: Any = None) -> list[Statement]:
    """Issue the statements of a run, as the job does."""
    batch = batch_begin(run=run, actor=actor)
    made = [statement_issue(due=due, run=run, actor=actor) for due in payees_due(run)]
    batch_issued(batch=batch, missed=[])
    return made
