"""Paying a label out, with the stand-in of Stripe on the other side; all but what people click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from django.conf import settings

from rights.models import PayeeAccount, Payout
from rights.services.payee_onboarding import onboarding_begin, payee_account_refresh
from rights.services.payout_sending import payouts_poll, payouts_send
from rights.services.payouts import batch_approve, batch_create, batch_send

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Party, PayoutBatch

BACK = "http://localhost/payouts/"


def onboard(party: Party, rita: User) -> PayeeAccount:
    """Fill in the pages of the stand-in as a person would, without a browser."""
    address = onboarding_begin(party=party, actor=rita, return_to=BACK, country="GB")
    page = httpx.get(address)
    assert page.status_code == 200, page.text
    done = httpx.post(f"{address}/done", data={"bank": "GB82", "act": "submit"})
    assert done.headers["location"] == BACK
    return payee_account_refresh(account=PayeeAccount.objects.get(party=party))


def top_up(coins: int, currency: str = "eur") -> None:
    """Put money into the platform's balance at the stand-in."""
    data = {"amount": str(coins), "currency": currency}
    assert httpx.post(f"{settings.STRIPE_URL}/till", data=data).status_code == 303


def pay(currency: str, sam: User, second: User, third: User | None = None) -> PayoutBatch:
    """Make a batch, approve it, send it, and learn that it arrived."""
    batch = batch_create(actor=sam, currency=currency)
    for person in (second, third):
        if person is not None:
            batch = batch_approve(batch=batch, actor=person, because="Compared with the statements")
    batch_send(batch=batch)  # the job that it asks for is done here
    payouts_send(batch)
    payouts_poll(list(Payout.objects.filter(batch=batch, state="sent")))
    return batch
