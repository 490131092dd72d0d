"""Who owned what when: active claims as the arithmetic takes them, for many recordings at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from rights.domain.claim_course import OPEN
from rights.domain.shares import Resolution, ShareClaim, shares_resolve
from rights.domain.territories import Territories
from rights.models import RightsClaim, SplitSheet, SplitSheetSource

if TYPE_CHECKING:
    from uuid import UUID

MASTER = RightsClaim.RightType.MASTER
COUNTING = (RightsClaim.State.ACTIVE, RightsClaim.State.CONFLICT)


def claims_of(
    recordings: Iterable[UUID], *, right_type: str = MASTER
) -> Mapping[UUID, tuple[ShareClaim, ...]]:
    """Return what is claimed of each recording and counts: active claims, and those in conflict.

    A claim in conflict counts, so that what is disputed is held; nobody has accepted it, so that
    its own part is held too.
    """
    rows = RightsClaim.objects.filter(
        recording__in=list(recordings),
        right_type=right_type,
        state__in=COUNTING,
    ).order_by("claimed_at", "pk")
    found: dict[UUID, list[ShareClaim]] = defaultdict(list)
    for row in rows:
        found[row.recording_id].append(share_claim_of(row))
    return {key: tuple(claims) for key, claims in found.items()}


def share_claim_of(row: RightsClaim) -> ShareClaim:
    """Return what the arithmetic takes.

    Raises
    ------
    ValueError
        If it is no share, holds nowhere, or ends before it begins.
    """
    return ShareClaim(
        key=str(row.pk),
        party=str(row.party_id),
        share_ppm=row.share_ppm,
        territories=Territories.parse(row.territories),
        active_from=row.active_from,
        active_to=row.active_to,
        is_accepted=row.state == RightsClaim.State.ACTIVE,
    )


def owners_on(
    claims: Mapping[UUID, tuple[ShareClaim, ...]],
    recordings: Iterable[UUID],
    *,
    on: date,
    territory: str,
) -> dict[UUID, Resolution]:
    """Return who is paid which share of each recording for a use on that day in that country."""
    return {
        recording: shares_resolve(claims.get(recording, ()), on=on, territory=territory)
        for recording in recordings
    }


def ownership_days(
    since: str, until: str, *, isrcs: Collection[str] | None = None
) -> tuple[date, ...]:
    """Return the days inside a month on which a claim begins or ends, or a corrected split sheet counts.

    Claims that wait are among them: they may be accepted before the month is divided. Both ends are
    written as reports write them, a day, a month or a year, and belong to the span. ``isrcs`` asks for
    these songs alone.
    """
    claims, sheets = RightsClaim.objects.filter(state__in=OPEN), SplitSheet.objects.all()
    if isrcs is not None:
        sheets = sheets.filter(isrc__in=isrcs)
        sources = SplitSheetSource.objects.filter(sheet__in=sheets)
        claims = claims.filter(recording__in=sources.values("recording"))
    rows = claims.values_list("active_from", "active_to")
    days = {day for row in rows.distinct() for day in row if day is not None and day.day > 1}
    corrected = sheets.filter(version__gt=1, valid_from__day__gt=1)
    days |= set(corrected.values_list("valid_from", flat=True))
    return tuple(sorted(day for day in days if since <= day.isoformat() <= f"{until}~"))
