"""Any order of posts, reversals, second tries, late posts, payouts and locks keeps the promises."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rights.domain.chart import CLEARED, account
from rights.domain.postings import (
    BalanceExceededError,
    IdempotencyConflictError,
    Movement,
    PeriodLockedError,
    ReversalError,
    payee_movements,
)
from rights.models import Entry, Leg
from rights.selectors.ledger import balances_at, trial_balance
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.ledger import entry_post, entry_reverse
from rights.services.ledger_accounts import payees_lock
from rights.services.periods import PeriodLockError, period_lock
from tests.rights.ledger.books import fingerprint

PAYEES = st.sampled_from(["alice", "bob", "rita"])
CURRENCIES = st.sampled_from(["EUR", "USD"])
MONTHS = st.integers(1, 6)
AMOUNTS = st.integers(-50, 100).filter(bool)


def moment(month: int) -> datetime:
    return datetime(2026, month, 1, tzinfo=UTC)


class Bookkeepers(RuleBasedStateMachine):
    """The model is a dictionary of balances, a list of what was posted, and the month that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.balances: dict[str, int] = defaultdict(int)
        self.posted: list[tuple[Entry, dict[str, Any]]] = []
        self.reversed: set[int] = set()
        self.by_month: dict[tuple[str, int], int] = defaultdict(int)
        self.locked = 0
        self.sealed: dict[int, tuple] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # ------------------------------------------------------------ what may happen

    @rule(payee=PAYEES, currency=CURRENCIES, amount=AMOUNTS, month=MONTHS)
    def earn(self, payee: str, currency: str, amount: int, month: int) -> None:
        """A run gives or takes; late ones too. What a payee has not, the payee owes."""
        standing = payees_lock([payee], currency=currency)[payee]
        legs = [*payee_movements(payee, currency, amount, standing)]
        legs.append(Movement(account("suspense_base", currency), -amount))
        self._post("allocation", legs, month)

    @rule(payee=PAYEES, currency=CURRENCIES, amount=st.integers(1, 100), month=MONTHS)
    def pay(self, payee: str, currency: str, amount: int, month: int) -> None:
        """A payout is reserved, whether there is enough or not."""
        legs = [
            Movement(account("payee_payable", currency, payee), -amount),
            Movement(account("in_transit", currency), amount),
        ]
        self._post("payout_reserved", legs, month)

    @rule(currency=CURRENCIES, amount=AMOUNTS, month=MONTHS)
    def accrue(self, currency: str, amount: int, month: int) -> None:
        """Money comes into the pools."""
        legs = [
            Movement(account("distributor_receivable", currency, "store"), -amount),
            Movement(account("pool_inputs_clearing", currency), amount),
        ]
        self._post("income_accrued", legs, month)

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), differently=st.booleans())
    def try_again(self, data: st.DataObject, differently: bool) -> None:
        """The same request comes again, or another one under its key."""
        entry, said = data.draw(st.sampled_from(self.posted))
        before = fingerprint()
        if differently:
            with pytest.raises(IdempotencyConflictError):
                entry_post(idem=entry.idem, **{**said, "facts": {"other": True}})
        else:
            assert entry_post(idem=entry.idem, **said) == entry
        assert fingerprint() == before

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), month=MONTHS)
    def reverse(self, data: st.DataObject, month: int) -> None:
        """Any entry may be reversed once, if that leaves nobody below zero."""
        entry, said = data.draw(st.sampled_from(self.posted))
        mirror = [leg._replace(amount=-leg.amount) for leg in said["movements"]]
        before = fingerprint()
        try:
            with transaction.atomic():
                entry_reverse(
                    entry=entry, idem=f"undo:{entry.pk}:{month}", effective_at=moment(month)
                )
        except PeriodLockedError:
            assert month < self.locked
        except ReversalError:
            assert entry.pk in self.reversed
        except BalanceExceededError:
            assert not self._fits(mirror)
        else:
            if fingerprint() != before:
                assert entry.pk not in self.reversed
                self.reversed.add(entry.pk)
                self._count(mirror, month)
            return
        assert fingerprint() == before

    @rule(month=MONTHS)
    def lock(self, month: int) -> None:
        """A month is closed if the pools are empty by then, and later than the last."""
        left = any(
            total
            for code in {code for code, _ in self.by_month if code.split(":")[0] in CLEARED}
            for total in [sum(v for (c, m), v in self.by_month.items() if c == code and m < month)]
        )
        try:
            with transaction.atomic():
                period_lock(ends_at=moment(month), locked_by=None, reason="month")
        except PeriodLockError:
            assert left or month <= self.locked
        else:
            assert not left
            assert month > self.locked
            self.locked = month

    # ------------------------------------------------------------ what must hold

    @invariant()
    def every_balance_is_that_of_the_model(self) -> None:
        roles = {code.split(":")[0] for code in self.balances}
        found = balances_at(None, roles=roles)
        assert {k: v for k, v in found.items() if v} == {
            k: v for k, v in self.balances.items() if v
        }

    @invariant()
    def books_agree_and_nobody_is_below_zero(self) -> None:
        assert all(section.is_balanced for section in trial_balance())
        assert all(v >= 0 for k, v in self.balances.items() if k.startswith("payee_payable"))
        assert all(v <= 0 for k, v in self.balances.items() if k.startswith("payee_receivable"))

    @invariant()
    def what_is_sealed_stays(self) -> None:
        legs = {
            leg[0]: leg for leg in Leg.objects.values_list("id", "entry_id", "account_id", "amount")
        }
        assert {key: legs.get(key) for key in self.sealed} == self.sealed
        self.sealed = legs

    @invariant()
    def every_invariant_of_the_ledger_holds(self) -> None:
        assert [finding for finding in ledger_findings() if finding.rows] == []

    # ------------------------------------------------------------ small things

    def _post(self, kind: str, legs: list[Movement], month: int) -> None:
        said: dict[str, Any] = {"kind": kind, "effective_at": moment(month), "movements": legs}
        before = fingerprint()
        try:
            entry = entry_post(idem=f"key:{len(self.posted)}", **said)
        except PeriodLockedError:
            assert month < self.locked
        except BalanceExceededError:
            assert not self._fits(legs)
        else:
            assert month >= self.locked
            assert self._fits(legs)
            self.posted.append((entry, said))
            self._count(legs, month)
            return
        # A payee's account may have been opened by the look at its balance; nothing else.
        assert fingerprint()[1:] == before[1:]

    def _fits(self, legs: list[Movement]) -> bool:
        after = dict(self.balances)
        for one, amount, _ in legs:
            after[one.code] = after.get(one.code, 0) + amount
        return all(
            (not code.startswith("payee_payable") or total >= 0)
            and (not code.startswith("payee_receivable") or total <= 0)
            for code, total in after.items()
        )

    def _count(self, legs: list[Movement], month: int) -> None:
        for one, amount, _ in legs:
            self.balances[one.code] += amount
            self.by_month[one.code, month] += amount


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_postings_keeps_the_promises():
    run_state_machine_as_test(
        Bookkeepers,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
