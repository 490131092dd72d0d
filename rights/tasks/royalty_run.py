"""Job ``rights.run.calculate``: divide the pools of a period and write down every share."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rights.income.engine import calculator
from rights.income.pooling import (
    INPUTS,
    Pooled,
    Share,
    SharesOnDisk,
    pools_divide,
    shares_digest,
)
from rights.models import ClaimRelease, RoyaltyRun, RunShare
from rights.selectors.run_freshness import known_now
from rights.selectors.run_inputs import (
    AT_ONCE,
    Period,
    catalogue_reasons,
    catalogues_of,
    files_of,
    grounds_of,
    groups_of,
    reasons_of,
    taken_back,
)
from rights.services.royalty_runs import run_begin_calculating, run_calculated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from config.jobs.stages import Run
    from rights.selectors.run_inputs import GroupRow


class Counted:
    """What goes by while a period is divided, counted: totals by currency, payees, recordings."""

    def __init__(self) -> None:
        self.recordings: set[str] = set()
        self._groups = self._shares = 0
        self._payees: set[str] = set()
        self._earned: Counter[str] = Counter()
        self._totals: dict[str, Counter[str]] = {}

    def groups_seen(self, rows: Iterable[GroupRow]) -> Iterator[GroupRow]:
        """Count groups and pass them on."""
        for row in rows:
            self._groups += 1
            self._earned[row.currency] += row.micros
            yield row

    def shares_seen(self, shares: Iterable[Share]) -> Iterator[Share]:
        """Count shares and pass them on."""
        for share in shares:
            self._shares += 1
            self.recordings.add(share.recording)
            if share.party:
                self._payees.add(share.party)
            counter = self._totals.setdefault(share.currency, Counter())
            counter["inputs" if share.pool == INPUTS else "base"] += share.amount
            counter["paid" if share.party else "held"] += share.amount
            yield share

    def facts(self) -> dict[str, Any]:
        """Return totals by currency as text (JSON numbers are no place for micro-units)."""
        return {
            "groups": self._groups,
            "shares": self._shares,
            "payees": len(self._payees),
            "totals": {
                currency: {
                    "earned": str(self._earned[currency]),
                    **{name: str(micros) for name, micros in sorted(sums.items())},
                }
                for currency, sums in sorted(self._totals.items())
            },
        }


def royalty_run_calculate(run: Run) -> None:
    """Handle one job; ``params`` names the run."""
    month = RoyaltyRun.objects.get(pk=run.params["run"])
    shares, facts = period_divide(month.period)
    digest = shares_digest(shares)
    run.finish(
        lambda: run_calculated(run=month, shares=shares, facts=facts, digest=digest, job=run.job)
    )


def run_calculate_here(run: RoyaltyRun) -> RoyaltyRun:
    """Calculate a run in this process, as the job does, and return it as it is then.

    Raises
    ------
    RunRefusedError
        If the run is approved and still says what it would say today, or a month before it waits.
    """
    run = run_begin_calculating(run)
    shares, facts = period_divide(run.period)
    run_calculated(run=run, shares=shares, facts=facts, digest=shares_digest(shares))
    run.refresh_from_db()
    return run


def period_divide(name: str) -> tuple[SharesOnDisk, dict[str, Any]]:
    """Divide a period; return every share, and the facts that a person looks at first.

    Neither the groups nor the shares are ever in memory together: there may be millions.
    """
    period = Period.parse(name)
    known = known_now(period)
    files = files_of(period)
    back = taken_back(period)
    reasons = reasons_of(grounds_of(files))
    keys = {ground: str(number) for number, ground in enumerate(sorted(reasons, key=str))}
    counted = Counted()
    catalogues = {*catalogues_of(files), *(catalogue for _, catalogue in back.base)}
    with (
        tempfile.TemporaryDirectory(prefix="run-") as made,
        calculator(Path(made)) as connection,
    ):
        shares = SharesOnDisk(
            counted.shares_seen(
                pools_divide(
                    connection,
                    Path(made),
                    groups=(
                        Pooled(row.group, keys[row.ground], row.catalogue, row.currency, row.micros)
                        for row in counted.groups_seen(groups_of(files))
                    ),
                    grounds={keys[ground]: why for ground, why in reasons.items()},
                    mirrored=(
                        mirror
                        for share in back.shares.iterator(chunk_size=AT_ONCE)
                        for mirror in _mirrors(share, back.released.get(share.pk, ()))
                    ),
                    catalogues=catalogue_reasons(
                        catalogues, (period.end - timedelta(days=1)).date()
                    ),
                    taken_back=back.base,
                )
            )
        )
    kept = known.facts(counted.recordings)
    return shares, {**kept, **counted.facts(), "taken_back": back.shares.count()}


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
