"""Where a recording was used: the published songs whose split sheets name it, and what they paid.

Each song once, by the sheet that counts now. What it earned is what stands on the organisation's
own published statements; of others nothing is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Subquery, Sum
from django.urls import reverse

from config.lib.money import Money
from rights.models import SplitSheet, SplitSheetSource, Statement, StatementLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.core.paginator import Page

    from accounts.models import Organisation
    from rights.models import Recording

PER_PAGE = 25


@dataclass(frozen=True)
class Use:
    """A song that a recording is part of. ``earned`` has one amount for each currency."""

    title: str
    artist: str
    isrc: str
    version: int
    valid_from: date
    weight_ppm: int
    receipt_url: str
    earned: tuple[Money, ...]


@dataclass(frozen=True)
class Uses:
    """A page of the songs."""

    rows: tuple[Use, ...]
    page: Page[Any]
    total: int


def recording_uses(*, recording: Recording, organisation: Organisation, number: int = 1) -> Uses:
    """Return the songs that a recording was used in, the newest first; three queries."""
    newest = SplitSheet.objects.filter(isrc=OuterRef("sheet__isrc")).order_by("-version")
    sources = (
        SplitSheetSource.objects.filter(recording=recording)
        .annotate(newest=Subquery(newest.values("pk")[:1]))
        .filter(sheet=F("newest"))
        .select_related("sheet")
        .defer("sheet__body")
        .order_by("-sheet__valid_from", "sheet__isrc")
    )
    page = Paginator(sources, PER_PAGE).get_page(number)
    shown: Sequence[SplitSheetSource] = list(page.object_list)
    earned = _earned(recording, organisation, [one.sheet.isrc for one in shown])
    return Uses(
        rows=tuple(
            Use(
                title=one.sheet.title,
                artist=one.sheet.artist,
                isrc=one.sheet.isrc,
                version=one.sheet.version,
                valid_from=one.sheet.valid_from,
                weight_ppm=one.weight_ppm,
                receipt_url=reverse("generation:receipt-verify", args=[str(one.sheet.receipt)]),
                earned=earned.get(one.sheet.isrc, ()),
            )
            for one in shown
        ),
        page=page,
        total=page.paginator.count,
    )


def _earned(
    recording: Recording, organisation: Organisation, songs: Sequence[str]
) -> Mapping[str, tuple[Money, ...]]:
    rows = (
        StatementLine.objects.filter(
            recording=recording,
            song_isrc__in=songs,
            statement__party__organisation=organisation,
            statement__state=Statement.State.PUBLISHED,
        )
        .exclude(statement__replaced_by__state=Statement.State.PUBLISHED)
        .values_list("song_isrc", "statement__currency")
        .annotate(Sum("paid"))
        .order_by("song_isrc", "statement__currency")
    )
    found: dict[str, list[Money]] = defaultdict(list)
    for isrc, currency, amount in rows:
        found[isrc].append(Money(amount, currency))
    return {isrc: tuple(amounts) for isrc, amounts in found.items()}
