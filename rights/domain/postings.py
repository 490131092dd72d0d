"""What may be posted: kinds of entries, the accounts that each moves, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from config.lib.errors import DomainError
from config.lib.money import MICROS_MAX, whole
from rights.domain.chart import Account, account

if TYPE_CHECKING:
    from datetime import datetime

REVERSAL = "reversal"
_PAYEE = ("payee_payable", "payee_receivable")
_POOLS = ("pool_inputs_clearing", "pool_base_clearing")
_SUSPENSE = ("suspense_track", "suspense_base")

# Which accounts a kind of entry moves, in whichever direction: returns mirror sales.
POSTINGS: dict[str, frozenset[str]] = {
    kind: frozenset(roles)
    for kind, roles in {
        "income_accrued": ("distributor_receivable", "platform_fee", "rounding", *_POOLS),
        "allocation": (*_POOLS, *_PAYEE, *_SUSPENSE),
        "claim_activated": (*_SUSPENSE, *_PAYEE),
        "fee": (*_PAYEE, "platform_fee"),
        "over_cap": (*_PAYEE, "over_cap"),
        "reserve_taken": (*_PAYEE, "payee_reserve"),
        "reserve_released": (*_PAYEE, "payee_reserve"),
        "advance_paid": ("recoupable", "cash_clearing", "stripe_balance"),
        "advance_recouped": (*_PAYEE, "recoupable"),
        "tax_withheld": (*_PAYEE, "wht_payable"),
        "tax_paid": ("wht_payable", "cash_clearing"),
        "cash_received": ("distributor_receivable", "cash_clearing"),
        "top_up": ("stripe_balance", "cash_clearing"),
        "payout_reserved": ("payee_payable", "in_transit"),
        "payout_settled": ("in_transit", "stripe_balance", "cash_clearing"),
        "chargeback": (*_POOLS, *_PAYEE, *_SUSPENSE, "distributor_receivable"),
        "conversion": (*_PAYEE, *_SUSPENSE, "fx_gain_loss", "cash_clearing", "stripe_balance"),
        "adjustment": (*_PAYEE, *_SUSPENSE, *_POOLS, "platform_fee", "over_cap"),
        "written_off": ("payee_receivable", "recoupable", "distributor_receivable", "write_off"),
    }.items()
}
KINDS = (*POSTINGS, REVERSAL)


class LedgerError(DomainError):
    """The ledger refused; nothing was posted."""


class EntryInvalidError(LedgerError):
    """The entry is no entry: not balanced, too short, or on accounts of another kind."""


class IdempotencyConflictError(LedgerError):
    """The key was used before, for something else (HTTP 409)."""


class BalanceExceededError(LedgerError):
    """An account would leave its bounds: more was to be paid than there is."""


class PeriodLockedError(LedgerError):
    """The moment lies in a period that is locked; post in the open one."""


class ReversalError(LedgerError):
    """The entry cannot be reversed: it was before, or is a reversal itself."""


class Movement(NamedTuple):
    """One leg to be posted: a credit if ``amount`` is positive, a debit if negative."""

    account: Account
    amount: int
    facts: Mapping[str, Any] | None = None


def movements_check(kind: str, movements: Sequence[Movement]) -> None:
    """Refuse what the database would refuse, and what is no entry of its kind, in kind words.

    Raises
    ------
    TypeError
        If an amount is not an int.
    EntryInvalidError
        If there are fewer than two legs, one is zero or too large, one is on an account that this
        kind does not move, or a currency does not sum to zero.
    """
    roles = POSTINGS.get(kind)
    if roles is None:
        raise _invalid("kind", f"There is no kind of entry called {kind!r}")
    if len(movements) < 2:
        raise _invalid("too_short", f"An entry has two legs or more, this one {len(movements)}")
    sums: dict[str, int] = defaultdict(int)
    for one, amount, _facts in movements:
        if not 0 < abs(whole(amount)) <= MICROS_MAX:
            raise _invalid("amount", f"{amount} is no amount for {one.code}")
        if one.role not in roles:
            raise _invalid("account", f"An entry of kind {kind} does not move {one.code}")
        sums[one.currency] += amount
    for currency, total in sums.items():
        if total:
            raise _invalid("not_balanced", f"{currency} does not balance: {total} micro-units")


def _invalid(code: str, what: str) -> EntryInvalidError:
    return EntryInvalidError(f"ledger.{code}", f"{what}. Nothing was posted.")


def entry_digest(
    *,
    kind: str,
    effective_at: datetime,
    movements: Iterable[Movement],
    facts: Mapping[str, Any] | None = None,
    reverses: int | None = None,
) -> str:
    """Return the SHA-256 of what an entry moves, whatever the order of its legs.

    Words for people are left out: they may be reworded between a crash and the second try.
    """
    lines = sorted(
        f"{one.code}\t{amount}\t{_canonical(leg_facts)}" for one, amount, leg_facts in movements
    )
    head = [kind, _utc(effective_at), str(reverses or ""), _canonical(facts)]
    return hashlib.sha256("\n".join([*head, *lines]).encode()).hexdigest()


def _utc(moment: datetime) -> str:
    if moment.utcoffset() is None:
        msg = "the moment of an entry has a time zone"
        raise ValueError(msg)
    return str((moment - moment.utcoffset()).replace(tzinfo=None))  # type: ignore[operator]


def _canonical(facts: Mapping[str, Any] | None) -> str:
    if not facts:
        return ""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# ---------------------------------------------------------------- payees


@dataclass(frozen=True)
class PayeeStanding:
    """What a payee has with us in one currency: ``payable`` we owe, ``owed`` they owe us.

    Both are not negative.
    """

    payable: int
    owed: int

    @property
    def balance(self) -> int:
        """Return what a statement calls the balance; negative while returns are to be earned off."""
        return self.payable - self.owed


def payee_movements(
    payee: str, currency: str, amount: int, standing: PayeeStanding
) -> tuple[Movement, ...]:
    """Return the one or two legs that change the balance of a payee by ``amount``.

    What a payee owes is earned off first; what is taken comes from the payable as long as there is
    something, then it is owed. So the payable never falls below zero, and a negative balance stands
    where an accountant looks for it, among the receivables.
    """
    if whole(amount) >= 0:
        to_owed = min(amount, standing.owed)
        to_payable = amount - to_owed
    else:
        to_payable = -min(-amount, standing.payable)
        to_owed = amount - to_payable
    legs = (
        Movement(account("payee_payable", currency, payee), to_payable),
        Movement(account("payee_receivable", currency, payee), to_owed),
    )
    return tuple(leg for leg in legs if leg.amount)
