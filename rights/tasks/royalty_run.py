"""Job ``rights.run.calculate``: divide the pools of a period and write down every share."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rights.income.engine import calculator
from rights.income.pooling import INPUTS, Pooled, Share, pools_divide, shares_digest
from rights.models import ClaimRelease, IncomeGroup, RoyaltyRun, RunShare
from rights.selectors.run_freshness import known_now
from rights.selectors.run_inputs import (
    Period,
    TakenBack,
    catalogue_of,
    catalogue_reasons,
    files_of,
    ground_of,
    groups_of,
    reasons_of,
    taken_back,
)
from rights.services.royalty_runs import run_calculated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.jobs.stages import Run


def royalty_run_calculate(run: Run) -> None:
    """Handle one job; ``params`` names the run."""
    month = RoyaltyRun.objects.get(pk=run.params["run"])
    shares, facts = period_divide(month.period)
    digest = shares_digest(shares)
    run.finish(
        lambda: run_calculated(run=month, shares=shares, facts=facts, digest=digest, job=run.job)
    )


def period_divide(name: str) -> tuple[list[Share], dict[str, Any]]:
    """Divide a period; return every share, and the facts that a person looks at first."""
    period = Period.parse(name)
    known = known_now(period)
    groups = groups_of(files_of(period))
    back = taken_back(period)
    grounds = {group.pk: ground_of(group) for group in groups}
    reasons = reasons_of(grounds.values())
    keys = {ground: str(number) for number, ground in enumerate(sorted(reasons, key=str))}
    pooled = [
        Pooled(group.pk, keys[grounds[group.pk]], catalogue_of(group), group.currency, group.micros)
        for group in groups
    ]
    catalogues = {one.catalogue for one in pooled} | {catalogue for _, catalogue in back.base}
    with (
        tempfile.TemporaryDirectory(prefix="run-") as made,
        calculator(Path(made)) as connection,
    ):
        shares = list(
            pools_divide(
                connection,
                Path(made),
                groups=pooled,
                grounds={keys[ground]: why for ground, why in reasons.items()},
                mirrored=[
                    mirror
                    for share in back.shares
                    for mirror in _mirrors(share, back.released.get(share.pk, ()))
                ],
                catalogues=catalogue_reasons(catalogues, (period.end - timedelta(days=1)).date()),
                taken_back=back.base,
            )
        )
    kept = known.facts(share.recording for share in shares)
    return shares, {**kept, **_facts(groups, shares, back)}


def _mirrors(share: RunShare, released: Sequence[ClaimRelease]) -> Iterator[Share]:
    """Yield what takes an earlier share back, from those who had it in the end."""
    made = Share(
        pool=share.pool,
        group=share.group_id or 0,
        recording=str(share.recording_id or ""),
        party=str(share.party_id or ""),
        currency=share.currency,
        weight=share.weight,
        share_ppm=share.share_ppm - sum(release.share_ppm for release in released),
        amount=sum(release.amount for release in released) - share.amount,
    )
    if made.share_ppm or made.amount:
        yield made
    for release in released:
        party = str(release.claim.party_id)
        yield replace(made, party=party, share_ppm=release.share_ppm, amount=-release.amount)


def _facts(groups: list[IncomeGroup], shares: list[Share], back: TakenBack) -> dict[str, Any]:
    """Return totals by currency as text (JSON numbers are no place for micro-units)."""
    earned: Counter[str] = Counter()
    for group in groups:
        earned[group.currency] += group.micros
    totals: dict[str, Counter[str]] = {}
    for share in shares:
        counter = totals.setdefault(share.currency, Counter())
        counter["inputs" if share.pool == INPUTS else "base"] += share.amount
        counter["paid" if share.party else "held"] += share.amount
    return {
        "groups": len(groups),
        "shares": len(shares),
        "payees": len({share.party for share in shares if share.party}),
        "taken_back": len(back.shares),
        "totals": {
            currency: {"earned": str(earned[currency]), **{k: str(v) for k, v in sorted(c.items())}}
            for currency, c in sorted(totals.items())
        },
    }
