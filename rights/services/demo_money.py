"""The demonstration's money: asking for it, and who owns what in it, made as people make it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.services.demo import COLLEAGUE, demo_address
from config.jobs.services import enqueue
from rights.constants import BACK_OFFICE
from rights.domain.demo_income import (
    BASE_REVISION,
    LABEL,
    MINE,
    NOBODYS,
    OTHER_LABEL,
    SONGS,
    THEIRS,
    demo_isrc,
    demo_receipt,
    month_before,
)
from rights.domain.split_sheet import SheetFacts
from rights.domain.terms import Terms
from rights.models import Contract, IncomeFile, Party, Recording, RoyaltyRun
from rights.services.claims import Proof, Wanted, claim_activate, claim_submit
from rights.services.contracts import contract_make
from rights.services.parties import party_find_or_create
from rights.services.recordings import Told, recording_upsert
from rights.services.split_sheets import base_catalogue_freeze, split_sheet_freeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.jobs.models import Job

MONTHS = 3
MARK = 1_000_000
SINCE = date(2025, 1, 1)


@dataclass(frozen=True)
class Office:
    """Who acts: the label's owner, and two of the staff."""

    rita: User
    sam: User
    olive: User

    @classmethod
    def find(cls) -> Office:
        """Return the three; ``manage.py seed_demo --money`` makes them."""
        people = {
            name: User.objects.get(email=demo_address(name)) for name in ("rita", "sam", COLLEAGUE)
        }
        return cls(people["rita"], people["sam"], people[COLLEAGUE])


def demo_money_ask() -> Job:
    """Ask for three months of income, the last of them the month before this one; asked once."""
    last = month_before(f"{timezone.now():%Y-%m}", 1)
    months = [month_before(last, back) for back in reversed(range(MONTHS))]
    return enqueue(
        "demo.money",
        {"months": months},
        idem="demo.money",
        tenant=BACK_OFFICE,
        title=_("Three months of income for the demonstration"),
    )


def books_are_others(months: Sequence[str]) -> bool:
    """Say whether somebody has begun books of their own here, which are no place for inventions."""
    reports = IncomeFile.objects.exclude(message_id__startswith="DEMONSTRATION-")
    runs = RoyaltyRun.objects.exclude(period__in=months)
    return reports.exists() or runs.exists()


@transaction.atomic
def demo_owners_make(office: Office) -> Party:
    """Make the recordings, who owns them, the label's contract and the songs; return the label."""
    organisation = (
        Organisation.objects.active().filter(name=LABEL, members=office.rita).earliest("pk")
    )
    label = party_find_or_create(name=LABEL, kind=Party.Kind.LABEL, organisation=organisation)
    other = party_find_or_create(name=OTHER_LABEL, kind=Party.Kind.LABEL)
    owners = [*[label] * len(MINE), *[other] * len(THEIRS), *[None] * len(NOBODYS)]
    recordings = []
    for place, ((title, artist), owner) in enumerate(
        zip((*MINE, *THEIRS, *NOBODYS), owners, strict=True)
    ):
        recordings.append(_recording(place, title, artist, owner))
        if owner is not None:
            claimant = office.rita if owner == label else office.olive
            _own(recordings[-1], owner, claimant, office.sam)
    base_catalogue_freeze(
        revision=BASE_REVISION, policy="equal", weights={one.pk: 1 for one in recordings[:-1]}
    )
    for number, (title, artist) in enumerate(SONGS):
        _song(number, title, artist, office.sam)
    if not Contract.objects.filter(party=label).exists():
        contract_make(
            party=label, name=_("Licence of 2025"), currency="EUR", every="M", actor=office.sam,
            terms=Terms(
                active_from=SINCE, fee_ppm=150_000, reserve_ppm=100_000, reserve_periods=2,
                payout_min=50 * MARK,
            ),
        )  # fmt: skip
    return label


def _recording(place: int, title: str, artist: str, owner: Party | None) -> Recording:
    values: dict[str, object] = {"title": title, "artist": artist, "artists": [artist]}
    if owner is not None:
        values["label_name"] = owner.name
    return recording_upsert(
        told=Told(demo_isrc(place), "label", values, origin=Recording.Origin.LABEL)
    )


def _own(recording: Recording, owner: Party, claimant: User, decider: User) -> None:
    claim = claim_submit(
        recording=recording,
        party=owner,
        wanted=Wanted(MARK, "world", SINCE, None),
        proofs=[Proof(_("The recording contract; an invention of the demonstration"))],
        actor=claimant,
    )
    claim_activate(claim=claim, actor=decider, reason=_("The contract names the recording"))


def _song(number: int, title: str, artist: str, actor: User) -> None:
    split_sheet_freeze(
        facts=SheetFacts(
            isrc=demo_isrc(number, is_song=True),
            title=title,
            artist=artist,
            receipt_id=str(uuid.uuid5(uuid.NAMESPACE_OID, demo_isrc(number, is_song=True))),
            receipt=demo_receipt(number),
            valid_from=SINCE,
        ),
        actor=actor,
    )
