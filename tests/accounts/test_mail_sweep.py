"""The sweep rings again for what is due, and drops what is old."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django_q.models import OrmQ, Schedule

from accounts.models import OutgoingMail
from accounts.services.mail import KEPT, mail_forget, mail_sweep
from accounts.tasks.mail import mail_deliver
from tests.accounts.outbox import pretend, send

pytestmark = pytest.mark.django_db


def test_sweep_rings_for_lost_doorbells_and_not_for_fresh_ones():
    fresh, lost, sent = send(), send(), send()
    pretend(lost, rung_at=timedelta(minutes=11), due_at=timedelta(minutes=12))
    mail_deliver(mail_id=sent.pk)
    OrmQ.objects.all().delete()
    assert mail_sweep() == 1
    assert [row.task["kwargs"]["mail_id"] for row in OrmQ.objects.all()] == [lost.pk]
    assert mail_sweep() == 0  # rung for a moment ago
    assert fresh.state == "pending"


def test_sweep_rings_once_when_a_back_off_is_over(settings):
    settings.EMAIL_BACKEND = "tests.accounts.outbox.Refusing"
    mail = send()
    mail_deliver(mail_id=mail.pk)
    assert mail_sweep() == 0
    pretend(mail, due_at=timedelta(seconds=1), rung_at=timedelta(seconds=60))
    assert mail_sweep() == 1
    assert mail_sweep() == 0


def test_sweep_drops_what_was_sent_a_month_ago_and_nothing_that_waits():
    old, waiting, young = send(), send(), send()
    mail_deliver(mail_id=old.pk)
    mail_deliver(mail_id=young.pk)
    for mail in (old, waiting):
        pretend(mail, created_at=KEPT + timedelta(days=1))
    mail_sweep()
    assert set(OutgoingMail.objects.values_list("pk", flat=True)) == {waiting.pk, young.pk}


def test_migration_schedules_the_sweep_in_the_mail_cluster():
    Schedule.objects.all().delete()
    import_module("accounts.migrations.0007_sweep_schedules").add(apps, None)
    [row] = Schedule.objects.filter(func="accounts.tasks.mail.mail_sweep")
    assert (row.schedule_type, row.minutes, row.cluster, row.repeats) == ("I", 1, "mail", -1)


def test_forgetting_an_address_leaves_no_row_of_it():
    send("Alice@example.com")
    kept = send("bob@example.com")
    assert mail_forget(address="alice@example.com") == 1
    assert list(OutgoingMail.objects.all()) == [kept]
