"""Choosing one's mails in the settings."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.domain import mail_kinds
from accounts.models import AuditEntry, MailRefusal
from accounts.services.deletions import account_deletion_request, account_erase
from accounts.services.mail_preferences import mail_preferences_set
from accounts.services.own_data import own_data_collect
from tests.accounts.test_data_deletion import grace_is_over

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:mail-preferences")


def refused(user) -> list[str]:
    return list(MailRefusal.objects.filter(user=user).values_list("kind", flat=True))


def all_but(left_out: str) -> list[str]:
    return sorted(mail_kinds.KINDS.keys() - {left_out})


def ticked(client) -> int:
    return len(re.findall(r'name="wanted"[^>]* checked', client.get(PAGE).content.decode()))


def test_page_shows_every_kind_ticked_and_what_keeps_coming(alice):
    text = alice.get(PAGE).content.decode()
    assert ticked(alice) == len(mail_kinds.KINDS)
    assert all(kind.title in text for kind in mail_kinds.KINDS.values())
    assert all(line in text for line in mail_kinds.ALWAYS)
    assert 'aria-current="page">Mail<' in text


def test_choice_is_kept_and_written_into_the_trail_once(cast, alice):
    for _again in range(2):
        assert alice.post(PAGE, {"wanted": all_but("export")})["Location"] == PAGE
    assert refused(cast.alice) == ["export"]
    assert ticked(alice) == len(mail_kinds.KINDS) - 1
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.actor) == ("accounts.mail.refused", cast.alice)
    assert entry.data == {"kind": "export", "by": "settings"}
    assert entry.organisation is None
    alice.post(PAGE, {"wanted": all_but("")})
    assert refused(cast.alice) == []
    assert AuditEntry.objects.latest("id").action == "accounts.mail.wanted"


def test_nothing_ticked_stops_all_that_may_be_stopped(cast, alice):
    alice.post(PAGE, {})
    assert sorted(refused(cast.alice)) == sorted(mail_kinds.KINDS)


def test_unknown_kind_is_told_and_changes_nothing(cast, alice):
    assert alice.post(PAGE, {"wanted": ["weather"]}).status_code == 422
    assert not MailRefusal.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nobody_chooses_for_somebody_else(cast, client):
    assert client.post(PAGE, {})["Location"].startswith(reverse("account_login"))
    assert not MailRefusal.objects.exists()
    client.force_login(cast.bob)
    client.post(PAGE, {})
    assert refused(cast.alice) == []
    assert refused(cast.bob) != []


def test_kind_of_an_app_above_is_offered_too(cast, alice):
    mail_kinds.mail_kind_describe("upper", title="Upper news", when="On Tuesdays.")
    try:
        assert "Upper news. On Tuesdays." in alice.get(PAGE).content.decode()
        mail_preferences_set(user=cast.alice, wanted=all_but("upper"))
        assert refused(cast.alice) == ["upper"]
    finally:
        del mail_kinds.KINDS["upper"]


def test_database_keeps_one_refusal_per_kind(cast):
    MailRefusal.objects.create(user=cast.alice, kind="export")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailRefusal.objects.create(user=cast.alice, kind="export")


def test_choice_is_in_the_copy_of_the_data_and_goes_with_the_account(cast):
    mail_preferences_set(user=cast.charlie, wanted=[])
    rows = own_data_collect(user_id=cast.charlie.pk)["refused_mails"]
    assert {row["kind"] for row in rows} == set(mail_kinds.KINDS)
    deletion = account_deletion_request(user=cast.charlie)
    grace_is_over(deletion)
    account_erase(deletion_id=deletion.pk)
    assert not MailRefusal.objects.exists()
