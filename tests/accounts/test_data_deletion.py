"""Delete my account: asked for, confirmed, cancelled, refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountDeletion, AuditEntry, Membership, OutgoingMail, User
from accounts.services.deletions import (
    AccountDeletionError,
    account_deletion_cancel,
    account_deletion_request,
    account_deletions_enqueue,
    account_erase,
)
from config.jobs.models import Job
from tests.accounts.confirmed import confirm_password, run_job

pytestmark = pytest.mark.django_db

ASK = reverse("accounts:deletion-request")
CANCEL = reverse("accounts:deletion-cancel")
PAGE = reverse("accounts:data")


@pytest.fixture
def asked(cast) -> AccountDeletion:
    """Charlie, who is alone in his workspace, has asked."""
    return account_deletion_request(user=cast.charlie)


def mailed_path():
    text = OutgoingMail.objects.get(template="accounts/deletion_requested").text
    return re.search(r"(/settings/data/deletion/\S+/)", text)[1]


def grace_is_over(deletion) -> None:
    past = timezone.now() - timedelta(days=15)
    AccountDeletion.objects.filter(pk=deletion.pk).update(
        requested_at=past, due_at=past + timedelta(days=14)
    )


def test_page_asks_for_the_password_first(cast, client):
    client.force_login(cast.charlie)
    for answer in (client.get(ASK), client.post(ASK, {"address": "charlie@example.com"})):
        assert answer["Location"].startswith("/account/reauthenticate/")
    assert not AccountDeletion.objects.exists()


def test_confirmed_with_the_address_it_begins_and_is_mailed(cast, client):
    client.force_login(cast.charlie)
    confirm_password(client)
    page = client.get(ASK).content.decode()
    assert "The workspace Charlie&#x27;s Room, because nobody else is in it" in page
    assert "the law wants them kept" in page
    assert client.post(ASK, {"address": " Charlie@Example.com "})["Location"] == PAGE
    made = AccountDeletion.objects.get()
    assert made.due_at - made.requested_at == timedelta(days=14)
    mail = OutgoingMail.objects.get(template="accounts/deletion_requested")
    assert mail.to == "charlie@example.com"
    assert "Your account will be deleted on" in client.get(PAGE).content.decode()
    assert AuditEntry.objects.get().action == "accounts.account.deletion_requested"


@pytest.mark.parametrize("typed", [{}, {"address": ""}, {"address": "bob@example.com"}])
def test_without_the_right_address_nothing_begins(cast, client, typed):
    client.force_login(cast.charlie)
    confirm_password(client)
    answer = client.post(ASK, typed)
    assert answer.status_code == 422
    assert typed.get("address", "") in answer.content.decode()
    assert not AccountDeletion.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_last_owner_of_an_organisation_with_others_is_told_what_to_do(cast, client):
    client.force_login(cast.alice)
    confirm_password(client)
    assert "somebody else has to be an owner" in client.get(ASK).content.decode()
    answer = client.post(ASK, {"address": "alice@example.com"})
    assert answer.status_code == 422
    assert "Make somebody else an owner there" in answer.content.decode()
    assert not AccountDeletion.objects.exists()
    Membership.objects.filter(user=cast.bob).update(role="owner")
    assert client.post(ASK, {"address": "alice@example.com"}).status_code == 302


def test_asking_twice_is_refused(cast, client, asked):
    client.force_login(cast.charlie)
    confirm_password(client)
    assert client.post(ASK, {"address": "charlie@example.com"}).status_code == 422
    assert AccountDeletion.objects.count() == 1


def test_account_works_as_ever_until_then(cast, client, asked):
    client.force_login(cast.charlie)
    assert client.get(reverse("accounts:organisation-edit")).status_code == 200


def test_cancelling_in_the_settings_keeps_the_account(cast, client, asked):
    client.force_login(cast.charlie)
    assert client.post(CANCEL)["Location"] == PAGE
    grace_is_over(asked)
    assert account_deletions_enqueue() == 0
    assert client.post(CANCEL).status_code == 404
    assert AuditEntry.objects.filter(action="accounts.account.deletion_cancelled").count() == 1


def test_mailed_link_cancels_without_a_log_in_but_not_by_looking(cast, client, asked):
    path = mailed_path()
    page = client.get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    asked.refresh_from_db()
    assert asked.cancelled_at is None
    assert "Your account stays" in client.post(path).content.decode()
    asked.refresh_from_db()
    assert asked.cancelled_at is not None
    assert client.get(path).status_code == client.post(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a~b"])
def test_forged_cancel_link_cancels_nothing(client, asked, token):
    url = reverse("accounts:deletion-show", args=[token])
    assert client.post(url).status_code == 404
    assert client.delete(url).status_code == 405
    asked.refresh_from_db()
    assert asked.cancelled_at is None


def test_nobody_cancels_for_somebody_else(cast, client, asked):
    assert client.post(CANCEL)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.bob)
    assert client.post(CANCEL).status_code == 404
    assert client.get(CANCEL).status_code == 405
    asked.refresh_from_db()
    assert asked.cancelled_at is None


def test_nothing_is_erased_before_the_days_are_over(cast, asked):
    assert account_deletions_enqueue() == 0
    with pytest.raises(AccountDeletionError) as refused:
        account_erase(deletion_id=asked.pk)
    assert refused.value.code == "deletion.not_due"
    assert User.objects.get(pk=cast.charlie.pk).email == "charlie@example.com"


def test_database_holds_the_days_of_grace(cast):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountDeletion.objects.create(
            user=cast.bob, digest=b"1", requested_at=now, due_at=now + timedelta(days=13)
        )
    assert not AccountDeletion.objects.exists()


def test_sweep_asks_once_a_day_for_each(cast, asked):
    grace_is_over(asked)
    assert account_deletions_enqueue() == account_deletions_enqueue() == 1
    assert Job.objects.filter(kind="account.erase").count() == 1


def test_person_who_became_the_last_owner_meanwhile_is_not_erased(cast, asked):
    Membership.objects.create(organisation=cast.charlies, user=cast.bob, role="viewer")
    grace_is_over(asked)
    account_deletions_enqueue()
    assert run_job(Job.objects.get(kind="account.erase")) == "deletion.blocked"
    assert User.objects.get(pk=cast.charlie.pk).email == "charlie@example.com"
    assert Membership.objects.filter(user=cast.charlie).exists()


def test_erasure_that_was_carried_out_cannot_be_cancelled(cast, asked):
    grace_is_over(asked)
    account_erase(deletion_id=asked.pk)
    with pytest.raises(AccountDeletionError) as refused:
        account_deletion_cancel(deletion=asked)
    assert refused.value.code == "deletion.done"
