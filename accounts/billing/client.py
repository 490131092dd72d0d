"""The only speaker of Stripe: v2 recipient accounts and v1 transfers behind ``PayoutProvider``.

Everything sent to Stripe carries a key of ours where it changes something there; the SDK's own
random keys would let a second try of ours pay twice. The SDK repeats a lost call by itself with the
same key. Nothing in here reads or writes rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import stripe
from django.conf import settings

from accounts.billing.events import event_parse
from accounts.billing.ports import (
    ACCOUNT_GONE,
    ACCOUNT_NOT_READY,
    BALANCE_TOO_LOW,
    AccountState,
    BankPayout,
    Event,
    ProviderBusyError,
    ProviderClosedError,
    ProviderConflictError,
    ProviderRefusedError,
    ProviderUnknownError,
    TopUp,
    Transfer,
)

if TYPE_CHECKING:
    from stripe.params.v2.core import AccountCreateParams, AccountLinkCreateParams
    from stripe.v2.core import Account

# What Stripe calls the refusals that say something about the payee or about us.
REFUSALS = {
    "balance_insufficient": BALANCE_TOO_LOW,
    "insufficient_capabilities_for_transfer": ACCOUNT_NOT_READY,
    "account_invalid": ACCOUNT_GONE,
    "no_account": ACCOUNT_GONE,
    "resource_missing": ACCOUNT_GONE,
}
IN_PROGRESS = 409
AT_ONCE = 100


class StripeProvider:
    """``PayoutProvider`` over HTTP, at the address and with the key of the settings."""

    def __init__(self) -> None:
        address = settings.STRIPE_URL
        self._stripe = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY or "sk_sandbox",
            base_addresses={
                "api": address,
                "connect": address,
                "files": address,
                "meter_events": address,
            },
            max_network_retries=settings.STRIPE_RETRIES,
            http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_S),
        )

    def create_account(
        self, *, key: str, country: str, email: str, name: str, reference: str
    ) -> AccountState:
        """Open a recipient account; Stripe asks the payee for the rest."""
        wanted: AccountCreateParams = {
            "contact_email": email,
            "display_name": name,
            "dashboard": "express",
            "identity": {"country": country.lower()},
            "configuration": {
                "recipient": {
                    "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
                }
            },
            "defaults": {
                "responsibilities": {
                    "fees_collector": "application",
                    "losses_collector": "application",
                }
            },
            "metadata": {"payee": reference},
            "include": ["configuration.recipient", "requirements"],
        }
        with _told():
            made = self._stripe.v2.core.accounts.create(wanted, {"idempotency_key": key})
            return _account(made)

    def onboarding_url(
        self, *, account: str, return_url: str, refresh_url: str, is_update: bool
    ) -> str:
        """Make a link; it changes nothing and is good once, so it has no key of ours."""
        kind = "account_update" if is_update else "account_onboarding"
        pages = {"refresh_url": refresh_url, "return_url": return_url}
        wanted: AccountLinkCreateParams = {
            "account": account,
            "use_case": {"type": kind, kind: pages},  # type: ignore[misc]
        }
        with _told():
            return self._stripe.v2.core.account_links.create(wanted).url

    def account_state(self, *, account: str) -> AccountState:
        """Fetch an account."""
        with _told():
            found = self._stripe.v2.core.accounts.retrieve(
                account, {"include": ["configuration.recipient", "requirements"]}
            )
            return _account(found)

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
        """Make a transfer."""
        with _told():
            made = self._stripe.v1.transfers.create(
                {
                    "amount": units,
                    "currency": currency.lower(),
                    "destination": destination,
                    "transfer_group": group,
                    "metadata": dict(metadata),
                },
                {"idempotency_key": key},
            )
            return _transfer(made)

    def find(self, *, group: str) -> tuple[Transfer, ...]:
        """List the transfers of a group."""
        with _told():
            found = self._stripe.v1.transfers.list({"transfer_group": group, "limit": AT_ONCE})
            return tuple(_transfer(one) for one in found.auto_paging_iter())

    def transfer(self, *, transfer_id: str) -> Transfer:
        """Fetch a transfer."""
        with _told():
            return _transfer(self._stripe.v1.transfers.retrieve(transfer_id))

    def transfers_since(self, moment: datetime) -> Iterator[Transfer]:
        """List transfers, page by page."""
        with _told():
            found = self._stripe.v1.transfers.list(
                {"created": {"gte": int(moment.timestamp())}, "limit": AT_ONCE}
            )
            for one in found.auto_paging_iter():
                yield _transfer(one)

    def reverse(self, *, key: str, transfer_id: str, units: int) -> None:
        """Make a reversal."""
        with _told():
            self._stripe.v1.transfers.reversals.create(
                transfer_id, {"amount": units}, {"idempotency_key": key}
            )

    def balance(self) -> Mapping[str, int]:
        """Fetch what is available."""
        with _told():
            found = self._stripe.v1.balance.retrieve()
            return {one.currency.upper(): one.amount for one in found.available}

    def top_ups_since(self, moment: datetime) -> Iterator[TopUp]:
        """List top-ups, page by page."""
        with _told():
            found = self._stripe.v1.topups.list(
                {"created": {"gte": int(moment.timestamp())}, "limit": AT_ONCE}
            )
            for one in found.auto_paging_iter():
                yield _top_up(one)

    def top_up(self, *, top_up_id: str) -> TopUp:
        """Fetch a top-up."""
        with _told():
            return _top_up(self._stripe.v1.topups.retrieve(top_up_id))

    def bank_payout(self, *, account: str, payout_id: str) -> BankPayout:
        """Fetch a payout of a connected account."""
        with _told():
            found = self._stripe.v1.payouts.retrieve(payout_id, options={"stripe_account": account})
            return BankPayout(found.id, found.status, found.failure_code or "")

    def parse_event(self, *, body: bytes, signature: str, now: datetime) -> Event:
        """Verify and read a message (``accounts.billing.events``)."""
        return event_parse(
            body=body, signature=signature, secrets=settings.STRIPE_WEBHOOK_SECRETS, now=now
        )


def _account(account: Account) -> AccountState:
    """Read what the capability says; a closed account says nothing else."""
    recipient = account.configuration.recipient if account.configuration else None
    balance = (
        recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    )
    transfers = balance.stripe_transfers if balance else None
    status = transfers.status if transfers else "pending"
    details = [one.resolution for one in transfers.status_details] if transfers else []
    entries = (account.requirements.entries if account.requirements else None) or []
    is_closed = bool(account.closed)
    return AccountState(
        id=account.id,
        is_ready=status == "active" and not is_closed,
        is_restricted=status in {"rejected", "unsupported"} or "contact_stripe" in details,
        is_closed=is_closed,
        due=tuple(one.description for one in entries if one.awaiting_action_from == "user"),
    )


def _top_up(one: stripe.Topup) -> TopUp:
    return TopUp(one.id, one.amount, one.currency.upper(), one.status)


def _transfer(one: stripe.Transfer) -> Transfer:
    destination = one.destination
    return Transfer(
        id=one.id,
        units=one.amount,
        reversed_units=one.amount_reversed,
        currency=one.currency.upper(),
        destination=destination if isinstance(destination, str) else getattr(destination, "id", ""),
        group=one.transfer_group or "",
        metadata=one.to_dict()["metadata"],
        created_at=datetime.fromtimestamp(one.created, UTC),
    )


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the SDK raises into one of the four answers of the port."""
    try:
        yield
    except stripe.IdempotencyError as error:
        raise ProviderConflictError("billing.key_used", _words(error)) from error
    except stripe.RateLimitError as error:
        raise ProviderBusyError("billing.busy", _words(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        if (code := REFUSALS.get(str(error.code))) is not None:
            raise ProviderRefusedError(code, _words(error)) from error
        raise ProviderClosedError("billing.closed_to_us", _words(error)) from error
    except (stripe.APIConnectionError, stripe.APIError) as error:
        raise ProviderUnknownError("billing.no_answer", _words(error)) from error
    except stripe.StripeError as error:
        if (
            error.http_status is None
            or error.http_status == IN_PROGRESS
            or error.http_status >= 500
        ):
            raise ProviderUnknownError("billing.no_answer", _words(error)) from error
        code = REFUSALS.get(str(error.code), str(error.code or "refused"))
        raise ProviderRefusedError(code[:80], _words(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # An answer of a shape that nobody expects: it may have been done.
        raise ProviderUnknownError("billing.unreadable", "The answer cannot be read.") from error


def _words(error: stripe.StripeError) -> str:
    return str(error.user_message or error)[:500] or type(error).__name__
