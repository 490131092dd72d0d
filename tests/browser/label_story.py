"""Tove, whose label has a statement and money that waits for a claim; and what the office does for her.

``python -m tests.browser.label_story accept`` accepts what she claims, ``… pay`` pays her out: acts of
the staff, done through the services in a process that knows the site's database.
"""

from __future__ import annotations

import sys

import django

PERSON, CURRENCY = "tove", "SEK"
EMAIL = f"{PERSON}@example.com"
OURS, UNCLAIMED = "Paper Lanterns", "Copper Wire"
MONTH = "2026-07"
"""Over whenever the tests run, and before any month that other tests divide."""


def label_story_make() -> str:
    """Save Tove, her label and its books; return her session's key."""
    from accounts.models import Membership, Organisation, User
    from rights.services.statement_publishing import statement_publish
    from tests.browser.sessions import session_of
    from tests.cast import PASSWORD
    from tests.rights.factories import make_party, make_recording
    from tests.rights.income.sheets import make_sheet
    from tests.rights.statements.months import Earning, contract_of, issue, locked

    tove = User.objects.create_user(EMAIL, PASSWORD, name="Tove")
    tapes = Organisation.objects.create(kind="rights_holder", name="Tove Tapes")
    Membership.objects.create(user=tove, organisation=tapes, role="owner")
    first, second = (_clerk(name) for name in ("clara", "conrad"))
    payee = make_party("Tove Tapes", organisation=tapes)
    ours, other = (make_recording(title, label=payee) for title in (OURS, UNCLAIMED))
    sheet = make_sheet("QZTEN2680001", shares={ours.isrc: 400_000, other.isrc: 270_000})
    contract_of(payee, actor=first, currency=CURRENCY, fee_ppm=150_000)
    earned = [
        Earning(payee, 432_100_000, currency=CURRENCY, recording=ours, sheet=sheet),
        Earning(None, 291_667_005, currency=CURRENCY, recording=other, sheet=sheet),
    ]
    [made] = issue(locked(MONTH, earned, first, second))
    statement_publish(statement=made, actor=first)
    return session_of(tove)


def accept() -> None:
    """Accept the claim that waits."""
    from rights.models import RightsClaim
    from rights.services.claims import claim_activate

    waiting = RightsClaim.objects.get(state="claimed", recording__title=UNCLAIMED)
    claim_activate(claim=waiting, actor=_clerk("clara"), reason="The contract names the recording")


def pay() -> None:
    """Make a batch, approve it, send it, and learn that it arrived."""
    from tests.browser import label_payouts

    label_payouts.top_up(1_000_000, CURRENCY.lower())
    label_payouts.pay(CURRENCY, _clerk("clara"), _clerk("conrad"))


def _clerk(name: str):
    from accounts.models import User

    person, _ = User.objects.get_or_create(
        email=f"{name}@tenfold.example", defaults={"is_staff": True}
    )
    return person


if __name__ == "__main__":
    django.setup()
    {"accept": accept, "pay": pay}[sys.argv[1]]()
