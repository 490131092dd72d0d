"""What a royalty run divides: the groups of a period, who owned what, and what is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

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

    from django.db.models import QuerySet

    from rights.domain.shares import ShareClaim

AT_ONCE = 20_000
"""Rows that are fetched in one go."""
_GROUND = ("sheet", "span", "file__usage_from", "territory")
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


class GroupRow(NamedTuple):
    """What of a group a division needs, and nothing else: there may be millions of them."""

    group: int
    ground: Ground
    catalogue: str
    currency: str
    micros: int


@dataclass(frozen=True)
class TakenBack:
    """What a reversed report takes back: shares of earlier runs, and the base part by catalogue.

    ``released`` is what claims got out of those shares that were held, by the share.
    """

    shares: QuerySet[RunShare]
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


def ground_of(group: IncomeGroup) -> Ground:
    """Return what a group stands on."""
    assert group.sheet_id is not None  # noqa: S101 - a constraint of the table
    return _ground(group.sheet_id, group.span, group.file.usage_from, group.territory)


def grounds_of(files: Iterable[IncomeFile]) -> set[Ground]:
    """Return what the matched groups of the reports stand on; few, however many groups there are."""
    rows = _matched(files).order_by().values_list(*_GROUND).distinct()
    return {_ground(*row) for row in rows.iterator(chunk_size=AT_ONCE)}


def catalogues_of(files: Iterable[IncomeFile]) -> set[str]:
    """Return the revisions of the base catalogues that base parts go to, empty for none."""
    rows = _matched(files).order_by().values_list("sheet__base_catalogue__revision", flat=True)
    return {revision or "" for revision in rows.distinct()}


def groups_of(files: Iterable[IncomeFile]) -> Iterator[GroupRow]:
    """Yield the matched groups of the reports, in a fixed order, as they come from the database."""
    rows = (
        _matched(files)
        .order_by("file__posted_at", "file", "number")
        .values_list("pk", "sheet__base_catalogue__revision", "currency", "micros", *_GROUND)
    )
    known: dict[tuple[Any, ...], Ground] = {}
    for group, revision, currency, micros, *stands in rows.iterator(chunk_size=AT_ONCE):
        key = tuple(stands)
        ground = known.get(key) or known.setdefault(key, _ground(*key))
        yield GroupRow(group, ground, revision or "", currency, micros)


def _matched(files: Iterable[IncomeFile]) -> QuerySet[IncomeGroup]:
    return IncomeGroup.objects.filter(file__in=list(files), match=IncomeGroup.Match.MATCHED)


def _ground(sheet: UUID, span: str, usage_from: str, territory: str) -> Ground:
    """Return what uses stand on. A span is owned by whoever owned its first day."""
    return Ground(sheet, date.fromisoformat(whole_day(span or usage_from)), country_of(territory))


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
    base: dict[tuple[str, str], int] = defaultdict(int)
    for row in groups_of(earlier):
        base[row.currency, row.catalogue] += pools_split(row.micros).base
    shares = RunShare.objects.filter(group__in=_matched(earlier).values("pk"))
    released: dict[int, list[ClaimRelease]] = defaultdict(list)
    for release in ClaimRelease.objects.filter(share__in=shares).select_related("claim"):
        released[release.share_id].append(release)
    return TakenBack(shares.order_by("pk"), dict(base), released)


def _posted_before(file: IncomeFile, period: Period) -> bool:
    return file.posted_at is not None and file.posted_at < period.start
