"""Who owns which share of a recording or work, where and when; in parts per million (ppm).

Claims come from many sides and need not agree. On a given day, in a given country:

* they sum to a million: everything is paid;
* to less (under-claim): the rest is held, nobody has said that it is theirs;
* to more (over-claim): what is disputed is held, and the rest is paid. With an excess of E, a party
  that claims C is sure of C - E at least, because all others together want no more than that
  (the "contested garment" rule of the Talmud; minimal rights of a bankruptcy game). These sure
  parts never sum to more than a million.

A claim that nobody has accepted yet counts in that sum, and is paid nothing: what would be its part
is held. What is held belongs to the recording, not to us, and waits in suspense.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib.money import whole
from rights.domain.allocation import PPM, allocate
from rights.domain.territories import WORLDWIDE, Territories

if TYPE_CHECKING:
    from datetime import date

_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))?", re.ASCII)
COMPLETE, UNDER_CLAIM, OVER_CLAIM = "complete", "under_claim", "over_claim"


class ShareSumError(ValueError):
    """Shares that should make a whole do not; the message says by how much."""


@dataclass(frozen=True)
class ShareClaim:
    """One party's share, from a day up to but not including another, in some countries.

    Raises
    ------
    ValueError
        If the share is not from 1 to 1,000,000 ppm, or ends before it begins.
    """

    key: str
    party: str
    share_ppm: int
    territories: Territories = WORLDWIDE
    active_from: date | None = None
    active_to: date | None = None
    is_accepted: bool = True

    def __post_init__(self) -> None:
        """Refuse shares of nothing, of more than everything, and of no time."""
        if not 0 < whole(self.share_ppm) <= PPM:
            msg = f"a share is from 1 to {PPM} ppm, not {self.share_ppm}"
            raise ValueError(msg)
        if self.active_from and self.active_to and self.active_to <= self.active_from:
            msg = f"the share ends ({self.active_to}) before it begins ({self.active_from})"
            raise ValueError(msg)

    def is_active(self, on: date, territory: str) -> bool:
        """Say whether the share counts on this day in this country."""
        begun = self.active_from is None or self.active_from <= on
        over = self.active_to is not None and self.active_to <= on
        return begun and not over and territory in self.territories


@dataclass(frozen=True)
class Resolution:
    """What the claims of one day and country come to.

    ``claimed`` is what was said, ``payable`` what can be paid, both by party and in ppm. Payable
    and ``held_ppm`` make a million.
    """

    state: str
    claimed: Mapping[str, int]
    payable: Mapping[str, int]
    held_ppm: int

    @property
    def excess_ppm(self) -> int:
        """Return by how much the claims are more than the whole."""
        return max(0, sum(self.claimed.values()) - PPM)


@dataclass(frozen=True)
class Span:
    """Days for which the claims come to the same; None is for ever. The end is exclusive."""

    active_from: date | None
    active_to: date | None
    resolution: Resolution


def shares_resolve(claims: Iterable[ShareClaim], *, on: date, territory: str) -> Resolution:
    """Say who is paid which share for a use on the day ``on`` in the country ``territory``."""
    return _resolution(claim for claim in claims if claim.is_active(on, territory))


def share_spans(claims: Iterable[ShareClaim], *, territory: str) -> tuple[Span, ...]:
    """Return all of time, cut wherever the claims of one country come to something else."""
    mine = [claim for claim in claims if territory in claim.territories]
    edges = {day for claim in mine for day in (claim.active_from, claim.active_to) if day}
    starts: list[date | None] = [None, *sorted(edges)]
    spans: list[Span] = []
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        resolution = _resolution(claim for claim in mine if _is_active_since(claim, start))
        if spans and spans[-1].resolution == resolution:
            start = spans.pop().active_from  # noqa: PLW2901 - nothing changed here: one longer span
        spans.append(Span(start, end, resolution))
    return tuple(spans)


def _is_active_since(claim: ShareClaim, start: date | None) -> bool:
    begun = claim.active_from is None or (start is not None and claim.active_from <= start)
    return begun and (claim.active_to is None or start is None or claim.active_to > start)


def _resolution(active: Iterable[ShareClaim]) -> Resolution:
    sums: dict[str, int] = defaultdict(int)
    accepted: dict[str, int] = defaultdict(int)
    for claim in active:
        sums[claim.party] += claim.share_ppm
        accepted[claim.party] += claim.share_ppm if claim.is_accepted else 0
    claimed = dict(sorted(sums.items()))
    excess = sum(claimed.values()) - PPM
    disputed = max(0, excess)
    sure = {party: min(ppm - disputed, accepted[party]) for party, ppm in claimed.items()}
    payable = {party: ppm for party, ppm in sure.items() if ppm > 0}
    state = OVER_CLAIM if excess > 0 else UNDER_CLAIM if excess else COMPLETE
    return Resolution(state, claimed, payable, PPM - sum(payable.values()))


# ---------------------------------------------------------------- whole share sets


def share_set(shares: Mapping[str, int]) -> Mapping[str, int]:
    """Return ``shares`` (ppm by party) if each is positive and they make a whole.

    Raises
    ------
    ShareSumError
        If they sum to more or less than 1,000,000 ppm.
    ValueError
        If one is zero, negative, or more than everything.
    """
    for party, ppm in shares.items():
        if not 0 < whole(ppm) <= PPM:
            msg = f"the share of {party} is from 1 to {PPM} ppm, not {ppm}"
            raise ValueError(msg)
    total = sum(shares.values())
    if total != PPM:
        side = "over" if total > PPM else "short"
        msg = (
            f"the shares sum to {percent_text(total)} %: {percent_text(abs(total - PPM))} % {side}"
        )
        raise ShareSumError(msg)
    return dict(sorted(shares.items()))


def equal_shares(parties: Iterable[str]) -> Mapping[str, int]:
    """Share a whole equally; the odd ppm go to the first in alphabetical order.

    Raises
    ------
    ValueError
        If nobody is there to share.
    """
    names = sorted(set(parties))
    if not names:
        msg = "nobody is there to share"
        raise ValueError(msg)
    return allocate(PPM, dict.fromkeys(names, 1)).amounts


def percent_parse(text: str) -> int:
    """Read a percentage such as ``33.3333`` as exact ppm.

    Raises
    ------
    ValueError
        If it is no number from 0 to 100 with at most four decimal places.
    """
    found = _PERCENT.fullmatch(text)
    ppm = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0")) if found else PPM + 1
    if ppm > PPM:
        msg = f"{text[:20]!r} is not a percentage from 0 to 100 with at most four decimal places"
        raise ValueError(msg)
    return ppm


def percent_text(ppm: int) -> str:
    """Write ppm as a percentage, exactly: 333,333 is ``33.3333``."""
    units, rest = divmod(abs(whole(ppm)), 10_000)
    fraction = f"{rest:04}".rstrip("0")
    return f"{'-' if ppm < 0 else ''}{units}{'.' if fraction else ''}{fraction}"
