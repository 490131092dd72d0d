"""What a royalty run divides: the groups of a period, who owned what, and what is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rights.domain.royalties import NOBODY, InputReason, input_reasons, pools_split
from rights.domain.split_sheet import whole_day
from rights.models import (
    BaseCatalogueWeight,
    ClaimRelease,
    IncomeFile,
    IncomeGroup,
    RunShare,
    SplitSheetSource,
)
from rights.selectors.ownership import claims_of, owners_on

if TYPE_CHECKING:
    from uuid import UUID

    from rights.domain.shares import ShareClaim

NO_COUNTRY = "ZZ"
"""The base pool is not earned in one country: who holds the world, holds it here."""


@dataclass(frozen=True)
class Period:
    """A month of the books, in UTC; the end is exclusive."""

    name: str
    start: datetime
    end: datetime

    @classmethod
    def parse(cls, name: str) -> Period:
        """Read ``2026-10``.

        Raises
        ------
        ValueError
            If it is no month.
        """
        start = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
        if f"{start:%Y-%m}" != name:  # "2026-8" is read, but nobody finds it again
            msg = f"{name!r} is not written as a year and two digits of a month"
            raise ValueError(msg)
        year, month = divmod(start.year * 12 + start.month, 12)
        return cls(name, start, datetime(year, month + 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Ground:
    """On what a group is divided: by which sheet, on which day, in which country."""

    sheet: UUID
    day: date
    territory: str


@dataclass(frozen=True)
class TakenBack:
    """What a reversed report takes back: shares of earlier runs, and the base part by catalogue.

    ``released`` is what claims got out of those shares that were held, by the share.
    """

    shares: Sequence[RunShare]
    base: Mapping[tuple[str, str], int]
    released: Mapping[int, Sequence[ClaimRelease]]


def files_of(period: Period) -> list[IncomeFile]:
    """Return the reports whose money counts in the period: posted in it, not reversed in it."""
    reversed_ids = {file.pk for file in files_reversed(period)}
    posted = IncomeFile.objects.filter(posted_at__gte=period.start, posted_at__lt=period.end)
    return [file for file in posted.order_by("posted_at", "pk") if file.pk not in reversed_ids]


def files_reversed(period: Period) -> list[IncomeFile]:
    """Return the reports that were reversed in the period, whenever they were posted."""
    there = IncomeFile.objects.filter(reversed_at__gte=period.start, reversed_at__lt=period.end)
    return list(there.order_by("pk"))


def reports_of(period: Period) -> list[str]:
    """Return by their hashes what a division of the period rests on; reversed ones with a minus."""
    return [
        *(file.sha256 for file in files_of(period)),
        *(f"-{file.sha256}" for file in files_reversed(period)),
    ]


def groups_of(files: Iterable[IncomeFile]) -> list[IncomeGroup]:
    """Return the matched groups of the reports, in a fixed order, with their sheets."""
    groups = IncomeGroup.objects.filter(file__in=list(files), match=IncomeGroup.Match.MATCHED)
    return list(
        groups.select_related("file", "sheet__base_catalogue")
        .defer("sheet__body")
        .order_by("file__posted_at", "file", "number")
    )


def ground_of(group: IncomeGroup) -> Ground:
    """Return what the group stands on. A span is owned by whoever owned its first day."""
    first = date.fromisoformat(whole_day(group.span or group.file.usage_from))
    assert group.sheet_id is not None  # noqa: S101 - a constraint of the table
    return Ground(group.sheet_id, first, country_of(group.territory))


def country_of(territory: str) -> str:
    """Return a country as claims know them; what is none (``Worldwide``) is no country in particular."""
    is_code = len(territory) == 2 and territory.isascii() and territory.isalpha()
    return territory.upper() if is_code else NO_COUNTRY


def reasons_of(grounds: Iterable[Ground]) -> dict[Ground, tuple[InputReason, ...]]:
    """Return by what the pool of the ten songs is divided on each ground."""
    wanted = set(grounds)
    sources: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    rows = SplitSheetSource.objects.filter(sheet__in={ground.sheet for ground in wanted})
    for sheet, recording, weight in rows.values_list("sheet", "recording", "weight_ppm"):
        sources[sheet][recording] = weight
    claims = claims_of({recording for several in sources.values() for recording in several})
    return {
        ground: _reasons(sources[ground.sheet], claims, ground.day, ground.territory)
        for ground in wanted
    }


def _reasons(
    weights: Mapping[UUID, int],
    claims: Mapping[UUID, tuple[ShareClaim, ...]],
    day: date,
    territory: str,
) -> tuple[InputReason, ...]:
    owners = owners_on(claims, weights, on=day, territory=territory)
    return input_reasons(
        {str(recording): weight for recording, weight in weights.items()},
        {str(recording): resolution for recording, resolution in owners.items()},
    )


def catalogue_reasons(revisions: Iterable[str], day: date) -> dict[str, tuple[InputReason, ...]]:
    """Return by what the base pool of each base catalogue is divided, on the last day of a period."""
    found: dict[str, tuple[InputReason, ...]] = {}
    for revision in sorted(set(revisions) - {""}):
        rows = BaseCatalogueWeight.objects.filter(catalogue__revision=revision)
        weights = dict(rows.values_list("recording", "weight"))
        claims = claims_of(weights)
        owners = owners_on(claims, weights, on=day, territory=NO_COUNTRY)
        found[revision] = tuple(
            InputReason(str(recording), party, weight, share_ppm)
            for recording, weight in sorted(weights.items(), key=lambda row: str(row[0]))
            for party, share_ppm in [
                *sorted(owners[recording].payable.items()),
                *([(NOBODY, owners[recording].held_ppm)] if owners[recording].held_ppm else []),
            ]
        )
    return found


def taken_back(period: Period) -> TakenBack:
    """Return what reports that were divided before and are now reversed take back."""
    earlier = [file for file in files_reversed(period) if _posted_before(file, period)]
    groups = groups_of(earlier)
    base: dict[tuple[str, str], int] = defaultdict(int)
    for group in groups:
        base[group.currency, catalogue_of(group)] += pools_split(group.micros).base
    shares = RunShare.objects.filter(group__in=[group.pk for group in groups])
    released: dict[int, list[ClaimRelease]] = defaultdict(list)
    for release in ClaimRelease.objects.filter(share__in=shares).select_related("claim"):
        released[release.share_id].append(release)
    return TakenBack(list(shares.order_by("pk")), dict(base), released)


def catalogue_of(group: IncomeGroup) -> str:
    """Return the revision of the base catalogue that the group's base part goes to, empty for none."""
    sheet = group.sheet
    return "" if sheet is None or sheet.base_catalogue is None else sheet.base_catalogue.revision


def _posted_before(file: IncomeFile, period: Period) -> bool:
    return file.posted_at is not None and file.posted_at < period.start
