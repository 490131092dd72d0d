"""Contracts and their dated terms: one for each payee, no gap, no closed month touched."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEntry, User
from rights.domain.terms import Terms, terms_on
from rights.exceptions import ContractRefusedError
from rights.models import Contract, ContractTerms, RoyaltyRun
from rights.services.contracts import contract_make, contract_terms_add
from tests.rights.factories import make_party

pytestmark = pytest.mark.django_db
FIRST = Terms(date(2026, 1, 1), fee_ppm=150_000, payout_min=10_000_000)


@pytest.fixture
def contract(cast):
    return contract_make(
        party=make_party("Ours", organisation=cast.label),
        name=" Ours 2026 ",
        currency="EUR",
        every="Q",
        terms=FIRST,
        actor=cast.sam,
    )


def rows():
    return list(Contract.objects.values()), list(ContractTerms.objects.values())


def close(period, state="locked"):
    return RoyaltyRun.objects.create(
        period=period, state=state, result_sha256="0" * 64, approved_at="2026-02-03T00:00Z",
        approved_by=User.objects.create_user(email=f"approves-{period}@tenfold.example"),
    )  # fmt: skip


def test_a_contract_is_made_with_its_first_terms(contract, cast):
    assert (contract.name, contract.currency, contract.every) == ("Ours 2026", "EUR", "Q")
    assert [row.as_terms() for row in contract.terms.all()] == [FIRST]
    acts = AuditEntry.objects.filter(target_id=str(contract.pk)).order_by("pk")
    assert [(act.action, act.actor, act.organisation) for act in acts] == [
        ("rights.contract.made", cast.sam, cast.label),
        ("rights.contract.terms_added", cast.sam, cast.label),
    ]


def test_new_terms_end_the_last_ones_and_every_day_has_one(contract, cast):
    second = Terms(date(2026, 7, 1), fee_ppm=100_000, reserve_ppm=200_000, reserve_periods=2)
    contract_terms_add(contract=contract, terms=second, actor=cast.sam)
    terms = [row.as_terms() for row in contract.terms.all()]
    assert [(one.active_from, one.active_to) for one in terms] == [
        (date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 7, 1), None),
    ]
    assert terms_on(terms, date(2026, 6, 30)).fee_ppm == 150_000
    assert terms_on(terms, date(2026, 7, 1)).fee_ppm == 100_000


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2025, 12, 31)])
def test_terms_never_begin_before_the_last_ones(contract, cast, day):
    before = rows()
    with pytest.raises(ContractRefusedError, match="after the last ones"):
        contract_terms_add(contract=contract, terms=Terms(day), actor=cast.sam)
    assert rows() == before


@pytest.mark.parametrize("state", ["approved", "locked", "published"])
def test_terms_never_change_a_month_that_is_closed(contract, cast, state):
    close("2026-08", state)
    before = rows()
    for day in (date(2026, 8, 31), date(2026, 3, 1)):
        with pytest.raises(ContractRefusedError, match="2026-08 is divided and closed"):
            contract_terms_add(contract=contract, terms=Terms(day), actor=cast.sam)
    assert rows() == before
    contract_terms_add(contract=contract, terms=Terms(date(2026, 9, 1)), actor=cast.sam)
    assert contract.terms.count() == 2


def test_a_month_that_is_only_calculated_stands_in_nobodys_way(contract, cast):
    RoyaltyRun.objects.create(period="2026-08", state="calculated", result_sha256="0" * 64)
    contract_terms_add(contract=contract, terms=Terms(date(2026, 8, 1)), actor=cast.sam)
    assert contract.terms.count() == 2


def test_a_payee_has_one_contract(contract, cast):
    before = rows()
    with pytest.raises(ContractRefusedError, match="has a contract already"):
        contract_make(
            party=contract.party, name="Second", currency="EUR", every="M", terms=FIRST,
            actor=cast.sam,
        )  # fmt: skip
    assert rows() == before


@pytest.mark.parametrize(
    ("name", "currency", "every", "words"),
    [
        ("", "EUR", "M", "has a name"),
        ("Name", "EUR", "W", "how often"),
        ("Name", "EURO", "M", "no currency EURO"),
        ("Name", "XXA", "M", "no currency XXA"),
    ],
)
def test_what_is_no_contract_is_refused(cast, name, currency, every, words):
    with pytest.raises(ContractRefusedError, match=words):
        contract_make(
            party=make_party(), name=name, currency=currency, every=every, terms=FIRST,
            actor=cast.sam,
        )  # fmt: skip
    assert rows() == ([], [])


def test_a_first_month_that_is_closed_leaves_no_contract_behind(cast):
    close("2026-01")
    with pytest.raises(ContractRefusedError, match="closed"):
        contract_make(
            party=make_party(), name="Late", currency="EUR", every="M", terms=FIRST, actor=cast.sam
        )
    assert rows() == ([], [])
