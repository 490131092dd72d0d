"""Any order of claims, decisions and months: never more than the whole is owned, nothing is paid twice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from config.lib.errors import DomainError
from rights.domain.territories import Territories
from rights.models import ClaimRelease, RightsClaim, RunShare
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import (
    Wanted,
    claim_activate,
    claim_reject,
    claim_supersede,
    claim_withdraw,
)
from tests.cast import make_cast
from tests.rights.claims.held import books, claim, month_of
from tests.rights.income.reports import Sale
from tests.rights.runs.months import World

# The uses of every month of the tests are of October 2026, in Germany.
DAYS = [None, date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 20), date(2027, 1, 1)]
LOOKED_AT = [date(2026, 8, 1), *[day for day in DAYS if day], date(2030, 1, 1)]
PLACES = ["world", "DE", "DE FR", "world -DE", "FR"]
MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08"]
SHARES = st.sampled_from([1, 333_333, 400_000, 600_000, 1_000_000])


class Claimants(RuleBasedStateMachine):
    """Three parties want shares of two recordings; Sam makes the claims and Olive decides."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        cast = make_cast()
        self.sam = cast.sam
        self.olive = User.objects.create_user(email="olive@tenfold.example", is_staff=True)
        self.world = World()
        self.parties = [self.world.rita, self.world.bert, self.world.cleo]
        self.months = list(MONTHS)
        self.run_a_month()
        base = RunShare.objects.filter(pool="base").order_by("pk")[0]
        self.recordings = [self.world.unowned, base.recording]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # ------------------------------------------------------------ what may happen

    @precondition(lambda self: self.months)
    @rule()
    def run_a_month(self) -> None:
        """A month is divided, approved and locked."""
        month = self.months.pop(0)
        sales = [Sale(net=f"{month[-1]}.00000{month[-1]}")]
        month_of(month, sales, self.sam, self.olive, message=f"M-{month}")

    @rule(
        who=st.integers(0, 2), what=st.integers(0, 1), share=SHARES, where=st.sampled_from(PLACES),
        start=st.sampled_from(DAYS), days=st.sampled_from([0, 10, 60]),
    )  # fmt: skip
    def submit(self, who: int, what: int, share: int, where: str, start: date | None, days: int) -> None:  # fmt: skip
        end = start + timedelta(days) if start and days else None
        claim(
            self.recordings[what], self.parties[who], self.sam, share,
            territories=where, active_from=start, active_to=end,
        )  # fmt: skip

    @rule(which=st.integers(0, 9))
    def activate(self, which: int) -> None:
        self._try(which, claim_activate)

    @rule(which=st.integers(0, 9))
    def activate_again(self, which: int) -> None:
        self._try(which, claim_activate)

    @rule(which=st.integers(0, 9))
    def reject(self, which: int) -> None:
        self._try(which, claim_reject)

    @rule(which=st.integers(0, 9))
    def withdraw(self, which: int) -> None:
        self._try(which, claim_withdraw)

    @rule(which=st.integers(0, 9), share=SHARES, day=st.sampled_from(DAYS), who=st.integers(0, 2))
    def supersede(self, which: int, share: int, day: date | None, who: int) -> None:
        wanted = Wanted(share, "world", day)
        self._try(which, claim_supersede, wanted=wanted, party=self.parties[who])

    def _try(self, which, step, **more) -> None:
        """Take the step; what is refused changes nothing."""
        there = list(RightsClaim.objects.filter(recording__in=self.recordings).order_by("pk"))
        if not there:
            return
        one, before = there[which % len(there)], books()
        try:
            with transaction.atomic():
                step(claim=one, actor=self.olive, reason="Decided", **more)
        except DomainError:
            assert books() == before
            assert RightsClaim.objects.get(pk=one.pk).state == one.state

    # ------------------------------------------------------------ what always holds

    @invariant()
    def no_more_than_the_whole_is_owned(self) -> None:
        rows = RightsClaim.objects.filter(state="active")
        for day in LOOKED_AT:
            for country in ("DE", "FR", "US"):
                owned: dict[object, int] = defaultdict(int)
                for row in rows:
                    begun = row.active_from is None or row.active_from <= day
                    over = row.active_to is not None and row.active_to <= day
                    if begun and not over and country in Territories.parse(row.territories):
                        owned[row.recording_id, row.right_type] += row.share_ppm
                assert all(total <= 1_000_000 for total in owned.values())

    @invariant()
    def suspense_is_what_was_held_less_what_was_released(self) -> None:
        held = books("suspense_track", "suspense_base")
        assert all(micros > 0 for micros in held.values())
        there = RunShare.objects.filter(party=None).aggregate(Sum("amount"))["amount__sum"]
        gone = ClaimRelease.objects.aggregate(Sum("amount"))["amount__sum"] or 0
        assert sum(held.values()) == there - gone

    @invariant()
    def everybody_has_what_runs_gave_and_releases_added(self) -> None:
        paid = books("payee_payable")
        for party in self.parties:
            given = RunShare.objects.filter(party=party).aggregate(Sum("amount"))["amount__sum"]
            freed = ClaimRelease.objects.filter(claim__party=party).aggregate(Sum("amount"))
            expected = (given or 0) + (freed["amount__sum"] or 0)
            assert paid.get(f"payee_payable:{party.pk}:EUR", 0) == expected

    @invariant()
    def nothing_is_released_twice(self) -> None:
        rows = RunShare.objects.filter(releases__isnull=False).annotate(
            ppm=Sum("releases__share_ppm"), micros=Sum("releases__amount")
        )
        for row in rows:
            assert row.party_id is None
            assert row.ppm <= row.share_ppm
            assert 0 <= row.micros <= row.amount

    @invariant()
    def the_ledger_is_proved(self) -> None:
        assert [found.invariant for found in ledger_findings() if found.rows] == []


@pytest.mark.django_db
def test_any_order_of_claims_and_decisions_keeps_the_promises():
    run_state_machine_as_test(
        Claimants,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
