"""Whether a calculated run still says what it would say today: reports, claims, months before it.

Claims that are accepted after a calculation are no reason to calculate again: what is held for them
is let go when the run is locked. Claims that end are, for the run would pay who owns it no more;
so are claims that come into conflict, for what is disputed is held and not paid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rights.models import (
    ClaimChange,
    ClaimRelease,
    IncomeFile,
    IncomeGroup,
    RightsClaim,
    RoyaltyRun,
    RunShare,
)
from rights.selectors.run_inputs import Period, files_reversed, reports_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

MASTER = RightsClaim.RightType.MASTER
ACTIVE, CONFLICT = RightsClaim.State.ACTIVE, RightsClaim.State.CONFLICT
POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)


@dataclass(frozen=True)
class Known:
    """What a calculation rests on, asked **before** it reads anything else.

    ``endings`` is how often an active claim on each recording has ended, ``conflicts`` how often one
    on it has come into conflict, ``released`` how many releases there are out of shares that the
    period takes back.
    """

    reports: tuple[str, ...]
    endings: Mapping[UUID, int]
    conflicts: Mapping[UUID, int]
    released: int

    def facts(self, recordings: Iterable[str]) -> dict[str, Any]:
        """Return what the run keeps; ``recordings`` are those that it divides among."""
        divided = set(recordings)
        endings, conflicts = (
            sum(times for recording, times in counts.items() if str(recording) in divided)
            for counts in (self.endings, self.conflicts)
        )
        return {
            "reports": list(self.reports),
            "endings": endings,
            "conflicts": conflicts,
            "released": self.released,
        }


def known_now(period: Period) -> Known:
    """Return what a calculation that begins now rests on."""
    endings, conflicts = (
        Counter(changes.values_list("claim__recording", flat=True))
        for changes in (_changes(state_from=ACTIVE), _changes(state_to=CONFLICT))
    )
    return Known(tuple(sorted(reports_of(period))), endings, conflicts, _released(period))


def is_fresh(run: RoyaltyRun) -> bool:
    """Say whether a run knows of every report, of every claim that ended or is disputed, of every release.

    A run that was calculated before these were kept is asked for the others only.
    """
    period, facts = Period.parse(run.period), run.facts
    if set(facts.get("reports", [])) != set(reports_of(period)):
        return False
    divided = run.shares.exclude(recording=None).values("recording")
    endings, conflicts = (
        changes.filter(claim__recording__in=divided).count()
        for changes in (_changes(state_from=ACTIVE), _changes(state_to=CONFLICT))
    )
    releases: int = facts.get("released", 0)
    return (
        facts.get("endings", 0) == endings
        and facts.get("conflicts", conflicts) == conflicts
        and releases == _released(period)
    )


def months_before(period: Period) -> list[str]:
    """Return the months before ``period`` whose reports move money and whose run is not locked."""
    divided = set(RoyaltyRun.objects.filter(state__in=POSTED).values_list("period", flat=True))
    found = set()
    for field in ("posted_at", "reversed_at"):
        there = IncomeFile.objects.filter(**{f"{field}__lt": period.start})
        found |= {f"{moment:%Y-%m}" for moment in there.values_list(field, flat=True)}
    return [month for month in sorted(found - divided) if _moves_money(Period.parse(month))]


def _moves_money(period: Period) -> bool:
    inside = {"gte": period.start, "lt": period.end}
    groups = IncomeGroup.objects.filter(match=IncomeGroup.Match.MATCHED).exclude(micros=0)
    return any(
        groups.filter(**{f"file__{field}__{side}": at for side, at in inside.items()}).exists()
        for field in ("posted_at", "reversed_at")
    )


def _changes(**states: str) -> QuerySet[ClaimChange]:
    return ClaimChange.objects.filter(claim__right_type=MASTER, **states)


def _released(period: Period) -> int:
    taken = RunShare.objects.filter(group__file__in=files_reversed(period))
    return ClaimRelease.objects.filter(share__in=taken).count()
