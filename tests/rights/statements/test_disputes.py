"""Disputes: opened by the payee, decided by staff of no side, money only through the books."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from rights.exceptions import DisputeRefusedError
from rights.models import DisputeChange, Entry, StatementDispute
from rights.services.advances import advance_pay
from rights.services.disputes import dispute_decide, dispute_investigate, dispute_open
from rights.services.statement_publishing import statement_publish
from tests.rights.claims.held import books
from tests.rights.claims.test_admin import seat
from tests.rights.statements.months import AUGUST, Earning, contract_of, issue, locked
from tests.rights.test_rights_admin import submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(alma, bert, cast, olive):
    for payee in (alma, bert):
        contract_of(payee, actor=cast.sam)
    run = locked(AUGUST, [Earning(alma, 6_000_000), Earning(bert, 1_000_000)], cast.sam, olive)
    first, _other = issue(run)
    return statement_publish(statement=first, actor=cast.sam)


@pytest.fixture
def dispute(statement, cast):
    return dispute_open(line=statement.lines.get(), actor=cast.rita, reason=" We own it all ")


def everything():
    return (
        list(StatementDispute.objects.values()),
        DisputeChange.objects.count(),
        Entry.objects.count(),
        books(),
    )


def refuses(match, act, **more):
    """Whatever is refused changes nothing."""
    before = everything()
    with pytest.raises(DisputeRefusedError, match=match):
        act(**more)
    assert everything() == before


def test_a_dispute_says_why_and_is_one_at_a_time(dispute, statement, cast):
    line = statement.lines.get()
    assert (dispute.state, dispute.reason) == ("open", "We own it all")
    refuses("disputed already", dispute_open, line=line, actor=cast.rita, reason="Again")
    refuses("Say what is wrong", dispute_open, line=line, actor=cast.rita, reason="  ")


def test_only_a_statement_that_is_published_can_be_disputed(statement, bert, cast):
    line = bert.statements.get().lines.get()
    refuses("published and stands", dispute_open, line=line, actor=cast.rita, reason="x")


def test_a_dispute_takes_its_course_and_every_step_is_kept(dispute, cast, olive):
    dispute_investigate(dispute=dispute, actor=olive, words="Asked the distributor")
    done = dispute_decide(dispute=dispute, actor=olive, is_upheld=False, because="They own 40 %")
    assert (done.state, done.because, done.amount, done.entry) == (
        "rejected",
        "They own 40 %",
        None,
        None,
    )
    course = [(one.to_state, one.words) for one in dispute.changes.all()]
    assert course == [
        ("open", "We own it all"),
        ("investigating", "Asked the distributor"),
        ("rejected", "They own 40 %"),
    ]
    acts = AuditEntry.objects.filter(action__startswith="rights.dispute.").order_by("pk")
    assert [act.action.rpartition(".")[2] for act in acts] == ["opened", "investigated", "rejected"]
    refuses("is rejected", dispute_investigate, dispute=dispute, actor=olive)
    refuses(
        "is rejected", dispute_decide, dispute=dispute, actor=olive, is_upheld=False, because="x"
    )


def test_an_upheld_dispute_moves_money_at_our_cost_or_another_payees(
    dispute, alma, bert, cast, olive
):
    before = books()
    done = dispute_decide(
        dispute=dispute,
        actor=olive,
        is_upheld=True,
        amount=250_000,
        because="Right",
        at_cost_of=bert,
    )
    assert (done.state, done.amount, done.entry.kind) == ("upheld", 250_000, "adjustment")
    after = books()
    assert after[f"payee_payable:{alma.pk}:EUR"] - before[f"payee_payable:{alma.pk}:EUR"] == 250_000
    assert (
        after[f"payee_payable:{bert.pk}:EUR"] - before[f"payee_payable:{bert.pk}:EUR"] == -250_000
    )
    again = dispute_open(line=dispute.line, actor=cast.rita, reason="And more")
    dispute_decide(dispute=again, actor=olive, is_upheld=True, amount=1, because="Our slip")
    assert books()["platform_fee:EUR"] == -1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"amount": None}, "by how much"),
        ({"amount": 0}, "by how much"),
        ({"amount": -5}, "by how much"),
        ({"because": " "}, "Say why"),
        ({"payer": "alma"}, "cannot be the one"),
        ({"actor": "rita"}, "no side"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(dispute, alma, cast, olive, changes, match):
    wanted = {"dispute": dispute, "actor": olive, "is_upheld": True, "amount": 1, "because": "x"}
    if "payer" in changes:
        changes = {"at_cost_of": alma}
    if changes.get("actor") == "rita":
        changes = {"actor": cast.rita}
    refuses(match, dispute_decide, **{**wanted, **changes})


def test_staff_of_the_payees_side_do_not_decide(dispute, cast, olive):
    Membership.objects.create(user=olive, organisation=cast.label, role="accountant")
    refuses(
        "no side",
        dispute_decide,
        dispute=dispute,
        actor=olive,
        is_upheld=True,
        amount=1,
        because="x",
    )


def test_an_advance_is_posted_once_for_each_reference(alma, cast):
    contract = contract_of(alma, actor=cast.sam)
    paid = {"contract": contract, "amount": 5_000_000, "reference": "2026/1", "actor": cast.sam}
    assert advance_pay(**paid) == advance_pay(**paid)
    assert books() == {
        f"recoupable:{contract.pk}:EUR": -5_000_000, "cash_clearing:EUR": 5_000_000,
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="rights.advance.paid").count() == 1


def test_the_pages_of_staff_show_and_decide(dispute, statement, client, cast):
    staff = seat(client, cast.sam)
    for name in ("statement", "statementbatch", "statementline", "statementdispute"):
        assert staff.get(reverse(f"admin:rights_{name}_changelist")).status_code == 200
    for row in (statement, dispute, statement.run.statement_batch):
        page = staff.get(reverse(f"admin:rights_{row._meta.model_name}_change", args=[row.pk]))
        assert page.status_code == 200
    address = reverse("admin:rights_statementdispute_change", args=[dispute.pk])
    said = {"act": "uphold", "by_amount": "1.5x", "why": "Right"}
    before = everything()
    refused = submit(staff, address, said, follow=True)
    assert b"Nothing was changed" in refused.content
    assert everything() == before
    submit(staff, address, said | {"by_amount": "1.5"}, follow=True)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.amount) == ("upheld", 1_500_000)


def test_staff_write_an_advance_down_on_the_page_of_the_contract(statement, client, cast):
    contract = statement.contract
    address = reverse("admin:rights_contract_change", args=[contract.pk])
    staff = seat(client, cast.sam)
    submit(staff, address, {"advance": "50.00", "reference": "2026/9"}, follow=True)
    assert books()[f"recoupable:{contract.pk}:EUR"] == -50_000_000
    before = everything()
    refused = submit(staff, address, {"advance": "fifty", "reference": "2026/10"}, follow=True)
    assert b"is not a decimal number" in refused.content
    submit(staff, address, {"advance": "1", "reference": ""}, follow=True)
    assert everything() == before
    assert contract.terms.count() == 1


def test_members_download_their_statement_and_nobody_else_does(statement, client, cast):
    pages = {
        kind: reverse(f"rights:statement-{kind}", args=[statement.pk]) for kind in ("csv", "json")
    }
    for person, status in ((cast.rita, 200), (cast.alice, 404), (cast.charlie, 404)):
        client.force_login(person)
        for kind, address in pages.items():
            answer = client.get(address)
            assert answer.status_code == status, (person, kind)
            if status == 200:
                content = BytesIO(b"".join(answer.streaming_content)).getvalue()
                assert statement.number.encode() in content
                assert "attachment" in answer["Content-Disposition"]
