"""The course of a payout: its states, why it is held, how much it is, and the keys that stand for it.

Pure: figures and names come in and go out; ``rights.services.payouts`` keeps rows. The database has
the steps too (``migrations/sql``), so a state never moves backwards whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from config.lib.money import whole

if TYPE_CHECKING:
    from datetime import datetime

PENDING, APPROVED, RESERVED, SENDING = "pending", "approved", "reserved", "sending"
SENT, PAID, FAILED = "sent", "paid", "failed"
REVERSED, CANCELLED = "reversed", "cancelled"
STEPS: Mapping[str, frozenset[str]] = {
    "": frozenset({PENDING}),
    PENDING: frozenset({APPROVED, CANCELLED}),
    # Back to pending when something speaks against it at the last moment.
    APPROVED: frozenset({RESERVED, PENDING, CANCELLED}),
    RESERVED: frozenset({SENDING}),
    SENDING: frozenset({SENT, FAILED}),
    SENT: frozenset({PAID}),
    PAID: frozenset({REVERSED}),
    # A refusal is recorded, then the payout waits again: held, or for the platform's own money.
    FAILED: frozenset({PENDING, APPROVED}),
}
STATES = (PENDING, APPROVED, RESERVED, SENDING, SENT, PAID, FAILED, REVERSED, CANCELLED)
UNFINISHED = (PENDING, APPROVED, RESERVED, SENDING, FAILED)
# Money that has left the payee's balance and is not yet out of ours.
IN_TRANSIT = (RESERVED, SENDING, SENT)
# What the provider has, or may have, been asked for.
ASKED = (SENDING, SENT, PAID, REVERSED)

# Why nothing is sent, the gravest first: the first that holds is the one that is told.
HOLDS = (
    "sanctions",
    "dispute",
    "account_closed",
    "account_restricted",
    "bank_refused",
    "kyc_incomplete",
    "tax_form_missing",
    "other",
    "negative_balance",
    "balance_changed",
    "below_threshold",
)
# Those that a person puts on a payee, or a failed bank transfer, and that stay until they are lifted.
PLACED = ("sanctions", "dispute", "bank_refused", "tax_form_missing", "other")

NEW, ONBOARDING, ACTIVE, RESTRICTED, CLOSED = "new", "onboarding", "active", "restricted", "closed"
ACCOUNT_STATES = (NEW, ONBOARDING, ACTIVE, RESTRICTED, CLOSED)
_ACCOUNT_HOLDS = {
    "": "kyc_incomplete",  # the payee has none
    NEW: "kyc_incomplete",
    ONBOARDING: "kyc_incomplete",
    RESTRICTED: "account_restricted",
    CLOSED: "account_closed",
}
# For so long the provider knows a key again; what is older is looked for before it is sent.
KEY_LASTS_S = 24 * 3600
# A safe distance: a call that begins just before the end may arrive after it.
KEY_TRUSTED_S = KEY_LASTS_S - 3600


def is_step(before: str, after: str) -> bool:
    """Say whether a payout may go from one state to another."""
    return after in STEPS.get(before, frozenset())


@dataclass(frozen=True)
class PayeeFacts:
    """What decides whether a payee is paid. Amounts in micro-units of one currency.

    ``balance`` is what may be paid; ``disputed`` is kept back beside it until it is decided.
    """

    balance: int
    minimum: int
    account_state: str
    placed: Collection[str] = ()
    disputed: int = 0


def holds_of(facts: PayeeFacts, *, amount: int) -> tuple[str, ...]:
    """Return every reason not to pay ``amount``, the gravest first; with none it is paid.

    ``amount`` is what of the balance can be sent (``payable_part``), or what was approved earlier.
    """
    found = set(facts.placed)
    if account := _ACCOUNT_HOLDS.get(facts.account_state, ""):
        found.add(account)
    lacking = amount - facts.balance
    if facts.disputed and (facts.balance <= 0 or 0 < lacking <= facts.disputed):
        found.add("dispute")
    elif facts.balance <= 0:
        found.add("negative_balance")
    elif amount > facts.balance:
        found.add("balance_changed")
    elif facts.balance < facts.minimum or amount <= 0:
        found.add("below_threshold")
    return tuple(sorted(found, key=HOLDS.index))


def payable_part(balance: int, *, step: int) -> int:
    """Return the largest multiple of ``step`` micro-units in a balance; what is left stays there."""
    if whole(step) <= 0:
        msg = f"{step} micro-units are no coin"
        raise ValueError(msg)
    return max(0, whole(balance)) // step * step


def needs_second(total: int, *, above: int) -> bool:
    """Say whether a batch of ``total`` needs a second person's approval."""
    return whole(total) > whole(above)


def is_key_trusted(first_used: datetime, *, now: datetime) -> bool:
    """Say whether the provider still knows the key, so that asking again is safe by itself."""
    return 0 <= (now - first_used).total_seconds() < KEY_TRUSTED_S


# ---------------------------------------------------------------- keys


def send_key(payout: UUID, generation: int) -> str:
    """Return the idempotency key of a transfer: new only after a definite refusal was recorded."""
    return f"payout:{payout}:g{generation}"


def reserve_key(payout: UUID, generation: int) -> str:
    """Return the ledger's key of a reservation."""
    return f"payout:{payout}:g{generation}:reserve"


def release_key(payout: UUID, generation: int) -> str:
    """Return the ledger's key of what takes a reservation back after a refusal."""
    return f"payout:{payout}:g{generation}:release"


def settle_key(payout: UUID) -> str:
    """Return the ledger's key of the money leaving our balance at the provider."""
    return f"payout:{payout}:settle"


def return_key(payout: UUID, step: str, total: int) -> str:
    """Return the ledger's key of a part that came back, by how much has come back by then."""
    return f"payout:{payout}:{step}:{total}"


def transfer_group(payout: UUID) -> str:
    """Return the name under which the provider is asked whether it has made a transfer."""
    return f"payout_{payout}"
