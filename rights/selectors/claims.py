"""Claims as people read them: their own with their course, and where another stands against them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from config.media import signed_url
from rights.domain.claim_course import MINOR_PPM, OPEN, overclaims
from rights.domain.identifiers import find_isrc
from rights.domain.shares import percent_text
from rights.models import Recording, RightsClaim
from rights.selectors.ownership import share_claim_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from accounts.models import Organisation

FOUND_MAX = 20
DOCUMENTS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain"}


@dataclass(frozen=True)
class Other:
    """Who else claims, and how much: all that one claimant is told of another."""

    name: str
    percent: str
    is_accepted: bool


@dataclass(frozen=True)
class Conflict:
    """Where and when more than the whole is claimed, by how much, and by whom else."""

    territories: str
    active_from: date | None
    active_to: date | None
    percent: str
    is_minor: bool
    others: tuple[Other, ...]

    @property
    def size_words(self) -> str:
        """Return how much too much it is, in words."""
        return _("minor") if self.is_minor else _("major")


@dataclass(frozen=True)
class ClaimRow:
    """A claim in a list."""

    claim: RightsClaim
    percent: str
    kind: str


BADGES = {"active": "success", "conflict": "warning", "claimed": "info", "rejected": "error"}


def claims_of_organisation(organisation: Organisation) -> QuerySet[RightsClaim]:
    """Return what the organisation's parties claim and claimed, the newest first."""
    rows = RightsClaim.objects.filter(party__organisation=organisation)
    return rows.select_related("recording", "party").order_by("-claimed_at", "pk")


def claim_rows(claims: Iterable[RightsClaim]) -> tuple[ClaimRow, ...]:
    """Put claims into words."""
    return tuple(claim_row(claim) for claim in claims)


def claim_row(claim: RightsClaim) -> ClaimRow:
    """Put one claim into words."""
    return ClaimRow(claim, percent_text(claim.share_ppm), BADGES.get(claim.state, "neutral"))


def conflicts_of(claim: RightsClaim) -> tuple[Conflict, ...]:
    """Return where others stand against an open claim; of them only the name and the share."""
    if claim.state not in OPEN:
        return ()
    rows = RightsClaim.objects.filter(
        recording=claim.recording_id, right_type=claim.right_type, state__in=OPEN
    ).select_related("party")
    by_key = {str(row.pk): row for row in rows.order_by("claimed_at", "pk")}
    mine = str(claim.pk)
    return tuple(
        Conflict(
            territories=str(over.territories),
            active_from=over.active_from,
            active_to=over.active_to,
            percent=percent_text(over.excess_ppm),
            is_minor=over.excess_ppm <= MINOR_PPM,
            others=tuple(_other(by_key[key]) for key in over.keys if key != mine),
        )
        for over in overclaims(share_claim_of(row) for row in by_key.values())
        if mine in over.keys
    )


def _other(row: RightsClaim) -> Other:
    return Other(row.party.name, percent_text(row.share_ppm), row.state == RightsClaim.State.ACTIVE)


def recordings_to_claim(text: str) -> list[Recording]:
    """Return the recordings that an ISRC or words of a title or an artist name, a few of them."""
    words = text.split()[:8]
    if not words:
        return []
    isrc = find_isrc(text)
    if isrc:
        return list(Recording.objects.filter(isrc=isrc))
    wanted = Q()
    for word in words:
        wanted &= Q(title__icontains=word) | Q(artist__icontains=word)
    return list(Recording.objects.filter(wanted).order_by("title", "isrc")[:FOUND_MAX])


@dataclass(frozen=True)
class Document:
    """A piece of evidence; ``url`` is a short-lived link to its document, or empty."""

    words: str
    name: str
    url: str
    given_at: datetime


def documents_of(claim: RightsClaim, *, user_id: int) -> tuple[Document, ...]:
    """Return what a claim rests on, with links for one person."""
    return tuple(
        Document(
            words=row.words,
            name=row.name,
            url=signed_url(
                row.key,
                user_id=user_id,
                filename=row.name,
                content_type=document_type(row.name),
            )
            if row.key
            else "",
            given_at=row.given_at,
        )
        for row in claim.evidence.all()
    )


def document_type(name: str) -> str:
    """Return the content type of a document of the kinds that are taken."""
    return DOCUMENTS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
