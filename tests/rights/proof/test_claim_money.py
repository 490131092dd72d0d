"""Claims and the money behind them: the same party twice, staff with an interest, odd countries."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Membership, Organisation
from rights.exceptions import ClaimRefusedError, StaffOnlyError
from rights.services.claims import Wanted, claim_activate, claim_reject, claim_supersede
from tests.rights.claims.conftest import held  # noqa: F401 - a fixture
from tests.rights.claims.held import books, claim, state_of_everything
from tests.rights.factories import make_party

pytestmark = pytest.mark.django_db


def payable_of(party):
    return books("payee_payable").get(f"payee_payable:{party.pk}:EUR", 0)


def accept(one, actor):
    return claim_activate(claim=one, actor=actor, reason="Seen")


def test_a_party_is_paid_for_its_second_claim_too(held, world, cast, olive):  # noqa: F811
    dora = make_party("Dora")
    waiting = books("suspense_track")[f"suspense_track:{world.unowned.isrc}:EUR"]
    accept(claim(world.unowned, dora, cast.rita, 300_000), olive)
    first = payable_of(dora)
    accept(claim(world.unowned, dora, cast.rita, 700_000), olive)
    assert 0 < first < payable_of(dora) == waiting


def of_staff(user, name):
    """Make an organisation that a member of staff works for, and its party."""
    organisation = Organisation.objects.create(name=name, kind=Organisation.Kind.RIGHTS_HOLDER)
    Membership.objects.create(user=user, organisation=organisation, role="owner")
    return make_party(name, organisation=organisation)


def test_staff_does_not_hand_a_share_to_their_own_label(held, world, cast, olive):  # noqa: F811
    dora, own = make_party("Dora"), of_staff(olive, "Olive's label")
    first = accept(claim(world.unowned, dora, cast.rita), olive)
    before = state_of_everything()
    with pytest.raises(StaffOnlyError):
        claim_supersede(
            claim=first, wanted=Wanted(1_000_000, "world", date(2026, 10, 1)), actor=olive,
            reason="Sold to us", party=own,
        )  # fmt: skip
    assert state_of_everything() == before


def test_staff_does_not_reject_whoever_stands_against_their_own_label(held, world, cast, olive):  # noqa: F811
    own = of_staff(olive, "Olive's label")
    theirs = claim(world.unowned, make_party("Dora"), cast.rita)
    claim(world.unowned, own, cast.alice)
    before = state_of_everything()
    with pytest.raises(StaffOnlyError):
        claim_reject(claim=theirs, actor=olive, reason="Ours")
    assert state_of_everything() == before
    claim_reject(claim=theirs, actor=cast.sam, reason="No paper")


@pytest.mark.parametrize("where", ["ZZ", "DE ZZ", "world -ZZ"])
def test_nowhere_in_particular_is_no_country_to_claim(held, world, cast, where):  # noqa: F811
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError):
        claim(world.unowned, make_party("Dora"), cast.rita, territories=where)
    assert state_of_everything() == before
