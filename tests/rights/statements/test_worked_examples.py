"""The worked examples of docs/explanation/statements.md, as printed: issued, posted, compared.

Each table of the page stands below a comment ``<!-- example: name -->``; the books must agree too.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from config.lib.money import Money, decimal_text
from rights.domain.allocation import allocate
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.selectors.ledger_invariants import ledger_findings
from rights.selectors.statement_page import statement_page
from rights.services.advances import advance_pay
from rights.services.claims import claim_activate
from rights.services.disputes import dispute_decide, dispute_open
from rights.services.ledger import entry_post, entry_reverse
from rights.services.statement_publishing import statement_publish
from tests.rights.claims.held import claim
from tests.rights.factories import make_party
from tests.rights.ledger.test_worked_examples import table
from tests.rights.statements.months import (
    AUGUST,
    SEPTEMBER,
    Earning,
    contract_of,
    issue,
    locked,
    rate,
)

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs/explanation/statements.md"
MID_SEPTEMBER = "2026-09-15T12:00Z"


def shown(amount: Money) -> str:
    """Write an amount as the page prints it."""
    return decimal_text(amount.micros, places=2).replace("-", "\u2212")


def fall(statement) -> list[list[str]]:
    """Return the waterfall of a statement as rows: step, about, amount; then what becomes of it."""
    page = statement_page(statement=statement)
    rows = [
        [
            str(step.words),
            ", ".join(filter(None, [step.about, _said(step.original) if step.original else ""])),
            shown(step.amount),
        ]
        for step in page.steps
    ]
    rows.append(["Closing balance", "", shown(page.closing)])
    rows.append(["To be paid", "", shown(page.payable)])
    if page.carried:
        rows.append(["Carried forward", statement.carried_because, shown(page.carried)])
    return rows


def _said(amount: Money) -> str:
    return f"{shown(amount)} {amount.currency}"


def agrees(name: str, rows: list[list[str]]) -> None:
    """Compare with the page, and ask the books."""
    assert rows == table(PAGE, name)
    assert [finding for finding in ledger_findings() if finding.rows] == []


def of(statements, party):
    """Return the statement of a payee."""
    return next(one for one in statements if one.party_id == party.pk)


def test_every_example_of_the_page_has_its_test():
    here = Path(__file__).read_text()
    lines = PAGE.read_text().splitlines()
    names = [line[14:-4] for line in lines if line.startswith("<!-- example: ")]
    assert len(names) >= 11
    assert [name for name in names if f'"{name}"' not in here] == []


def test_odd_cents_and_three_owners(alma, bert, cast, olive):
    """10.000001 EUR over three owners by 333,334 : 333,333 : 333,333 ppm, to the micro-unit."""
    cleo = make_party("Cleo")
    shares = {"alma": 333_334, "bert": 333_333, "cleo": 333_333}
    amounts = allocate(10_000_001, shares).amounts
    payees = {"alma": alma, "bert": bert, "cleo": cleo}
    for payee in payees.values():
        contract_of(payee, actor=cast.sam)
    run = locked(
        AUGUST,
        [Earning(payees[n], amounts[n], share_ppm=ppm) for n, ppm in shares.items()],
        cast.sam,
        olive,
    )
    made = issue(run)
    rows = [
        [name.capitalize(), str(of(made, payee).lines.get().share_ppm), *(
            shown(Money(amount, "EUR"))
            for amount in (of(made, payee).earned, of(made, payee).payable, of(made, payee).carried)
        )]
        for name, payee in payees.items()
    ]  # fmt: skip
    assert sum(of(made, payee).earned for payee in payees.values()) == 10_000_001
    agrees("three owners", rows)


def test_every_deduction_of_a_contract(alma, cast, olive):
    contract_of(
        alma, actor=cast.sam, fee_ppm=150_000, reserve_ppm=100_000, reserve_periods=1,
        withholding_ppm=158_250, earnings_cap=90_000_000,
    )  # fmt: skip
    [made] = issue(locked(AUGUST, [Earning(alma, 100_000_000)], cast.sam, olive))
    agrees("deductions", fall(made))
    [later] = issue(locked(SEPTEMBER, [Earning(alma, -20_000_000)], cast.sam, olive))
    agrees("reserve released", fall(later))


def test_returns_larger_than_sales(alma, cast, olive):
    contract_of(alma, actor=cast.sam)
    [made] = issue(
        locked(AUGUST, [Earning(alma, 16_750_000), Earning(alma, -20_000_000)], cast.sam, olive)
    )
    agrees("returns", fall(made))
    [later] = issue(locked(SEPTEMBER, [Earning(alma, 5_000_000)], cast.sam, olive))
    agrees("earned off", fall(later))


def test_a_late_claim(alma, cast, olive):
    contract_of(alma, actor=cast.sam)
    run = locked(AUGUST, [Earning(None, 10_050_000)], cast.sam, olive)
    assert issue(run) == []
    recording = run.shares.get().recording
    with time_machine.travel(MID_SEPTEMBER, tick=False):
        late = claim(recording, alma, cast.rita, 600_000)
        claim_activate(claim=late, actor=olive, reason="Seen the contract")
    [made] = issue(locked(SEPTEMBER, [Earning(alma, 1_000_000)], cast.sam, olive))
    agrees("late claim", fall(made))
    rows = [
        [str(line.number), line.month, "released" if line.release_id else "run",
         str(line.share_ppm), shown(Money(line.paid, "EUR"))]
        for line in made.lines.all()
    ]  # fmt: skip
    agrees("late claim lines", rows)


def test_two_currencies(alma, cast, olive):
    """Three uses in dollars, converted once together; the lines sum to it exactly."""
    rate("1.0842", on=date(2026, 8, 31))
    contract_of(alma, actor=cast.sam)
    earnings = [Earning(alma, 3_333_333, "USD") for _ in range(3)] + [Earning(alma, 2_000_000)]
    [made] = issue(locked(AUGUST, earnings, cast.sam, olive))
    agrees("two currencies", fall(made))
    rows = [
        [str(line.number), f"{shown(Money(line.amount, line.currency))} {line.currency}",
         shown(Money(line.paid, "EUR"))]
        for line in made.lines.all()
    ]  # fmt: skip
    agrees("two currencies lines", rows)
    assert sum(line.paid for line in made.lines.all()) == made.earned


def test_an_advance_recouped_in_the_middle_of_a_period(alma, cast, olive):
    """Paid on 12 September; a half goes against it until it is gone, which is in the same month."""
    contract = contract_of(alma, actor=cast.sam, recoupment_ppm=500_000)
    [first] = issue(locked(AUGUST, [Earning(alma, 30_000_000)], cast.sam, olive))
    assert first.recouped == 0
    day = date(2026, 9, 12)
    advance_pay(contract=contract, amount=50_000_000, reference="2026/9", actor=cast.sam, on=day)
    [made] = issue(locked(SEPTEMBER, [Earning(alma, 120_000_000)], cast.sam, olive))
    agrees("advance", fall(made))


def test_a_payout_and_one_that_the_bank_refused(alma, cast, olive):
    contract_of(alma, actor=cast.sam)
    [first] = issue(locked(AUGUST, [Earning(alma, 40_207_654)], cast.sam, olive))
    legs = [
        Movement(account("payee_payable", "EUR", str(alma.pk)), -first.payable),
        Movement(account("in_transit", "EUR"), first.payable),
    ]
    with time_machine.travel(MID_SEPTEMBER, tick=False):
        moment = timezone.now()
        refused = entry_post(
            idem="p:1", kind="payout_reserved", effective_at=moment, movements=legs
        )
        entry_reverse(entry=refused, idem="p:1:failed", effective_at=moment)
        entry_post(idem="p:2", kind="payout_reserved", effective_at=moment, movements=legs)
    [made] = issue(locked(SEPTEMBER, [Earning(alma, 10_000_000)], cast.sam, olive))
    agrees("payout", fall(made))


def test_a_reversal_of_a_report(alma, cast, olive):
    """A report of August was wrong: September takes it back whole and brings the right one."""
    contract_of(alma, actor=cast.sam, fee_ppm=100_000)
    issue(locked(AUGUST, [Earning(alma, 40_200_000)], cast.sam, olive))
    [made] = issue(
        locked(SEPTEMBER, [Earning(alma, -40_200_000), Earning(alma, 38_000_000)], cast.sam, olive)
    )
    agrees("reversal", fall(made))


def test_a_dispute_upheld_at_the_cost_of_who_had_too_much(alma, bert, cast, olive):
    for payee in (alma, bert):
        contract_of(payee, actor=cast.sam)
    made = issue(
        locked(AUGUST, [Earning(alma, 6_000_000), Earning(bert, 4_000_000)], cast.sam, olive)
    )
    first = statement_publish(statement=of(made, alma), actor=cast.sam)
    with time_machine.travel(MID_SEPTEMBER, tick=False):
        dispute = dispute_open(line=first.lines.get(), actor=cast.rita, reason="We own 75 %")
        dispute_decide(
            dispute=dispute, actor=olive, is_upheld=True, amount=1_500_000,
            because="The contract says so", at_cost_of=bert,
        )  # fmt: skip
    later = issue(locked(SEPTEMBER, [Earning(alma, 1_000_000)], cast.sam, olive))
    agrees("dispute, who was right", fall(of(later, alma)))
    agrees("dispute, who had too much", fall(of(later, bert)))


def test_a_payee_without_a_contract(alma, cast, olive):
    rate("1.25", on=date(2026, 9, 30))
    made = issue(
        locked(AUGUST, [Earning(alma, 3_000_000), Earning(alma, 5_000_000, "USD")], cast.sam, olive)
    )
    assert [one.currency for one in made] == ["EUR", "USD"]
    agrees("no contract", fall(made[1]))
    contract_of(alma, actor=cast.sam, since=date(2026, 9, 1), fee_ppm=100_000)
    [later] = issue(locked(SEPTEMBER, [Earning(alma, 1_000_000)], cast.sam, olive))
    agrees("contract at last", fall(later))
