"""Staff read the ledger and change nothing in it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from rights.models import Entry, LedgerAccount, Leg, PeriodLock
from rights.services.periods import period_lock
from tests.rights.ledger.books import NOVEMBER, OCTOBER, book_of, earn, payable, unchanged
from tests.staff.conftest import second_factor, staff  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
TRIAL = "admin:rights_ledgeraccount_trial_balance"
BOOK = "admin:rights_ledgeraccount_book"
MODELS = [LedgerAccount, Entry, Leg, PeriodLock]


@pytest.fixture
def rows(autumn):
    """One row of each kind."""
    period_lock(ends_at=OCTOBER, locked_by=None, reason="September")
    return {model: model.objects.first() for model in MODELS}


def page(model, act, row=None):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}"
    return reverse(name, args=[] if row is None else [row.pk])


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_listed_searched_and_shown(staff, rows, model):  # noqa: F811
    assert staff.get(page(model, "changelist")).status_code == 200
    if model is not PeriodLock:
        assert staff.get(page(model, "changelist") + "?q=rita").status_code == 200
    assert staff.get(page(model, "change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted_by_hand(staff, rows, model):  # noqa: F811
    row = rows[model]
    with unchanged():
        assert staff.post(page(model, "add"), {}).status_code == 403
        assert staff.post(page(model, "change", row), {"memo": "x"}).status_code == 403
        assert staff.post(page(model, "delete", row), {"post": "yes"}).status_code == 403
        bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        staff.post(page(model, "changelist"), bulk)


def test_trial_balance_shows_each_side_and_equal_sums(staff, rows):  # noqa: F811
    earn("bert", 9, effective_at=OCTOBER)
    answer = staff.get(reverse(TRIAL))
    euros, dollars = answer.context["sections"]
    assert [(row.code, row.balance.micros) for row in euros.rows] == [
        ("distributor_receivable", -100),
        ("in_transit", 40),
        ("payee_payable", 69),
        ("pool_inputs_clearing", -9),
    ]
    assert euros.is_balanced
    assert dollars.is_balanced
    body = answer.content.decode()
    assert body.count("0.000109") == 2  # both sums
    assert "Everything before 2026-10-01 is locked." in body
    assert 'href="?role=payee_payable&amp;at="' in body


def test_role_opens_into_its_accounts_and_each_into_its_book(staff, rows):  # noqa: F811
    answer = staff.get(reverse(TRIAL), {"role": "payee_payable"})
    codes = [row.code for section in answer.context["sections"] for row in section.rows]
    assert codes == ["payee_payable:rita:EUR", "payee_payable:bob:USD"]
    body = answer.content.decode()
    assert f'href="{reverse(BOOK, args=[book_of(payable("rita")).pk])}"' in body
    assert "the two sides differ" not in body


def test_many_accounts_of_a_role_are_cut_and_summed_whole(staff, rows, monkeypatch):  # noqa: F811
    monkeypatch.setattr("rights.admin.ledger.ROWS_MAX", 1)
    earn("bert", 9, effective_at=OCTOBER)
    body = staff.get(reverse(TRIAL), {"role": "payee_payable"}).content.decode()
    assert "payee_payable:bert:EUR" in body
    assert "payee_payable:rita:EUR" not in body
    assert "The first 1 of 2 accounts are shown" in body
    assert "0.000069" in body


def test_trial_balance_of_a_day_knows_nothing_of_later(staff, rows):  # noqa: F811
    answer = staff.get(reverse(TRIAL), {"at": "2026-11-01"})
    roles = {row.role for section in answer.context["sections"] for row in section.rows}
    assert "in_transit" not in roles
    assert answer.context["at"] == NOVEMBER


@pytest.mark.parametrize("day", ["2026-13-01", "soon", ""])
def test_day_that_is_none_shows_the_present(staff, rows, day):  # noqa: F811
    assert staff.get(reverse(TRIAL), {"at": day}).context["at"] is None


def test_empty_ledger_says_so(staff):  # noqa: F811
    body = staff.get(reverse(TRIAL)).content.decode()
    assert "All accounts are empty." in body
    assert "No period is locked yet." in body


def test_book_runs_and_turns_its_pages(staff, rows):  # noqa: F811
    for number in range(100):
        earn("rita", 1_000_000, idem=f"one:{number}")
    address = reverse(BOOK, args=[book_of(payable("rita")).pk])
    first = staff.get(address)
    assert len(first.context["book"].rows) == 100
    assert "Page 1 of 2" in first.content.decode()
    second = staff.get(address, {"page": "2"})
    assert [row.amount.micros for row in second.context["book"].rows] == [100, -40]
    assert second.context["book"].rows[-1].balance == second.context["book"].closing
    assert "100.00006" in second.content.decode()
    span = staff.get(address, {"since": "2026-11-01"})
    assert span.context["book"].opening.micros == 100_000_100


@pytest.mark.parametrize("number", ["x", "0", "-1", "99"])
def test_page_of_a_book_that_is_none_is_no_fault(staff, rows, number):  # noqa: F811
    address = reverse(BOOK, args=[book_of(payable("rita")).pk])
    assert staff.get(address, {"page": number}).status_code == 200


def test_book_of_no_account_is_not_found(staff, rows):  # noqa: F811
    assert staff.get(reverse(BOOK, args=[10**9])).status_code == 404


def test_legs_of_an_entry_are_its_own_and_stand_on_their_side(staff, rows):  # noqa: F811
    entry = Entry.objects.get(idem="usd")
    answer = staff.get(page(Leg, "changelist"), {"entry__id__exact": entry.pk})
    body = answer.content.decode()
    assert answer.context["cl"].result_count == 2
    assert body.count("USD\u00a00.000007") == 2


def test_staff_without_rights_see_no_figures(staff, rows, cast):  # noqa: F811
    User.objects.filter(pk=cast.sam.pk).update(is_superuser=False)
    for address in (reverse(TRIAL), reverse(BOOK, args=[rows[LedgerAccount].pk])):
        assert staff.get(address).status_code == 403


def test_creator_and_rights_holder_are_kept_out(client, rows, cast):
    for person in (cast.alice, cast.rita):
        client.force_login(person)
        for address in (reverse(TRIAL), reverse(BOOK, args=[rows[LedgerAccount].pk])):
            assert client.get(address).status_code in {302, 403}
