"""Close an organisation: asked for, confirmed, mailed, kept open, refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Organisation, OrganisationClosing, OutgoingMail
from accounts.policies import can_close_organisation
from accounts.services.closings import (
    OrganisationClosingError,
    closing_cancel,
    closing_carry_out,
    closing_request,
    closings_enqueue,
)
from config.jobs.models import Job
from tests.accounts.confirmed import confirm_password

pytestmark = pytest.mark.django_db

ASK = reverse("accounts:organisation-close")
KEEP = reverse("accounts:organisation-reopen")
PAGE = reverse("accounts:organisation-edit")


def owner(cast) -> Membership:
    return Membership.objects.get(user=cast.alice, organisation=cast.studio)


@pytest.fixture
def asked(cast) -> OrganisationClosing:
    """Alice has asked for the closing of the studio."""
    closing = closing_request(actor=owner(cast))
    OutgoingMail.objects.all().delete()
    return closing


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def mailed(template: str) -> list[str]:
    return sorted(OutgoingMail.objects.filter(template=template).values_list("to", flat=True))


def test_page_asks_for_the_password_first(alice):
    for answer in (alice.get(ASK), alice.post(ASK, {"name": "Alice's Studio"})):
        assert answer["Location"].startswith("/account/reauthenticate/")
    assert not OrganisationClosing.objects.exists()
    assert acts() == []


def test_confirmed_with_the_name_it_begins_and_every_member_is_mailed(cast, alice):
    confirm_password(alice)
    page = alice.get(ASK).content.decode()
    assert "the law wants them kept" in page
    assert "The name and the trail" in page
    assert alice.post(ASK, {"name": " alice's studio "})["Location"] == PAGE
    made = OrganisationClosing.objects.get()
    assert made.due_at - made.requested_at == timedelta(days=14)
    assert (made.organisation, made.asked_by) == (cast.studio, cast.alice)
    assert mailed("accounts/organisation_closing") == [
        "alice@example.com",
        "bob@example.com",
        "vera@example.com",
    ]
    assert acts() == ["accounts.organisation.closing_requested"]
    text = alice.get(PAGE).content.decode()
    assert "This organisation will be closed on" in text
    assert "Keep it open" in text
    assert "Confirm" not in alice.get(ASK).content.decode()


def test_mail_tells_owners_that_they_can_keep_it_and_others_who_can(cast):
    closing_request(actor=owner(cast))
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert "You are an owner and can keep it open" in mails["alice@example.com"].text
    assert "Any owner can keep it open" in mails["bob@example.com"].text
    for mail in mails.values():
        assert "Alice's Studio will be closed on" in mail.subject
        assert "List-Unsubscribe" not in mail.headers
        assert "/organisations/" in mail.text


@pytest.mark.parametrize("typed", [{}, {"name": ""}, {"name": "Charlie's Room"}])
def test_without_the_right_name_nothing_begins(alice, typed):
    confirm_password(alice)
    assert alice.post(ASK, typed).status_code == 422
    assert not OrganisationClosing.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert acts() == []


@pytest.mark.parametrize("name", ["bob", "vera"])
def test_only_owners_close_or_keep_open(cast, client, asked, name):
    client.force_login(getattr(cast, name))
    confirm_password(client)
    for answer in (
        client.get(ASK),
        client.post(ASK, {"name": "Alice's Studio"}),
        client.post(KEEP),
    ):
        assert answer.status_code == 403
    asked.refresh_from_db()
    assert asked.cancelled_at is None
    assert OrganisationClosing.objects.count() == 1
    text = client.get(PAGE).content.decode()
    assert "This organisation will be closed on" in text
    assert KEEP not in text
    assert ASK not in text


def test_stranger_and_nobody_change_nothing_here(cast, client, asked):
    assert client.post(KEEP)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.charlie)
    client.post(KEEP)
    asked.refresh_from_db()
    assert asked.cancelled_at is None
    confirm_password(client)
    assert client.post(ASK, {"name": "Alice's Studio"}).status_code == 422
    assert OrganisationClosing.objects.count() == 1
    assert client.get(KEEP).status_code == 405


def test_policy_knows_owners_only(cast):
    assert [can_close_organisation(Membership(role=role)) for role in ("owner", "editor")] == [
        True,
        False,
    ]


def test_owner_who_is_none_any_more_is_refused_by_the_service_too(cast):
    was = owner(cast)
    Membership.objects.filter(user=cast.bob).update(role="owner")
    Membership.objects.filter(pk=was.pk).update(role="viewer")
    for act in (closing_request, closing_cancel):
        with pytest.raises(OrganisationClosingError) as refused:
            act(actor=was)
        assert refused.value.code == "closing.forbidden"
    assert not OrganisationClosing.objects.exists()
    assert acts() == []


def test_asking_twice_is_refused(cast, alice, asked):
    confirm_password(alice)
    assert alice.post(ASK, {"name": "Alice's Studio"}).status_code == 422
    assert OrganisationClosing.objects.count() == 1
    assert not OutgoingMail.objects.exists()


def test_any_owner_keeps_it_open_and_every_member_is_mailed(cast, client, asked):
    Membership.objects.filter(user=cast.bob, organisation=cast.studio).update(role="owner")
    client.force_login(cast.bob)
    for _again in range(2):
        assert client.post(KEEP)["Location"] == PAGE
    asked.refresh_from_db()
    assert asked.cancelled_at is not None
    assert len(mailed("accounts/organisation_kept")) == 3
    assert acts().count("accounts.organisation.closing_cancelled") == 1
    over(asked)
    assert closings_enqueue() == 0
    assert "will be closed on" not in client.get(PAGE).content.decode()


def test_it_works_as_ever_until_then(cast, alice, asked):
    assert alice.get(reverse("accounts:member-list")).status_code == 200
    assert closings_enqueue() == 0
    with pytest.raises(OrganisationClosingError) as refused:
        closing_carry_out(closing_id=asked.pk)
    assert refused.value.code == "closing.not_due"
    assert Organisation.objects.get(pk=cast.studio.pk).closed_at is None
    assert cast.studio.memberships.count() == 3


def test_sweep_asks_once_a_day_for_each(asked):
    over(asked)
    assert closings_enqueue() == closings_enqueue() == 1
    assert Job.objects.get(kind="organisation.close").tenant is None


def test_database_holds_the_days_of_grace_and_one_closing_at_a_time(cast, asked):
    now = timezone.now()
    for organisation, days in ((cast.label, 13), (cast.studio, 14)):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganisationClosing.objects.create(
                organisation=organisation,
                asked_by=cast.bob,
                requested_at=now,
                due_at=now + timedelta(days=days),
            )
    assert OrganisationClosing.objects.count() == 1


def over(closing) -> None:
    """Move the days of grace into the past."""
    past = timezone.now() - timedelta(days=15)
    OrganisationClosing.objects.filter(pk=closing.pk).update(
        requested_at=past, due_at=past + timedelta(days=14)
    )
