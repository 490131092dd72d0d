"""Staff read amounts as payees read them: with their currency, never as bare micro-units."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from rights.models import ContractTerms, IncomeGroup, RunShare, Statement
from tests.rights.income.conftest import _browser_of
from tests.rights.labels.conftest import MARK, Label
from tests.rights.statements.months import AUGUST, SEPTEMBER

pytestmark = pytest.mark.django_db
BARE = re.compile(r">\s*-?\d{7,}\s*<")
"""A number of seven digits or more that stands alone: micro-units that nobody divided."""


@pytest.fixture
def told(cast, olive):
    made = Label(cast, olive)
    made.earn(AUGUST, 60 * MARK + 1, 20 * MARK)
    made.earn(SEPTEMBER, -90 * MARK, 30 * MARK + 3)
    return made


@pytest.fixture
def olive(db):
    from accounts.models import User

    return User.objects.create_user(email="olive@tenfold.example", is_staff=True)


@pytest.fixture
def staff(cast):
    return _browser_of(cast.sam)


def page_of(staff, row):
    name = f"admin:rights_{row._meta.model_name}_change"
    answer = staff.get(reverse(name, args=[row.pk]))
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def list_of(staff, model):
    answer = staff.get(reverse(f"admin:rights_{model._meta.model_name}_changelist"))
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def test_a_statement_says_every_step_with_its_currency(told, staff):
    page = page_of(staff, told.statements[0])
    for amount in ("EUR 80.000001", "EUR \u22128.00", "EUR 72.000001", "EUR 72.00"):
        assert amount in page, amount
    assert not BARE.search(page)
    assert "Less than the smallest coin stays on the account." in page
    assert not re.search(r">\s*less_than_a_coin\s*<", page)


def test_a_negative_month_is_read_as_one(told, staff):
    page = page_of(staff, told.statements[1])
    assert "EUR \u221259.999997" in page
    assert "EUR 18.000004" in page
    assert not BARE.search(page)


@pytest.mark.parametrize("model", [Statement, RunShare, IncomeGroup])
def test_lists_and_rows_have_amounts_with_currencies(told, staff, model):
    assert "EUR " in list_of(staff, model)
    for row in model.objects.all()[:3]:
        page = page_of(staff, row)
        assert "EUR " in page
        assert not BARE.search(page)
    assert not BARE.search(list_of(staff, model))


def test_lines_say_what_was_earned_and_what_it_became(told, staff):
    address = reverse("admin:rights_statementline_changelist")
    page = staff.get(f"{address}?statement__id__exact={told.statements[0].pk}").text
    page = page.replace("\xa0", " ")
    assert page.count("EUR 60.000001") == 2
    assert re.search(r">\s*10\s*<", page)
    assert "10.0000000000" not in page
    assert not BARE.search(page)


def test_terms_of_a_contract_are_rates_and_amounts(told, staff):
    terms = ContractTerms.objects.get()
    assert (terms.fee_ppm, terms.payout_min) == (100_000, 50 * MARK)
    page = page_of(staff, told.contract)
    assert "10 %" in page
    assert "EUR 50.00" in page
    assert not BARE.search(page)
