"""What a song earned, divided: two pools, then owners. Whole micro-units, one level for each pool.

67 % goes to the owners of the ten songs it was made from, by the weights that its receipt froze and
by each owner's share on the day of the use. 33 % goes to the base catalogue. The base pool is too
small to be divided use by use (0.033 of a cent over 100,000 recordings leaves most with nothing,
always the same ones), so it is added up for a period and a currency and divided once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.lib.money import whole
from rights.domain.allocation import PPM, Allocation, allocate, part
from rights.domain.shares import Resolution, ShareSumError

INPUTS_PPM, BASE_PPM = 670_000, 330_000
# The party of what nobody may be paid: it waits in the suspense of its recording.
NOBODY = ""


@dataclass(frozen=True)
class Pools:
    """An amount, split; ``inputs`` and ``base`` are the amount."""

    inputs: int
    base: int


@dataclass(frozen=True)
class InputShare:
    """What one party gets for one recording; ``party`` is ``NOBODY`` for what is held.

    ``weight_ppm`` and ``share_ppm`` are why: their product is the weight in the division.
    """

    recording: str
    party: str
    weight_ppm: int
    share_ppm: int
    amount: int


@dataclass(frozen=True)
class InputReason:
    """By what one party takes part in a pool for one recording (``NOBODY`` for what is held)."""

    recording: str
    party: str
    weight_ppm: int
    share_ppm: int

    @property
    def weight(self) -> int:
        """Return the weight in the division."""
        return self.weight_ppm * self.share_ppm


def pools_split(amount: int) -> Pools:
    """Split an amount into the pool of the ten songs and the pool of the base catalogue."""
    inputs = part(amount, INPUTS_PPM)
    return Pools(inputs, amount - inputs)


def inputs_allocate(
    pool: int, *, receipt: Mapping[str, int], owners: Mapping[str, Resolution]
) -> tuple[InputShare, ...]:
    """Divide the pool of the ten songs among their owners, in one step.

    ``receipt`` is the weight in ppm of each recording and makes a million; ``owners`` says for each
    recording who may be paid on the day of the use. A recording without an answer is held whole.
    The shares come by recording and party, and sum to the pool.

    Raises
    ------
    ShareSumError
        If the receipt's weights are no whole.
    ValueError
        If one of them is negative.
    """
    reasons = input_reasons(receipt, owners)
    weights = {(one.recording, one.party): one.weight for one in reasons}
    amounts = allocate(pool, weights).amounts
    return tuple(
        InputShare(
            one.recording,
            one.party,
            one.weight_ppm,
            one.share_ppm,
            amounts[one.recording, one.party],
        )
        for one in reasons
    )


def input_reasons(
    receipt: Mapping[str, int], owners: Mapping[str, Resolution]
) -> tuple[InputReason, ...]:
    """Return by what the pool of the ten songs is divided, by recording and party.

    Raises
    ------
    ShareSumError
        If the receipt's weights are no whole.
    """
    if sum(receipt.values()) != PPM:
        msg = f"the weights of a receipt sum to {PPM} ppm, not {sum(receipt.values())}"
        raise ShareSumError(msg)
    shares: dict[tuple[str, str], int] = {}
    for recording in receipt:
        resolution = owners.get(recording)
        held = PPM if resolution is None else resolution.held_ppm
        payable = {} if resolution is None else resolution.payable
        shares |= {(recording, party): ppm for party, ppm in payable.items()}
        if held:
            shares[recording, NOBODY] = held
    return tuple(
        InputReason(recording, party, receipt[recording], share_ppm)
        for (recording, party), share_ppm in sorted(shares.items())
    )


def base_accumulate(
    parts: Iterable[tuple[str, str, int]],
) -> Mapping[tuple[str, str], int]:
    """Add up base pools, given as (period, currency, micro-units), for each period and currency."""
    pools: dict[tuple[str, str], int] = defaultdict(int)
    for period, currency, amount in parts:
        pools[period, currency] += whole(amount)
    return dict(sorted(pools.items()))


def base_allocate(pool: int, weights: Mapping[str, int]) -> Allocation[str]:
    """Divide the base pool of one period and currency over the catalogue.

    ``weights`` come from the policy of that period (equal for each work, duration, exposure); with
    none, all of it is suspense.
    """
    return allocate(pool, weights)
