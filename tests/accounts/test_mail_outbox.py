"""The outbox: nothing lost, nothing sent twice by us, nothing sent by a rollback."""

from __future__ import annotations

import re
import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django_q.models import OrmQ

from accounts.models import OutgoingMail
from accounts.services.mail import (
    BACK_OFF,
    LEASE,
    mail_claim,
    mail_mark_failed,
    mail_mark_sent,
)
from accounts.tasks.mail import mail_deliver
from tests.accounts.outbox import Refusing, pretend, send, wait_s

pytestmark = pytest.mark.django_db


@pytest.fixture
def refusing(settings, monkeypatch):
    """Let every delivery fail with the given error."""
    settings.EMAIL_BACKEND = "tests.accounts.outbox.Refusing"
    return lambda error: monkeypatch.setattr(Refusing, "error", error)


def test_mail_is_a_row_and_a_doorbell_of_the_mail_queue():
    before = OrmQ.objects.count()
    mail = send()
    assert (mail.state, mail.attempts, mail.sent_at) == ("pending", 0, None)
    assert not django_mail.outbox
    assert OrmQ.objects.count() == before + 1
    doorbell = OrmQ.objects.latest("id")
    assert doorbell.key == "mail"
    assert doorbell.task["func"] == "accounts.tasks.mail.mail_deliver"
    assert doorbell.task["kwargs"] == {"mail_id": mail.pk}


def test_rollback_takes_row_and_doorbell_with_it():
    before = OrmQ.objects.count()

    def change_its_mind():
        with transaction.atomic():
            send()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_its_mind()
    assert not OutgoingMail.objects.exists()
    assert OrmQ.objects.count() == before


def test_delivery_sends_text_and_html_and_empties_the_row():
    mail = send()
    mail_deliver(mail_id=mail.pk)
    [sent] = django_mail.outbox
    assert sent.to == ["alice@example.com"]
    assert sent.subject == "Your password was changed"
    assert "Firefox · Linux" in sent.body
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    assert len(re.findall(r"<a ", html)) == 1
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert mail.sent_at is not None
    assert (mail.text, mail.html) == ("", "")


def test_several_doorbells_send_one_mail():
    mail = send()
    for _ring in range(5):
        mail_deliver(mail_id=mail.pk)
    assert len(django_mail.outbox) == 1


def test_doorbell_for_a_row_that_is_gone_is_no_error():
    mail_deliver(mail_id=123_456_789)
    assert not django_mail.outbox


def test_task_bears_arguments_of_a_newer_caller():
    mail = send()
    mail_deliver(mail_id=mail.pk, added_later="x")
    assert len(django_mail.outbox) == 1


def test_second_copy_after_a_crash_has_the_same_message_id():
    mail = send()
    claimed = mail_claim(mail_id=mail.pk)
    mail_deliver_without_marking(claimed)  # the crash: sent, never marked
    mail_deliver(mail_id=mail.pk)
    assert len(django_mail.outbox) == 1  # the lease still holds
    pretend(mail, due_at=timedelta(seconds=1))
    mail_deliver(mail_id=mail.pk)
    first, second = (m.message()["Message-ID"] for m in django_mail.outbox)
    assert first == second == mail.message_id


def mail_deliver_without_marking(mail):
    """Do what the task does up to the moment of the crash."""
    django_mail.EmailMessage(
        mail.subject, mail.text, to=[mail.to], headers={"Message-ID": mail.message_id}
    ).send()


def test_message_id_names_the_sender_s_domain(settings):
    settings.DEFAULT_FROM_EMAIL = "Tenfold <hello@tenfold.example>"
    assert send().message_id.endswith("@tenfold.example>")


def test_lost_connection_is_tried_again_later(refusing):
    refusing(smtplib.SMTPServerDisconnected("gone"))
    mail = send()
    mail_deliver(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("pending", 1)
    assert mail.error == "SMTPServerDisconnected: gone"
    assert mail.text
    assert 55 < wait_s(mail) <= 60
    mail_deliver(mail_id=mail.pk)  # too early: nothing happens
    mail.refresh_from_db()
    assert mail.attempts == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"mailbox busy")}), "pending"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPDataError(451, b"later"), "pending"),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), "pending"),
        (OSError("no route to host"), "pending"),
    ],
)
def test_final_refusal_gives_up_at_once_others_do_not(refusing, error, state):
    refusing(error)
    mail = send()
    mail_deliver(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == state
    assert bool(mail.text) == (state == "pending")
    assert not django_mail.outbox


def test_after_ten_back_offs_it_is_given_up():
    mail = send()
    waits = []
    for attempt in range(1, len(BACK_OFF) + 2):
        pretend(mail, due_at=timedelta(seconds=1))
        claimed = mail_claim(mail_id=mail.pk)
        assert claimed.attempts == attempt
        mail_mark_failed(mail=claimed, error=OSError("down"), is_permanent=False)
        mail.refresh_from_db()
        waits.append(wait_s(mail))
    assert [round(w / 60) for w in waits[:-1]] == [1, 2, 5, 15, 30, 60, 120, 240, 480, 960]
    assert mail.state == "failed"
    assert mail_claim(mail_id=mail.pk) is None


def test_late_sender_does_not_undo_what_a_newer_one_did():
    mail = send()
    slow = mail_claim(mail_id=mail.pk)
    pretend(mail, due_at=timedelta(seconds=1))
    quick = mail_claim(mail_id=mail.pk)
    mail_mark_failed(mail=slow, error=OSError("late"), is_permanent=True)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("pending", "")
    mail_mark_sent(mail=quick)
    mail_mark_failed(mail=quick, error=OSError("late"), is_permanent=True)
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_claim_holds_for_the_lease():
    mail = send()
    claimed = mail_claim(mail_id=mail.pk)
    assert LEASE.total_seconds() - 5 < wait_s(claimed) <= LEASE.total_seconds()
    assert mail_claim(mail_id=mail.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_one_gets_the_mail():
    mail = send()
    start, got = threading.Barrier(2), []

    def claim():
        start.wait()
        got.append(mail_claim(mail_id=mail.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(item is not None for item in got) == [False, True]


@pytest.mark.parametrize(
    "change",
    [{"state": "lost"}, {"state": "sent"}, {"sent_at": Now()}],
)
def test_database_refuses_states_that_cannot_be(change):
    mail = send()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(**change)
