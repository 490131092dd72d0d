"""Whether a calculated run still says what it would say today: reports, claims, months before it.

Claims that are accepted after a calculation are no reason to calculate again: what is held for them
is let go when the run is locked. Claims that end are, for the run would pay who owns it no more.
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

MASTER, ACTIVE = RightsClaim.RightType.MASTER, RightsClaim.State.ACTIVE
POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)


@dataclass(frozen=True)
class Known:
    """What a calculation rests on, asked **before** it reads anything else.

    ``endings`` is how often an active claim on each recording has ended, ``released`` how many
    releases there are out of shares that the period takes back.
    """

    reports: tuple[str, ...]
    endings: Mapping[UUID, int]
    released: int

    def facts(self, recordings: Iterable[str]) -> dict[str, Any]:
        """Return what the run keeps; ``recordings`` are those that it divides among."""
        by_text = {str(key): times for key, times in self.endings.items()}
        times = sum(by_text.get(recording, 0) for recording in set(recordings))
        return {"reports": list(self.reports), "endings": times, "released": self.released}


def known_now(period: Period) -> Known:
    """Return what a calculation that begins now rests on."""
    ended = ClaimChange.objects.filter(state_from=ACTIVE, claim__right_type=MASTER)
    endings = Counter(ended.values_list("claim__recording", flat=True))
    return Known(tuple(sorted(reports_of(period))), endings, _released(period))


def is_fresh(run: RoyaltyRun) -> bool:
    """Say whether a run knows of every report, of every claim that ended and of every release.

    A run that was calculated before these were kept is asked for its reports only.
    """
    period, facts = Period.parse(run.period), run.facts
    if set(facts.get("reports", [])) != set(reports_of(period)):
        return False
    endings = ClaimChange.objects.filter(
        state_from=ACTIVE,
        claim__right_type=MASTER,
        claim__recording__in=run.shares.exclude(recording=None).values("recording"),
    )
    times: int = facts.get("endings", 0)
    releases: int = facts.get("released", 0)
    return times == endings.count() and releases == _released(period)


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


def _released(period: Period) -> int:
    taken = RunShare.objects.filter(group__file__in=files_reversed(period))
    return ClaimRelease.objects.filter(share__in=taken).count()
