"""What is asked of a payment provider, in our words: accounts of payees, transfers, messages.

An adapter raises one of four errors, and which one decides what happens to the money: *refused* is
definite and nothing was done; *unknown* means that it may have been done, so the same key is sent
again; *busy* that nothing was done and the same key may be sent again later; *conflict* that the key
was used for something else, which is a fault of ours and is never repaired by a new key. *Closed* is a
"not now" that ends when somebody changes our key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.utils.module_loading import import_string

from config.lib.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

# Codes of refusals that say something about the payee or about us, whatever the provider calls them.
BALANCE_TOO_LOW = "balance_too_low"
ACCOUNT_NOT_READY = "account_not_ready"
ACCOUNT_GONE = "account_gone"


class ProviderError(DomainError):
    """The payment provider did not do what was asked."""


class ProviderRefusedError(ProviderError):
    """It said no, for a reason that ``code`` names; nothing was done."""


class ProviderUnknownError(ProviderError):
    """No answer, or one that says nothing: it may have been done."""


class ProviderBusyError(ProviderError):
    """Not now; nothing was done."""


class ProviderClosedError(ProviderBusyError):
    """Not to us: our key is wrong or revoked. Nothing was done, nor will be until it is changed."""


class ProviderConflictError(ProviderError):
    """The idempotency key was used for something else; nothing was done."""


class SignatureInvalidError(ProviderError):
    """The message is not from the provider, or is too old to be believed."""


class EventUnreadableError(ProviderError):
    """The message is signed, but is no event."""


@dataclass(frozen=True)
class AccountState:
    """An account at the provider: whether money can be sent to it, and what is missing."""

    id: str
    is_ready: bool
    is_restricted: bool
    is_closed: bool
    due: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transfer:
    """Money that went to an account. ``units`` are the provider's smallest coins."""

    id: str
    units: int
    reversed_units: int
    currency: str
    destination: str
    group: str
    metadata: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True)
class TopUp:
    """Money that we sent to our balance at the provider."""

    id: str
    units: int
    currency: str
    status: str


@dataclass(frozen=True)
class BankPayout:
    """What an account sent on to its bank."""

    id: str
    status: str
    failure: str


@dataclass(frozen=True)
class Event:
    """A message: something of this type happened to this object (of this connected account)."""

    id: str
    type: str
    object_id: str
    account_id: str
    happened_at: datetime


class PayoutProvider(Protocol):
    """Everything that Tenfold asks of a payment provider. Currencies are upper case."""

    def create_account(
        self, *, key: str, country: str, email: str, name: str, reference: str
    ) -> AccountState:
        """Open an account for a payee, once for each ``key``."""
        ...

    def onboarding_url(
        self, *, account: str, return_url: str, refresh_url: str, is_update: bool
    ) -> str:
        """Return the address of a page of the provider, good once, for a short time."""
        ...

    def account_state(self, *, account: str) -> AccountState:
        """Return how an account stands now."""
        ...

    def send(
        self,
        *,
        key: str,
        units: int,
        currency: str,
        destination: str,
        group: str,
        metadata: Mapping[str, str],
    ) -> Transfer:
        """Send money to an account, once for each ``key`` while the provider remembers it (24 h)."""
        ...

    def find(self, *, group: str) -> tuple[Transfer, ...]:
        """Return the transfers of a group; the answer to "did it happen?" when a key is too old."""
        ...

    def transfer(self, *, transfer_id: str) -> Transfer:
        """Return a transfer as it is now."""
        ...

    def transfers_since(self, moment: datetime) -> Iterator[Transfer]:
        """Yield all transfers made since ``moment``, newest first."""
        ...

    def reverse(self, *, key: str, transfer_id: str, units: int) -> None:
        """Take back part of a transfer or all of it, from what is left in the account."""
        ...

    def balance(self) -> Mapping[str, int]:
        """Return what can be sent now, in units of each currency."""
        ...

    def top_up(self, *, top_up_id: str) -> TopUp:
        """Return one of them as it is now."""
        ...

    def bank_payout(self, *, account: str, payout_id: str) -> BankPayout:
        """Return what an account sent to its bank, as it is now."""
        ...

    def top_ups_since(self, moment: datetime) -> Iterator[TopUp]:
        """Yield what we sent to our balance since ``moment``."""
        ...

    def parse_event(self, *, body: bytes, signature: str, now: datetime) -> Event:
        """Return the message in a raw body, once its signature has been verified."""
        ...


def payout_provider() -> PayoutProvider:
    """Return the provider that the settings name; loads the SDK on first use."""
    made: PayoutProvider = import_string("accounts.billing.client.StripeProvider")()
    return made
