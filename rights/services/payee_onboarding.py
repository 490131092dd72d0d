"""Accounts of payees at the payment provider: opened, completed on its pages, looked at again.

The provider is never asked inside a transaction. What it answers is kept only if nobody has asked
later meanwhile, so that an old answer does not undo a new one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.billing.ports import (
    ACCOUNT_GONE,
    AccountState,
    PayoutProvider,
    ProviderBusyError,
    ProviderConflictError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnknownError,
    payout_provider,
)
from accounts.services.audit import audit_record
from rights.exceptions import PayoutRefusedError
from rights.models import PayeeAccount

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Party

State = PayeeAccount.State
NO_ANSWER = (ProviderUnknownError, ProviderBusyError, ProviderConflictError)


def payee_account_open(*, party: Party, actor: User, country: str) -> PayeeAccount:
    """Open a payee's account, once; one that was disconnected is opened anew.

    Raises
    ------
    PayoutRefusedError
        If the country is none or is not served, or the provider does not answer.
    """
    account = _begun(party, actor, country.upper())
    if account.state not in (State.NEW, State.CLOSED):
        return account
    try:
        made = payout_provider().create_account(
            key=account.key, country=account.country, email=actor.email, name=party.name,
            reference=str(party.pk),
        )  # fmt: skip
    except ProviderRefusedError as error:
        raise PayoutRefusedError(
            "rights.payee.refused",
            _("The payment provider does not open accounts there: %(why)s. Nothing was opened.")
            % {"why": error.message},
        ) from error
    except NO_ANSWER as error:
        raise _no_answer() from error
    return _opened(account, made, actor)


def onboarding_begin(*, party: Party, actor: User, return_to: str, country: str = "") -> str:
    """Return the address at which the payee completes its details; good once, for a few minutes.

    ``return_to`` is where the provider sends the person back to, a whole address. ``country`` opens
    the account if there is none yet.

    Raises
    ------
    PayoutRefusedError
        If there is no account and no country to open one, or the provider does not answer.
    """
    account = (
        PayeeAccount.objects.filter(party=party)
        .exclude(state__in=[State.NEW, State.CLOSED])
        .first()
    )
    if account is None:
        account = payee_account_open(party=party, actor=actor, country=country)
    again = reverse("rights:payee-onboarding-go", args=[party.pk])
    try:
        return payout_provider().onboarding_url(
            account=account.provider_id,
            return_url=return_to,
            refresh_url=f"{settings.SITE_URL.rstrip('/')}{again}",
            is_update=account.state in (State.ACTIVE, State.RESTRICTED),
        )
    except ProviderError as error:
        raise _no_answer() from error


def payee_account_refresh(
    *, account: PayeeAccount, provider: PayoutProvider | None = None
) -> PayeeAccount:
    """Look at a payee's account at the provider and keep how it stands.

    Raises
    ------
    ProviderUnknownError, ProviderBusyError
        If the provider does not answer; what we knew stays.
    """
    if not account.provider_id:
        return account
    asked_at = timezone.now()
    try:
        seen = (provider or payout_provider()).account_state(account=account.provider_id)
    except ProviderRefusedError as error:
        if error.code != ACCOUNT_GONE:
            raise ProviderUnknownError("rights.payee.unreadable", error.message) from error
        seen = AccountState(account.provider_id, False, False, True)
    return _seen(account, seen, asked_at)


def payee_account_close(*, account: PayeeAccount) -> PayeeAccount:
    """Keep that a payee has disconnected us; the balance stays, and payouts wait."""
    gone = AccountState(account.provider_id, False, False, True)
    return _seen(account, gone, timezone.now())


@transaction.atomic
def _begun(party: Party, actor: User, country: str) -> PayeeAccount:
    """Keep what is going to be asked for before it is, with its key."""
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise PayoutRefusedError(
            "rights.payee.country", _("Say in which country the payee is. Nothing was opened.")
        )
    PayeeAccount.objects.get_or_create(party=party, defaults={"country": country})
    account = PayeeAccount.objects.select_for_update().get(party=party)
    if account.state in (State.NEW, State.CLOSED):
        # The same request has the same key; another one, by somebody else, is another request.
        told = "\n".join([country, actor.email, party.name, account.provider_id])
        account.country = country
        account.key = f"payee:{account.pk}:account:{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        account.save(update_fields=["country", "key"])
    return account


@transaction.atomic
def _opened(account: PayeeAccount, made: AccountState, actor: User) -> PayeeAccount:
    mine = PayeeAccount.objects.select_for_update().get(pk=account.pk)
    if mine.state in (State.NEW, State.CLOSED):
        mine.provider_id, mine.state = made.id, State.ONBOARDING
        mine.requirements, mine.checked_at = list(made.due), timezone.now()
        mine.save(update_fields=["provider_id", "state", "requirements", "checked_at"])
        audit_record(
            action="rights.payee.opened", actor=actor, organisation=mine.party.organisation,
            target=mine, data={"country": mine.country},
        )  # fmt: skip
    return mine


@transaction.atomic
def _seen(account: PayeeAccount, seen: AccountState, asked_at: object) -> PayeeAccount:
    older = Q(checked_at__isnull=True) | Q(checked_at__lt=asked_at)
    rows = PayeeAccount.objects.filter(older, pk=account.pk, provider_id=seen.id)
    mine = rows.select_for_update(of=("self",)).select_related("party__organisation").first()
    if mine is None:
        account.refresh_from_db()
        return account
    before = mine.state
    mine.state = _state_of(before, seen)
    mine.requirements, mine.checked_at = list(seen.due), asked_at  # type: ignore[assignment]
    mine.save(update_fields=["state", "requirements", "checked_at"])
    if mine.state != before:
        audit_record(
            action=f"rights.payee.{mine.state}", actor=None, organisation=mine.party.organisation,
            target=mine,
        )  # fmt: skip
    return mine


def _state_of(before: str, seen: AccountState) -> PayeeAccount.State:
    """Return where an account is: one that has been ready, and is not, is restricted."""
    if seen.is_closed:
        return State.CLOSED
    if seen.is_ready:
        return State.ACTIVE
    was_ready = before in (State.ACTIVE, State.RESTRICTED)
    return State.RESTRICTED if seen.is_restricted or was_ready else State.ONBOARDING


def _no_answer() -> PayoutRefusedError:
    return PayoutRefusedError(
        "rights.payee.no_answer",
        _("The payment provider does not answer. Nothing was changed. Try again in a minute."),
    )
