"""The worked examples of docs/algorithms/allocation.md and docs/explanation/ledger.md, as printed.

Each table of a page stands below a comment ``<!-- example: name -->``. The test of that name computes
it with the product's code, posts what is posted, and compares line by line.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.lib.money import Money, decimal_text, micros_parse
from rights.domain.allocation import allocate
from rights.domain.chart import account
from rights.domain.exchange import RateTable, convert
from rights.domain.postings import Movement, PayeeStanding, payee_movements
from rights.domain.royalties import inputs_allocate, pools_split
from rights.domain.settlement import Position, settle
from rights.domain.shares import ShareClaim, shares_resolve
from rights.domain.terms import Terms
from rights.models import Entry
from rights.selectors.ledger import account_book, trial_balance
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.ledger import entry_post, entry_reverse
from rights.services.ledger_accounts import payees_lock
from tests.rights.ledger.books import NOVEMBER, POOL, STORE, book_of, payable, post

DOCS = Path(__file__).parents[3] / "docs"
ALLOCATION, LEDGER = DOCS / "algorithms/allocation.md", DOCS / "explanation/ledger.md"
SUSPENSE = account("suspense_base", "EUR")


def table(page: Path, name: str) -> list[list[str]]:
    """Return the rows of the table of that name, without its head."""
    _, found, rest = page.read_text().partition(f"<!-- example: {name} -->\n")
    assert found, f"{page.name} has no example {name}"
    lines = rest.lstrip("\n").split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def micros(text: str) -> int:
    """Read an amount as the pages print it."""
    return micros_parse(text.replace("\u2212", "-").replace(",", ""))


def shown(amount: int) -> str:
    """Write an amount as the pages print it."""
    return decimal_text(amount, places=2).replace("-", "\u2212")


def legs_as_shown(*entries: Entry) -> list[list[str]]:
    """The legs of entries as rows: account, debit, credit."""
    return [
        [
            leg.account.code,
            shown(-leg.amount) if leg.amount < 0 else "",
            shown(leg.amount) if leg.amount > 0 else "",
        ]
        for entry in entries
        for leg in entry.legs.all()
    ]


def test_every_example_of_the_pages_has_its_test():
    here = Path(__file__).read_text()
    for page in (ALLOCATION, LEDGER):
        names = [
            line.removeprefix("<!-- example: ").removesuffix(" -->")
            for line in page.read_text().splitlines()
            if line.startswith("<!-- example: ")
        ]
        assert names
        assert [name for name in names if f'"{name}"' not in here] == []


# ---------------------------------------------------------------- allocation.md


def test_three_owners_and_an_odd_cent():
    rows = table(ALLOCATION, "three owners")
    weights = {row[0]: int(row[1].replace(",", "")) for row in rows[:-1]}
    pool = micros(rows[-1][-1])
    amounts = allocate(pool, weights).amounts
    for name, weight, exact, whole_part, remainder, amount in rows[:-1]:
        quotient, rest = divmod(pool * int(weight.replace(",", "")), sum(weights.values()))
        assert whole_part == str(quotient)
        assert remainder == f"{rest:,}"
        assert micros(amount) == amounts[name]
        assert exact.startswith(str(quotient))
    assert sum(amounts.values()) == pool


def test_song_from_sale_to_owners():
    rows = table(ALLOCATION, "one song")
    sale = 10_000_003
    claims = {
        "S1": [ShareClaim("1", "alma", 600_000), ShareClaim("2", "bert", 400_000)],
        "S2": [ShareClaim("3", "alma", 600_000), ShareClaim("4", "cleo", 600_000)],
    }
    owners = {
        recording: shares_resolve(some, on=date(2026, 10, 5), territory="GB")
        for recording, some in claims.items()
    }
    receipt = {"S1": 500_000, "S2": 300_000, "S3": 200_000}
    pools = pools_split(sale)
    shares = inputs_allocate(pools.inputs, receipt=receipt, owners=owners)
    computed = [
        [s.recording, s.party or "(held)", str(s.weight_ppm), str(s.share_ppm), shown(s.amount)]
        for s in shares
    ]
    assert [[cell.replace(",", "") for cell in row] for row in rows] == [
        *computed,
        ["base pool", "", "", "", shown(pools.base)],
        ["sale", "", "", "", shown(sale)],
    ]


def test_returns_mirror_sales():
    for sale, sale_parts, back, back_parts in table(ALLOCATION, "mirror"):
        weights = {"alma": 1, "bert": 1, "cleo": 1}
        for pool, parts in ((sale, sale_parts), (back, back_parts)):
            amounts = allocate(int(pool.replace("\u2212", "-")), weights).amounts
            assert ", ".join(str(a) for a in amounts.values()).replace("-", "\u2212") == parts


TERMS = Terms(
    active_from=date(2026, 1, 1),
    fee_ppm=150_000,
    reserve_ppm=100_000,
    reserve_periods=2,
    recoupment_ppm=500_000,
    withholding_ppm=200_000,
    payout_min=10_000_000,
)


def test_advance_recouped_in_the_middle_of_a_period():
    rows = table(ALLOCATION, "waterfall")
    position, columns = Position(advance=60_000_000), []
    for period, earned in enumerate((100_000_000, -30_000_000, 200_000_000), 1):
        got = settle(currency="EUR", period=period, earned=earned, terms=TERMS, before=position)
        position = got.after
        amounts = {line.label.value: line.amount for line in got.lines}
        columns.append(
            {**amounts, "closing": got.closing, "payout": got.payout, "carried": got.carried}
        )
        columns[-1]["advance left"] = got.after.advance
    for label, *cells in rows:
        name = label.replace(" ", "_") if label != "advance left" else label
        assert cells == [shown(column.get(name, 0)) for column in columns], label


def test_two_currencies_convert_once():
    rows = table(ALLOCATION, "two currencies")
    rates = RateTable.parse(
        source="ECB", on=date(2026, 10, 30), base="EUR", texts={"USD": "1.0842", "GBP": "0.83350"}
    )
    for amount, currency, to, result, error in rows:
        rate = None if currency == to else rates.rate(currency, to)
        got = convert(Money(micros(amount), currency), to, rate)
        assert shown(got.converted.micros) == result
        assert got.error_text.replace("-", "\u2212") == error


# ---------------------------------------------------------------- ledger.md


@pytest.fixture
def month(db):
    """October, as the page tells it."""
    income = post(
        "income:file-1:eur",
        (STORE, -100_000_000),
        (POOL, 67_000_000),
        (account("pool_base_clearing", "EUR"), 33_000_000),
        kind="income_accrued",
    )
    allocation = post(
        "run:1:eur",
        (POOL, -67_000_000),
        (payable("alma"), 40_200_000),
        (payable("bert"), 16_750_000),
        (account("suspense_track", "EUR", "GBXYZ2600003"), 10_050_000),
    )
    return income, allocation


@pytest.mark.django_db
def test_month_in_the_ledger(month):
    assert legs_as_shown(month[0]) == table(LEDGER, "income")
    assert legs_as_shown(month[1]) == table(LEDGER, "allocation")
    assert ledger_findings_are_empty()


@pytest.mark.django_db
def test_late_claim_releases_what_was_held(month):
    claim = post(
        "claim:7:eur",
        (account("suspense_track", "EUR", "GBXYZ2600003"), -10_050_000),
        (payable("cleo"), 10_050_000),
        kind="claim_activated",
        effective_at=NOVEMBER,
    )
    assert legs_as_shown(claim) == table(LEDGER, "late claim")


@pytest.mark.django_db
def test_payout_and_its_failure(month):
    reserve = post(
        "payout:u1:reserve",
        (payable("alma"), -40_200_000),
        (account("in_transit", "EUR"), 40_200_000),
        kind="payout_reserved",
    )
    failed = entry_reverse(entry=reserve, idem="payout:u1:failed", effective_at=NOVEMBER)
    assert legs_as_shown(reserve, failed) == table(LEDGER, "failed payout")
    book = account_book(book_of(payable("alma")))
    assert [
        [row.kind, shown(row.amount.micros), shown(row.balance.micros)] for row in book.rows
    ] == (table(LEDGER, "book"))


@pytest.mark.django_db
def test_returns_larger_than_sales(month):
    standing = payees_lock(["bert"], currency="EUR")["bert"]
    assert standing == PayeeStanding(payable=16_750_000, owed=0)
    back = entry_post(
        idem="run:2:bert:eur",
        kind="chargeback",
        effective_at=NOVEMBER,
        movements=[
            *payee_movements("bert", "EUR", -20_000_000, standing),
            Movement(STORE, 20_000_000),
        ],
    )
    standing = payees_lock(["bert"], currency="EUR")["bert"]
    assert standing.balance == -3_250_000
    again = entry_post(
        idem="run:3:bert:eur",
        kind="allocation",
        effective_at=NOVEMBER,
        movements=[
            Movement(POOL, -5_000_000),
            *payee_movements("bert", "EUR", 5_000_000, standing)[::-1],
        ],
    )
    assert legs_as_shown(back, again) == table(LEDGER, "returns")


@pytest.mark.django_db
def test_two_currencies_each_sum_to_zero():
    post(
        "usd",
        (account("pool_inputs_clearing", "USD"), -10_000_000),
        (payable("alma", "USD"), 10_000_000),
    )
    fx = {currency: account("fx_gain_loss", currency) for currency in ("EUR", "USD")}
    conversion = post(
        "convert:alma",
        (payable("alma", "USD"), -10_000_000),
        (fx["USD"], 10_000_000),
        (fx["EUR"], -9_223_391),
        (payable("alma"), 9_223_391),
        kind="conversion",
    )
    assert legs_as_shown(conversion) == table(LEDGER, "conversion")
    assert all(section.is_balanced for section in trial_balance())


@pytest.mark.django_db
def test_trial_balance_at_the_end_of_the_month(month):
    [section] = trial_balance(at=NOVEMBER)
    rows = [
        [
            row.code,
            shown(row.debit.micros) if row.debit else "",
            shown(row.credit.micros) if row.credit else "",
        ]
        for row in section.rows
    ]
    rows.append(["sum", shown(section.debits.micros), shown(section.credits.micros)])
    assert rows == table(LEDGER, "trial balance")


def ledger_findings_are_empty() -> bool:
    """Say whether every invariant holds."""
    return [finding for finding in ledger_findings() if finding.rows] == []
