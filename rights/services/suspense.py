"""Letting held money go: to whom it belongs by the claims of today, each micro-unit once.

What a run could not give to anybody waits in ``suspense_track:<isrc>``. Whenever claims change, and
whenever a run is locked, each held share is asked again who could be paid for that use. The part
that is new goes out by one entry for each claim and currency; ``ClaimRelease`` keeps from which
shares it came, and the database refuses more than was held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from rights.domain.chart import account
from rights.domain.claim_course import release_divide, release_wanted
from rights.domain.postings import Movement, PayeeStanding, payee_movements
from rights.domain.shares import shares_resolve
from rights.models import ClaimRelease, Entry, Recording, RightsClaim, RoyaltyRun, RunShare
from rights.selectors.ownership import claims_of
from rights.selectors.run_inputs import NO_COUNTRY, Period, ground_of
from rights.services.ledger import entry_post
from rights.services.ledger_accounts import payees_lock

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from accounts.models import User
    from rights.domain.shares import ShareClaim

POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)
MASTER = RightsClaim.RightType.MASTER
_PAUSE = "SELECT pg_advisory_xact_lock(hashtext('rights.claims'))"
_DECIDE = "SELECT pg_advisory_xact_lock_shared(hashtext('rights.claims'))"


@dataclass(frozen=True)
class Release:
    """A part of one held share that goes to the party of a claim."""

    share: RunShare
    claim: RightsClaim
    share_ppm: int
    amount: int


def claims_pause() -> None:
    """Wait for whoever decides on a claim, and let nobody begin, until the end of the transaction.

    Between them, a run that is being locked and a claim that is being accepted would each not see
    the other, and what is held for the claim would stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAUSE)


def recordings_lock(recordings: Iterable[UUID]) -> list[Recording]:
    """Lock recordings, and with them what is claimed of each, until the end of the transaction.

    Always before payees: who releases waits here, not while it holds somebody's account.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE)
    rows = Recording.objects.filter(pk__in=set(recordings)).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def recordings_held_of(run: RoyaltyRun) -> set[UUID]:
    """Return the recordings of which the run holds something though somebody's claim is active."""
    rows = run.shares.filter(
        party=None,
        recording__claims__state=RightsClaim.State.ACTIVE,
        recording__claims__right_type=MASTER,
    )
    return set(rows.values_list("recording", flat=True))


@transaction.atomic
def suspense_release(*, recordings: Iterable[UUID], cause: str, actor: User | None) -> list[Entry]:
    """Pay out what is held of the recordings and by now belongs to somebody; return the entries.

    Done again, it finds nothing left to do. ``cause`` names the step that asks (a change of a
    claim, a run) and makes the key of the entry, ``claim:<id>:<currency>:<cause>``.

    Raises
    ------
    LedgerError
        As ``entry_post``; then nothing was released.
    """
    locked = recordings_lock(recordings)
    claims = claims_of([recording.pk for recording in locked])
    releases = [
        release
        for recording in locked
        for release in _releases(recording, claims.get(recording.pk, ()))
    ]
    return _post(releases, cause, actor)


def _releases(recording: Recording, claims: Iterable[ShareClaim]) -> list[Release]:
    known = tuple(claims)
    accepted = [claim for claim in known if claim.is_accepted]
    if not accepted:
        return []
    shares = list(
        RunShare.objects.filter(
            recording=recording, party=None, run__state__in=POSTED, share_ppm__gt=0
        )
        .select_related("run", "group__file")
        .order_by("pk")
    )
    given, gone = _given(recording), _gone(shares)
    rows = RightsClaim.objects.select_related("recording").in_bulk(
        [claim.key for claim in accepted]
    )
    by_id = {str(pk): row for pk, row in rows.items()}
    found = []
    for share in shares:
        before = gone.get(share.pk, [])
        held_ppm = share.share_ppm - sum(ppm for _, ppm, _ in before)
        if not held_ppm:
            continue
        day, country = _ground(share)
        paid: dict[str, int] = defaultdict(int)
        for party, ppm, _ in before:
            paid[party] += ppm
        payable = shares_resolve(known, on=day, territory=country).payable
        for party in payable:
            paid[party] += given.get((share.run_id, share.pool, share.group_id, party), 0)
        wanted = release_wanted(payable=payable, given=paid, held_ppm=held_ppm)
        left = share.amount - sum(amount for _, _, amount in before)
        parts = release_divide(left, held_ppm=held_ppm, wanted=wanted)
        found += [
            Release(share, by_id[_claim_of(accepted, party, day, country)], ppm, parts[party])
            for party, ppm in wanted.items()
        ]
    return found


