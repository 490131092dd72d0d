"""``manage.py bench statements``: a month of many payees, settled, written down and drawn as PDF.

It runs in a database of its own, which is dropped afterwards; the PDFs are deleted.
"""

from __future__ import annotations

import os
import resource
import uuid
from collections import defaultdict
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Sum

from accounts.models import User
from config.benchmarks.scratch import scratch_database
from config.jobs.benchmark import on_database
from config.lib import blobs
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.domain.split_sheet import SheetFacts
from rights.domain.terms import Terms
from rights.income.pooling import Share, shares_digest
from rights.management.ledger_benchmark import Laps
from rights.models import (
    IncomeFile,
    IncomeGroup,
    Party,
    Recording,
    RoyaltyRun,
    SplitSheetSource,
    Statement,
    StatementDocument,
)
from rights.selectors.ledger_invariants import ledger_findings
from rights.selectors.run_inputs import Period, reports_of
from rights.services.contracts import contract_make
from rights.services.ledger import entry_post
from rights.services.royalty_runs import run_approve, run_calculated, run_lock
from rights.services.split_sheets import split_sheet_freeze
from rights.services.statements import batch_begin, batch_issued
from rights.statements.pdf import statements_draw
from rights.tasks.statements import statements_make, statements_undrawn

if TYPE_CHECKING:
    from rights.models import SplitSheet

MONTH = "2026-10"
SONGS, SOURCES = 10, 10
STORES, COUNTRIES = ("Lanternwave", "Tidal Pool", "Ears"), ("DE", "FR", "GB", "JP", "US")
TERMS = Terms(
    date(2026, 1, 1), fee_ppm=150_000, reserve_ppm=100_000, reserve_periods=2,
    withholding_ppm=158_250, payout_min=10_000_000,
)  # fmt: skip


def statements_benchmark(
    *, statements: int = 1_000, lines: int = 40, children: int = 2
) -> dict[str, Any]:
    """Return the seconds that a month of ``statements`` takes, each of ``lines`` shares, with PDF."""
    load = [round(n, 2) for n in os.getloadavg()]
    laps = Laps({}, {})
    with scratch_database() as environment, on_database(environment):
        run = _month(statements, lines)
        batch = batch_begin(run=run, actor=None)
        with laps.lap("settle"):
            missed = statements_make(run, None)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with laps.lap("draw"):
            drawn = statements_draw(statements_undrawn(run), children=children)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        batch_issued(batch=batch, missed=missed)
        with laps.lap("prove"):
            findings = [one.invariant for one in ledger_findings() if one.rows]
        documents = StatementDocument.objects.all()
        size = documents.aggregate(mean=Avg("size_bytes"))["mean"]
        earned = Statement.objects.aggregate(total=Sum("earned"))["total"]
        for key in documents.values_list("key", flat=True):
            blobs.delete(key)
    return {
        "statements": statements,
        "lines_each": lines,
        "children": children,
        "cores": os.cpu_count(),
        "load_average_before": load,
        "load_average_after": [round(n, 2) for n in os.getloadavg()],
        "seconds": laps.seconds,
        "cpu_seconds": laps.cpu_seconds,
        "children_cpu_seconds": round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2
        ),
        "children_peak_mb": after.ru_maxrss >> 10,
        "total_s": round(laps.seconds["settle"] + laps.seconds["draw"], 2),
        "drawn": drawn,
        "missed": len(missed),
        "pdf_bytes_mean": int(size or 0),
        "earned_micros": int(earned),
        "broken_invariants": findings,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def _month(payees: int, lines: int) -> RoyaltyRun:
    """Make payees with contracts, and a locked month in which each earned so many shares."""
    first, second = (
        User.objects.create_user(email=f"{name}@bench.example", is_staff=True) for name in "ab"
    )
    parties = [
        Party.objects.create(name=f"Label {n}", normalised_name=f"label {n}", kind="label")
        for n in range(payees)
    ]
    for party in parties:
        contract_make(
            party=party,
            name=f"{party.name} 2026",
            currency="EUR",
            every="M",
            terms=TERMS,
            actor=None,
        )
    sheets = [_sheet(number) for number in range(SONGS)]
    file = IncomeFile.objects.create(
        name="bench.tsv", sha256="b" * 64, key="bench", size_bytes=1, state="read",
        usage_from=f"{MONTH}-01", usage_to=f"{MONTH}-31",
    )  # fmt: skip
    places = list(product(sheets, STORES, COUNTRIES))
    amounts: dict[int, int] = defaultdict(int)
    wanted = []
    for number, party in enumerate(parties):
        for line in range(lines):
            place = (number * 7 + line) % len(places)
            amount = 1_000_003 * (1 + (number * 31 + line * 17) % 97) - 5_000_000 * (line % 11 == 3)
            amounts[place] += amount
            wanted.append((party, place, amount))
    groups = {
        place: _group(file, place, places[place], micros) for place, micros in amounts.items()
    }
    _accrue(file, sum(amounts.values()))
    first_of = SplitSheetSource.objects.filter(position=1).values_list("sheet", "recording")
    played = {sheet: str(recording) for sheet, recording in first_of}
    shares = [
        _share(party, groups[place], played[places[place][0].pk], amount)
        for party, place, amount in wanted
    ]
    return _locked(shares, first, second)


