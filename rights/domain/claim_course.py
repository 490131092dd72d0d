"""The course of a claim: which steps there are, when claims contradict each other, and what is let go.

Pure: claims come in as ``ShareClaim`` and leave as figures; ``rights.services.claims`` keeps rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib.money import whole
from rights.domain.allocation import PPM, allocate
from rights.domain.shares import ShareClaim, share_spans
from rights.domain.territories import Territories

if TYPE_CHECKING:
    from datetime import date

CLAIMED, CONFLICT, ACTIVE = "claimed", "conflict", "active"
REJECTED, WITHDRAWN, SUPERSEDED = "rejected", "withdrawn", "superseded"
OPEN = (CLAIMED, CONFLICT, ACTIVE)
WAITING = (CLAIMED, CONFLICT)
# What has ended stays ended: who claims again, makes a new claim. The database has this too.
STEPS: Mapping[str, frozenset[str]] = {
    "": frozenset({CLAIMED, ACTIVE}),
    CLAIMED: frozenset({CONFLICT, ACTIVE, REJECTED, WITHDRAWN}),
    CONFLICT: frozenset({CLAIMED, ACTIVE, REJECTED, WITHDRAWN}),
    ACTIVE: frozenset({REJECTED, WITHDRAWN, SUPERSEDED}),
}
# Up to this, too much is taken for a slip of the pen: five per cent of the whole. Ours, for the word
# only; money is held to the last part in either case.
MINOR_PPM = 50_000


def is_step(before: str, after: str) -> bool:
    """Say whether a claim may go from one state to another."""
    return after in STEPS.get(before, frozenset())


@dataclass(frozen=True)
class OverClaim:
    """Countries and days in which more is claimed than there is, by how much, and by which claims."""

    territories: Territories
    active_from: date | None
    active_to: date | None
    excess_ppm: int
    keys: tuple[str, ...]

    @property
    def size(self) -> str:
        """Return the word of the claim standards: a minor or a major over-claim."""
        return "minor" if self.excess_ppm <= MINOR_PPM else "major"


def overclaims(claims: Iterable[ShareClaim]) -> tuple[OverClaim, ...]:
    """Return where the claims on one right in one recording sum to more than a million.

    Countries that no claim tells apart are told of together.
    """
    all_claims = list(claims)
    found: dict[tuple[date | None, date | None, int, tuple[str, ...]], list[Territories]] = {}
    for where, example in _countries(all_claims):
        mine = [claim for claim in all_claims if example in claim.territories]
        for span in share_spans(mine, territory=example):
            if not span.resolution.excess_ppm:
                continue
            keys = tuple(
                claim.key for claim in mine if _meets(claim, span.active_from, span.active_to)
            )
            fact = (span.active_from, span.active_to, span.resolution.excess_ppm, keys)
            found.setdefault(fact, []).append(where)
    return tuple(
        OverClaim(_together(several), start, end, excess, keys)
        for (start, end, excess, keys), several in found.items()
    )


def _countries(claims: Iterable[ShareClaim]) -> list[tuple[Territories, str]]:
    """Return each country that is named, and all others as one with an example of them."""
    named = sorted({code for claim in claims for code in claim.territories.codes})
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = next(a + b for a in reversed(letters) for b in reversed(letters) if a + b not in named)
    each = [(Territories(frozenset({code}), is_all_but=False), code) for code in named]
    return [*each, (Territories(frozenset(named), is_all_but=True), other)]


def _together(several: Iterable[Territories]) -> Territories:
    parts = list(several)
    listed = frozenset(code for part in parts if not part.is_all_but for code in part.codes)
    rest = [part for part in parts if part.is_all_but]
    if not rest:
        return Territories(listed, is_all_but=False)
    return Territories(rest[0].codes - listed, is_all_but=True)


def _meets(claim: ShareClaim, start: date | None, end: date | None) -> bool:
    begins_late = claim.active_from and end and claim.active_from >= end
    ends_early = claim.active_to and start and claim.active_to <= start
    return not begins_late and not ends_early


# ---------------------------------------------------------------- money that was held


def release_wanted(
    *, payable: Mapping[str, int], given: Mapping[str, int], held_ppm: int
) -> dict[str, int]:
    """Return how much of a held share goes to whom, in ppm of the recording.

    ``payable`` is what each party could be paid today for that use, ``given`` what it was given for
    it already, by the run or by an earlier release. The difference goes to it, in the order of
    ``payable``, as long as ``held_ppm`` lasts: nobody is paid twice, and nothing is taken back.
    """
    left = whole(held_ppm)
    wanted: dict[str, int] = {}
    for party, ppm in payable.items():
        more = min(left, ppm - given.get(party, 0))
        if more > 0:
            wanted[party] = more
            left -= more
    return wanted


def release_divide(amount: int, *, held_ppm: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Return the micro-units of each party out of ``amount``, of which ``held_ppm`` is the whole.

    By largest remainder, like every division here; the last release takes all that is left.
    """
    rest = held_ppm - sum(wanted.values())
    if rest < 0 or held_ppm > PPM:
        msg = f"{sum(wanted.values())} ppm cannot be let go of {held_ppm} ppm"
        raise ValueError(msg)
    parts = allocate(amount, {**wanted, "": rest}).amounts
    return {party: parts[party] for party in wanted}