def _ground(share: RunShare) -> tuple[date, str]:
    """Return the day and the country that decided to whom the share went."""
    if share.group is not None:
        ground = ground_of(share.group)
        return ground.day, ground.territory
    return (Period.parse(share.run.period).end - timedelta(days=1)).date(), NO_COUNTRY


def _claim_of(accepted: Iterable[ShareClaim], party: str, day: date, country: str) -> str:
    return next(c.key for c in accepted if c.party == party and c.is_active(day, country))


def _given(recording: Recording) -> Mapping[tuple[object, ...], int]:
    """Return the ppm that runs gave to each party, by run, pool and group.

    A base pool may be divided by several catalogues, to each party by the same ppm.
    """
    rows = (
        RunShare.objects.filter(recording=recording, run__state__in=POSTED)
        .exclude(party=None)
        .values_list("run", "pool", "group", "party")
        .annotate(Sum("share_ppm"), Max("share_ppm"))
        .order_by()
    )
    return {
        (run, pool, group, str(party)): total if pool == RunShare.Pool.INPUTS else highest
        for run, pool, group, party, total, highest in rows
    }


def _gone(shares: Iterable[RunShare]) -> Mapping[int, list[tuple[str, int, int]]]:
    """Return what was released of each share before, as party, ppm and micro-units."""
    rows = ClaimRelease.objects.filter(share__in=[share.pk for share in shares])
    found: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for share, party, ppm, amount in rows.values_list(
        "share", "claim__party", "share_ppm", "amount"
    ):
        found[share].append((str(party), ppm, int(amount)))
    return found


def _post(releases: Iterable[Release], cause: str, actor: User | None) -> list[Entry]:
    bundles: dict[str, dict[UUID, list[Release]]] = defaultdict(lambda: defaultdict(list))
    for release in releases:
        bundles[release.share.currency][release.claim.pk].append(release)
    now, entries = timezone.now(), []
    locked = {  # all of them before the first entry
        currency: dict(
            payees_lock(
                {str(several[0].claim.party_id) for several in by_claim.values()},
                currency=currency,
            )
        )
        for currency, by_claim in sorted(bundles.items())
    }
    for currency, by_claim in sorted(bundles.items()):
        standings = locked[currency]
        for claim_id, several in sorted(by_claim.items(), key=lambda item: str(item[0])):
            claim = several[0].claim
            party = str(claim.party_id)
            total = sum(release.amount for release in several)
            entry = None
            if total:
                legs = payee_movements(party, currency, total, standings[party])
                standings[party] = _after(standings[party], legs)
                held = account("suspense_track", currency, claim.recording.isrc)
                entry = entry_post(
                    idem=f"claim:{claim_id}:{currency}:{cause}",
                    kind="claim_activated",
                    effective_at=now,
                    movements=[*legs, Movement(held, -total)],
                    memo=f"Held money of {claim.recording.isrc}",
                    facts={"claim": str(claim_id), "cause": cause, "shares": len(several)},
                    posted_by=actor,
                )
                entries.append(entry)
            ClaimRelease.objects.bulk_create(
                [
                    ClaimRelease(
                        claim=claim, share=release.share, entry=entry,
                        share_ppm=release.share_ppm, amount=release.amount,
                    )
                    for release in several
                ],
                batch_size=2_000,
            )  # fmt: skip
    return entries


def _after(standing: PayeeStanding, legs: Iterable[Movement]) -> PayeeStanding:
    payable, owed = standing.payable, standing.owed
    for leg in legs:
        if leg.account.role == "payee_payable":
            payable += leg.amount
        else:
            owed -= leg.amount
    return PayeeStanding(payable=payable, owed=owed)
