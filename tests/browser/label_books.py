"""A label whose books have months in them: reports, runs, statements, as the product makes them.

For the browser, and for looking at.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import time_machine

from rights.domain.split_sheet import SheetFacts
from rights.domain.terms import Terms
from rights.income.pooling import shares_digest
from rights.models import Contract, Party, Recording, RoyaltyRun
from rights.selectors.statement_due import payees_due
from rights.services.claims import Proof, Wanted, claim_activate, claim_submit
from rights.services.contracts import contract_make
from rights.services.income import income_post, income_upload
from rights.services.income_reading import income_read
from rights.services.royalty_runs import (
    run_approve,
    run_begin_calculating,
    run_calculated,
    run_create,
    run_lock,
)
from rights.services.split_sheets import base_catalogue_freeze, split_sheet_freeze
from rights.services.statement_publishing import statement_publish
from rights.services.statements import batch_begin, batch_issued, statement_issue
from rights.tasks.income import reading_in_folder
from rights.tasks.royalty_run import period_divide
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import Sale, head, line, summary
from tests.rights.income.sheets import receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accounts.models import Organisation, User

TITLES = (
    ("Salt on the Window", "The Inventors"),
    ("Paper Lanterns", "The Inventors"),
    ("Nine Bridges", "Orla Quist"),
    ("Half a Moon, Half a Mile", "Orla Quist"),
    ("Copper Wire", "Night Ferry"),
    ("Slow Weather", "Night Ferry"),
    ("Anniversary of Rain", "Tove Lindqvist"),
)
SONGS = (
    ("Ten into One", "Alice"),
    ("Harbour Lights at Half Past Four", "Alice"),
    ("Glass Cabinet", "Charlie"),
    ("What the Tide Wrote Down", "Mira"),
)
STORES = (
    ("Lanternwave", "DE", "SubscriptionModel", 31),
    ("Lanternwave", "GB", "SubscriptionModel", 23),
    ("Lanternwave", "US", "AdvertisementSupportedModel", 7),
    ("Brightfold", "FR", "SubscriptionModel", 17),
    ("Brightfold", "SE", "AdvertisementSupportedModel", 4),
    ("Tidepool", "JP", "PayAsYouGoModel", 11),
)
PART = 137_000_000
"""Of what one song earns in one place, in 1e-10 of a euro: the rest follows by whole numbers."""


@dataclass(frozen=True)
class Books:
    """What was made: whose it is, its recordings, the contract, the runs in order."""

    party: Party
    recordings: Sequence[Recording]
    contract: Contract
    runs: Sequence[RoyaltyRun]


def books_make(
    *,
    label: Organisation,
    rita: User,
    sam: User,
    second: User,
    months: Sequence[str],
    unissued: int = 0,
    published: Callable[[int, Party], None] = lambda _number, _party: None,
) -> Books:
    """Let a label own recordings; bring, divide and lock every month, publish all but the last few.

    ``published`` is called after each month, with its place.
    """
    party = make_party("Rita Records", organisation=label)
    mine = [make_recording(title, artist=artist, label=party) for title, artist in TITLES]
    with time_machine.travel(f"{months[0]}-02T12:00Z", tick=False):
        contract = contract_make(
            party=party, name="Licence of 2025", currency="EUR", every="M", actor=sam,
            terms=Terms(
                active_from=date(2020, 1, 1), fee_ppm=150_000, reserve_ppm=100_000,
                reserve_periods=3, payout_min=50_000_000,
            ),
        )  # fmt: skip
    base_catalogue_freeze(
        revision="base@1", policy="equal", weights={mine[-1].pk: 3, make_recording().pk: 5}
    )
    for number, recording in enumerate(mine):
        _own(recording, party, rita, sam, ppm=1_000_000 if number % 3 else 650_000)
    sheets = [_sheet(number, mine) for number in range(len(SONGS))]
    runs = []
    for number, month in enumerate(months):
        _bring(month, number, [sheet.isrc for sheet in sheets], sam)
        run = _divide(month, sam, second)
        if number < len(months) - unissued:
            issue_and_publish(run, second)
            published(number, party)
        runs.append(run)
    return Books(party, mine, contract, runs)


def _own(recording: Recording, party: Party, rita: User, sam: User, *, ppm: int) -> None:
    claim = claim_submit(
        recording=recording, party=party, wanted=Wanted(ppm, "world", date(2019, 1, 1), None),
        proofs=[Proof("The contract of 2019")], actor=rita,
    )  # fmt: skip
    claim_activate(claim=claim, actor=sam, reason="The contract names the recording")


def _sheet(number: int, mine: Sequence[Recording]):
    title, artist = SONGS[number]
    used = [mine[(number + step) % len(mine)] for step in range(4)]
    others = [make_recording() for _ in range(6)]
    shares = {one.isrc: 101_000 - 7_000 * place for place, one in enumerate(used)}
    left = 670_000 - sum(shares.values())
    shares |= {one.isrc: left // 6 + (place < left % 6) for place, one in enumerate(others)}
    return split_sheet_freeze(
        facts=SheetFacts(
            isrc=f"QZTEN25{number + 1:05}", title=title, artist=artist,
            receipt_id=f"0000000{number}-0000-4000-8000-000000000000",
            receipt=_named(receipt(shares), [*used, *others]), valid_from=date(2025, 1, 1),
        ),
        actor=None,
    )  # fmt: skip


def _named(told, recordings):
    names = {one.isrc: one for one in recordings}
    for source in told["sources"]:
        if source["isrc"] in names:
            one = names[source["isrc"]]
            source["title"], source["artist"] = one.title, one.artist
    return told


def _bring(month: str, number: int, songs: Sequence[str], sam: User) -> None:
    lines = [
        head(MessageId=f"M-{month}", UsageStartDate=f"{month}-01", UsageEndDate=f"{month}-28"),
        *_summaries(month, number, songs),
    ]
    lines.append(
        line("SRFO", NumberOfLinesInReport=len(lines) + 1, NumberOfSummaryRecords=len(STORES))
    )
    with time_machine.travel(f"{month}-20T12:00Z", tick=False):
        text = "\n".join([*lines, ""]).encode()
        file, _ = income_upload(
            name=f"DSR_Tenfold_Lanternwave_{month}.tsv", stream=io.BytesIO(text), actor=sam,
            is_read_here=True,
        )  # fmt: skip
        income_read(file=file, reading=reading_in_folder(file))
        file.concerns.filter(is_blocking=True).update(is_blocking=False)
        file.groups.exclude(match="matched").update(match="ignored", ignored_because="Not ours")
        income_post(file=file, actor=sam)


def _summaries(month: str, number: int, songs: Sequence[str]) -> list[str]:
    keyed = []
    for place, (store, territory, model, size) in enumerate(STORES):
        sales = [
            Sale(
                isrc=isrc, summary=f"S{place}", usages=97 * size + 13 * rank + number,
                net=f"{_earned(number, size, rank) / 10**10:.10f}", day=f"{month}-17",
            )
            for rank, isrc in enumerate(songs)
        ]  # fmt: skip
        cells = {"Territory": territory, "CommercialModel": model, "ServiceDescription": store}
        use = "PermanentDownload" if model == "PayAsYouGoModel" else "OnDemandStream"
        days = {"ReportingPeriodStartDate": f"{month}-01", "ReportingPeriodEndDate": f"{month}-28"}
        keyed.append((summary(f"S{place}", sales, UseType=use, **cells, **days), sales))
    sales = [sale for _, several in keyed for sale in several]
    return [head for head, _ in keyed] + [
        sale.text(place) for place, sale in enumerate(sales, start=1)
    ]


def _earned(number: int, size: int, rank: int) -> int:
    """Return what a song earns in a place: it grows, with a summer, and never evenly."""
    season = (9, 8, 9, 11, 12, 13, 14, 13, 11, 10, 9, 12)[number % 12]
    return PART * size * season * (10 + number) * (9 - 2 * rank) // 17 + 104_729 * (rank + number)


def issue_and_publish(run: RoyaltyRun, actor: User) -> None:
    """Issue the statements of a locked run as the job does, ten days after it, and publish them."""
    with time_machine.travel(after(run.period), tick=False):
        batch = batch_begin(run=run, actor=actor)
        for due in payees_due(run):
            statement_issue(due=due, run=run, actor=actor)
        batch_issued(batch=batch, missed=[])
        for statement in run.statements.all():
            statement_publish(statement=statement, actor=actor)


def after(month: str) -> str:
    """Return the tenth of the next month, when a month's books are done."""
    at = int(month[:4]) * 12 + int(month[5:])
    return f"{at // 12:04}-{at % 12 + 1:02}-10T12:00Z"


def _divide(month: str, sam: User, second: User) -> RoyaltyRun:
    with time_machine.travel(after(month), tick=False):
        run = run_begin_calculating(run_create(period=month, actor=sam))
        shares, facts = period_divide(run.period)
        run_calculated(run=run, shares=shares, facts=facts, digest=shares_digest(shares))
        run = run_approve(run=run, actor=second, because="Compared with the month before")
        return run_lock(run=run, actor=second)
