"""The chart of accounts: which books there are, of which kind, and what may stand in them.

Signs: a credit is positive, a debit negative, so the account of a payee reads positive while we owe
them money, and what others owe us reads negative. There is one account for each role, subject
and currency. The database has this table as a CHECK (``rights_ledgeraccount_is_in_the_chart``), so
a role that is added here comes with a migration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from config.lib.money import minor_places

ASSET, LIABILITY, INCOME, EXPENSE = "asset", "liability", "income", "expense"
KINDS = (ASSET, LIABILITY, INCOME, EXPENSE)
_SUBJECT = re.compile(r"[A-Za-z0-9._-]{1,80}")


class ChartError(ValueError):
    """There is no such account, and cannot be; the message says why."""


@dataclass(frozen=True)
class Role:
    """What an account is for.

    ``subject`` says whose or which: a payee, a contract; empty where there is only one. ``floor``
    and ``ceiling`` are bounds that the database enforces. ``is_cleared`` accounts only pass money
    on, and must be empty whenever a period is locked.
    """

    kind: str
    subject: str = ""
    floor: int | None = None
    ceiling: int | None = None
    is_cleared: bool = False


CHART: dict[str, Role] = {
    # What is owed to us, and where money lies.
    "distributor_receivable": Role(ASSET, "distributor"),
    "cash_clearing": Role(ASSET),
    "stripe_balance": Role(ASSET),
    "recoupable": Role(ASSET, "contract", ceiling=0),
    # Returns beyond what a payee had: the payable stays at zero, and this is earned off first.
    "payee_receivable": Role(ASSET, "payee", ceiling=0),
    # What passes through.
    "pool_inputs_clearing": Role(LIABILITY, is_cleared=True),
    "pool_base_clearing": Role(LIABILITY, is_cleared=True),
    "rounding": Role(LIABILITY, is_cleared=True),
    "in_transit": Role(LIABILITY),
    # What we owe.
    "payee_payable": Role(LIABILITY, "payee", floor=0),
    "payee_reserve": Role(LIABILITY, "payee", floor=0),
    "suspense_track": Role(LIABILITY, "recording"),
    "suspense_base": Role(LIABILITY),
    "over_cap": Role(LIABILITY, "contract"),
    "wht_payable": Role(LIABILITY, "country"),
    # What is ours.
    "platform_fee": Role(INCOME),
    "fx_gain_loss": Role(INCOME),
    "write_off": Role(EXPENSE),
}
CLEARED = tuple(name for name, role in CHART.items() if role.is_cleared)


class Account(NamedTuple):
    """The natural key of an account. Make it with ``account``, which checks it."""

    role: str
    subject: str
    currency: str

    @property
    def code(self) -> str:
        """Return the name that people and hashes see: ``payee_payable:rita:EUR``."""
        return ":".join(part for part in self if part)


def account(role: str, currency: str, subject: str = "") -> Account:
    """Name an account of the chart.

    Raises
    ------
    ChartError
        If the role is unknown, or a subject is missing, not wanted, or badly written.
    MoneyError
        If ISO 4217 has no such currency.
    """
    made = Account(role, subject, currency)
    account_check(made)
    return made


def account_check(one: Account) -> Role:
    """Return the role of an account that may exist.

    Raises
    ------
    ChartError
        If it may not.
    MoneyError
        If ISO 4217 has no such currency.
    """
    role = CHART.get(one.role)
    if role is None:
        msg = f"{one.role!r} is not in the chart of accounts"
        raise ChartError(msg)
    if role.subject and not _SUBJECT.fullmatch(one.subject):
        msg = f"{one.role} needs a {role.subject}, written as letters, digits and . _ -"
        raise ChartError(msg)
    if one.subject and not role.subject:
        msg = f"there is only one {one.role} in a currency; {one.subject!r} says too much"
        raise ChartError(msg)
    minor_places(one.currency)
    return role
