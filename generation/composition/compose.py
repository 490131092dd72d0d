"""From ten source models and a base pack to a score whose shares are what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.policy import POLICY_V1, Policy
from generation.attribution.shares import (
    BASE,
)
from generation.composition.band import Band
from generation.composition.base import BasePack
from generation.composition.casting import Offers, cast_slots, gather_offers
from generation.composition.choir import Choir
from generation.composition.composition import Composition
from generation.composition.errors import OptionsInvalidError
from generation.composition.lead import write_double, write_events
from generation.composition.ledger import weigh_slots, weigh_sources
from generation.composition.melody import gather_singer, write_lead
from generation.composition.plan import Options, make_plan
from generation.composition.slots import SlotTable, slot_table
from generation.composition.units import SourceModel

ROUNDS = 2
"""Melodies tried with each casting."""
HOPELESS = 0.02
"""An error that another melody will not repair: the slots' masses were too far from the estimate."""
AIM_CORRECTION = 0.6
"""Of what a source still misses after a measured casting: the part that moves the next one."""
GOOD_ENOUGH = (0.006, 0.008, 0.01, 0.01)
"""Largest error with which each casting is taken; one more follows the last."""


def compose(
    sources: Sequence[SourceModel],
    base: BasePack,
    weights: Mapping[str, float],
    options: Options,
    policy: Policy = POLICY_V1,
) -> Composition:
    """Compose one song: a pure function of its arguments, byte for byte.

    Parameters
    ----------
    sources
        The songs; their order changes nothing.
    weights
        The part of the song each source should get, by key, and the base's under ``base``; they are
        normalised. A source of weight 0 is not used at all.

    Raises
    ------
    OptionsInvalidError
        If a weight is missing or negative, or an option is out of range.
    QuotaInfeasibleError
        If the sources cannot be brought to their weights; the reasons name them.
    """
    asked = asked_weights(sources, weights)
    used = sorted((s for s in sources if asked[s.key] > 0), key=lambda s: s.key)
    plan = make_plan(used, asked, base, options)
    singer, singing = gather_singer(plan, used, base, policy)

    table = slot_table(plan, policy)
    offers = gather_offers(plan, table.slots, used, base, asked)

    def cast_and_sing(table: SlotTable, offers: Offers, aims: Mapping[str, float]) -> Composition:
        cast = cast_slots(table, offers, used, aims)
        band = Band(plan, cast, base, policy)
        choir = Choir(plan, cast, band.harmony, policy, singer, singing)
        return _sing_to_weight(band, choir, asked, base)

    aims = dict(asked)
    best = made = cast_and_sing(table, offers, aims)
    for number, good_enough in enumerate(GOOD_ENOUGH):
        if best.largest_error <= good_enough:
            break
        # The table is an estimate until a score exists; then its masses are measured, and what was
        # measured should stay where it is as far as the shares allow.
        table = table.measured(weigh_slots(made.score, policy))
        if number:
            # Right masses and still wrong shares: the melody could not make up the difference.
            aims = {
                key: max(0.0, aim + AIM_CORRECTION * (asked[key] - made.shares.get(key, 0.0)))
                for key, aim in aims.items()
            }
        try:
            made = cast_and_sing(table, offers.staying(made.cast), aims)
        except QuotaInfeasibleError:
            # Measured masses can be harder to divide than estimated ones; what exists stays.
            break
        best = min(best, made, key=lambda one: one.largest_error)
    return best


def asked_weights(sources: Sequence[SourceModel], weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of the base and of ``sources``, normalised.

    Raises
    ------
    OptionsInvalidError
        If one is missing, negative or no number, or all are 0.
    """
    keys = [BASE, *sorted(source.key for source in sources)]
    missing = [key for key in keys if not 0 <= weights.get(key, -1.0) < float("inf")]
    total = sum(weights[key] for key in keys if key not in missing)
    if missing or not total > 0 or len(set(keys)) < len(keys):
        raise OptionsInvalidError(f"weights of {', '.join(missing) or 'the sources'}")
    return {key: weights[key] / total for key in keys}


def _sing_to_weight(
    band: Band, choir: Choir, asked: Mapping[str, float], base: BasePack
) -> Composition:
    """Sing, weigh the whole, move the melody's targets by what is missing, and sing again."""
    targets = {key: asked[key] - band.cast.planned.get(key, 0.0) for key in asked}
    best = _perform(band, choir, targets, asked, base, 0)
    made = best
    for attempt in range(1, ROUNDS):
        if best.largest_error <= GOOD_ENOUGH[0] or best.largest_error > HOPELESS:
            break
        missing = {key: asked[key] - made.shares.get(key, 0.0) for key in asked}
        targets = {key: max(0.0, targets[key]) + missing[key] for key in asked}
        made = _perform(band, choir, targets, asked, base, attempt)
        best = min(best, made, key=lambda one: one.largest_error)
    return best


def _perform(
    band: Band,
    choir: Choir,
    targets: Mapping[str, float],
    asked: Mapping[str, float],
    base: BasePack,
    attempt: int,
) -> Composition:
    lead = write_lead(choir, targets, attempt)
    events = [*write_events(choir, lead, band.energies), *band.events]
    events += write_double(choir, lead, band.energies)
    score = band.score(events)
    bars, shares = weigh_sources(score, choir.policy)
    return Composition(
        score=score,
        bars=bars,
        shares=shares,
        weights=asked,
        policy=choir.policy.version,
        base_revision=base.revision,
        base_sha256=base.sha256,
        cast=band.cast,
    )
