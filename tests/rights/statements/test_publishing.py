"""Publishing: once, with a mail of a link and no figure to those who look after the money."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry, Membership, OutgoingMail, User
from rights.exceptions import StatementRefusedError
from rights.models import RoyaltyRun, Statement
from rights.selectors.statement_list import statement_list
from rights.services.statement_publishing import (
    run_published,
    statement_publish,
    statement_viewed,
)
from rights.services.statements import statement_revise
from rights.tasks.statements import statements_publish_all
from tests.letters import words
from tests.rights.statements.months import AUGUST, SEPTEMBER, Earning, contract_of, issue, locked

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast):
    """Rita owns the label; beside her an accountant and a viewer."""
    for name, role in (("ada", "accountant"), ("vic", "viewer")):
        person = User.objects.create_user(email=f"{name}@example.com")
        Membership.objects.create(user=person, organisation=cast.label, role=role)
    return {cast.rita.email, "ada@example.com"}


@pytest.fixture
def run(alma, bert, cast, olive):
    contract_of(alma, actor=cast.sam)
    return locked(AUGUST, [Earning(alma, 1_234_567), Earning(bert, 5)], cast.sam, olive)


def publish(run, actor):
    """Publish everything, as the job does."""
    done = list(statements_publish_all(run, actor))
    run_published(run=run)
    return done


def test_nobody_sees_a_statement_before_it_is_published(run, cast):
    issue(run)
    assert statement_list(organisation=cast.label).rows == ()
    assert OutgoingMail.objects.count() == 0


def test_a_run_is_published_once_and_its_readers_get_a_link_and_no_figure(run, people, cast):
    issue(run)
    assert publish(run, cast.sam) == [(1, 2), (2, 2)]
    assert publish(run, cast.sam) == []
    run.refresh_from_db()
    assert run.state == RoyaltyRun.State.PUBLISHED
    mails = list(OutgoingMail.objects.all())
    assert {mail.to for mail in mails} == people
    [row] = statement_list(organisation=cast.label).rows
    for mail in mails:
        assert f"/statements/{row.id}/" in mail.text
        for text in (mail.text, mail.html, mail.subject):
            assert "1.23" not in words(text)
            assert "EUR" not in words(text)
    acts = AuditEntry.objects.filter(action="rights.statement.published")
    assert {act.organisation for act in acts} == {cast.label, None}


def test_what_is_not_issued_is_not_published(run, cast):
    with pytest.raises(StatementRefusedError, match="not issued yet"):
        publish(run, cast.sam)
    run.refresh_from_db()
    assert run.state == RoyaltyRun.State.LOCKED


def test_the_first_look_is_kept_and_no_later_one(run, cast):
    made = issue(run)[0]
    statement_viewed(statement=made)
    made.refresh_from_db()
    assert made.first_viewed_at is None  # nobody can look at what is not published
    statement_publish(statement=made, actor=cast.sam)
    statement_viewed(statement=made)
    made.refresh_from_db()
    first = made.first_viewed_at
    statement_viewed(statement=made)
    made.refresh_from_db()
    assert first is not None
    assert made.first_viewed_at == first


def test_a_revision_stands_in_the_place_of_what_it_corrects(run, people, cast):
    first, never = issue(run)
    assert never.party.name == "Bert"
    newer = statement_revise(statement=never, actor=cast.sam, because="Looked again")
    with pytest.raises(StatementRefusedError, match="later revision"):
        statement_publish(statement=never, actor=cast.sam)
    assert newer.replaces == never
    statement_publish(statement=first, actor=cast.sam)
    first.party.name = "Alma Records"
    first.party.save()
    second = statement_revise(statement=first, actor=cast.sam, because="The name was wrong")
    assert (second.number, second.revision, second.closing) == (first.number, 2, first.closing)
    statement_publish(statement=second, actor=cast.sam)
    rows = statement_list(organisation=cast.label).rows
    assert [(row.revision, row.is_current) for row in rows] == [(2, True), (1, False)]
    corrected = OutgoingMail.objects.filter(subject__contains="was corrected")
    assert {mail.to for mail in corrected} == people


def test_a_statement_that_another_follows_is_corrected_by_an_adjustment_only(alma, cast, olive):
    contract_of(alma, actor=cast.sam)
    [first] = issue(locked(AUGUST, [Earning(alma, 1_000_000)], cast.sam, olive))
    issue(locked(SEPTEMBER, [Earning(alma, 1_000_000)], cast.sam, olive))
    before = Statement.objects.count()
    with pytest.raises(StatementRefusedError, match="another statement follows"):
        statement_revise(statement=first, actor=cast.sam, because="x")
    assert Statement.objects.count() == before
