"""How a share of the base pool came about: the pool of the month, the catalogue, the recording in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Sum

from config.lib.money import Money
from rights.domain.royalties import BASE_PPM
from rights.models import BaseCatalogue, IncomeGroup, RunShare
from rights.selectors.run_inputs import Period, files_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from rights.models import RoyaltyRun


@dataclass(frozen=True)
class BaseReckoning:
    """The arithmetic of a share of the base pool: of all songs of a month, divided once.

    ``weight`` of ``whole`` is the recording's part of the catalogue that has ``recordings`` recordings.
    """

    earned: Money
    pool: Money
    pool_ppm: int
    policy: _StrPromise | str
    revision: str
    recordings: int
    weight: int
    whole: int
    share_ppm: int
    amount: Money


def base_reckoning(share: RunShare) -> BaseReckoning | None:
    """Return how a share of the base pool was reckoned, in four queries.

    Nothing is said where one line does not tell it: several base catalogues shared the month, or
    reports of earlier months were taken back out of its pool.
    """
    run, totals = share.run, share.run.facts.get("totals", {}).get(share.currency)
    if share.pool != RunShare.Pool.BASE or not totals or run.facts.get("taken_back"):
        return None
    catalogue = _only_catalogue(run)
    if catalogue is None:
        return None
    weights = catalogue.weights.aggregate(whole=Sum("weight"), count=Count("pk"))
    return BaseReckoning(
        earned=Money(int(totals["earned"]), share.currency),
        pool=Money(int(totals["base"]), share.currency),
        pool_ppm=BASE_PPM,
        policy=catalogue.get_policy_display(),
        revision=catalogue.revision,
        recordings=weights["count"],
        weight=share.weight,
        whole=int(weights["whole"] or 0),
        share_ppm=share.share_ppm,
        amount=Money(share.amount, share.currency),
    )


def _only_catalogue(run: RoyaltyRun) -> BaseCatalogue | None:
    """Return the catalogue that all songs of a month name; nothing where some name another, or none."""
    groups = IncomeGroup.objects.filter(
        file__in=files_of(Period.parse(run.period)), match=IncomeGroup.Match.MATCHED
    )
    if groups.filter(sheet__base_catalogue=None).exists():
        return None
    of_it = groups.filter(sheet__base_catalogue=OuterRef("pk"))
    found = list(BaseCatalogue.objects.filter(Exists(of_it))[:2])
    return found[0] if len(found) == 1 else None