def _sheet(number: int) -> SplitSheet:
    recordings = [
        Recording.objects.create(
            isrc=f"QZBNC26{number * SOURCES + n:05d}", title=f"Title {number}-{n}", artist=f"Artist {n}",
            origin="manual",
        )
        for n in range(SOURCES)
    ]  # fmt: skip
    sources = [
        {"isrc": one.isrc, "title": one.title, "artist": one.artist, "pool": "references",
         "weight_ppm": 67_000, "share_ppm": 67_000}
        for one in recordings
    ]  # fmt: skip
    base = {"isrc": "base", "title": "Base", "artist": "Tenfold", "pool": "catalogue"}
    sources.append({**base, "weight_ppm": 330_000, "share_ppm": 330_000})
    facts = SheetFacts(
        isrc=f"QZBNC27{number:05d}", title=f"New song {number}", artist=f"Creator {number % 4}",
        receipt_id=str(uuid.uuid4()), valid_from=date(2026, 1, 1),
        receipt={"sources": sources, "base_model": {"revision": "bench", "sha256": "0" * 64}},
    )  # fmt: skip
    return split_sheet_freeze(facts=facts, actor=None)


def _group(file: IncomeFile, number: int, place: tuple[Any, str, str], micros: int) -> IncomeGroup:
    sheet, store, country = place
    return IncomeGroup.objects.create(
        file=file, number=number, summary="S", service=store, territory=country,
        model="SubscriptionModel", use="OnDemandStream", currency="EUR", isrc=sheet.isrc,
        span=f"{MONTH}-17", uses=1, usages=10 + number, returns=0, net=micros, micros=micros,
        match="matched", sheet=sheet,
    )  # fmt: skip


def _share(party: Party, group: IncomeGroup, recording: str, amount: int) -> Share:
    return Share(
        pool="inputs", group=group.pk, recording=recording, party=str(party.pk), currency="EUR",
        weight=100_000, share_ppm=1_000, amount=amount,
    )  # fmt: skip


def _accrue(file: IncomeFile, total: int) -> None:
    month = Period.parse(MONTH)
    entry_post(
        idem=f"income:{file.pk}:EUR",
        kind="income_accrued",
        effective_at=month.start,
        facts={"file": str(file.pk)},
        movements=[
            Movement(account("distributor_receivable", "EUR", "bench"), -total),
            Movement(account("pool_inputs_clearing", "EUR"), total),
        ],
    )
    file.state, file.posted_at = IncomeFile.State.POSTED, month.start
    file.save()


def _locked(shares: list[Share], first: User, second: User) -> RoyaltyRun:
    run = RoyaltyRun.objects.create(period=MONTH, state="calculating", created_by=first)
    facts = {"reports": sorted(reports_of(Period.parse(MONTH)))}
    run_calculated(run=run, shares=shares, facts=facts, digest=shares_digest(shares))
    run_approve(run=run, actor=second, because="Benchmark")
    return run_lock(run=run, actor=first)
