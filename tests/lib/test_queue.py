"""The doorbell commits and rolls back with the caller, and loses none of the task's arguments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signals import pre_execute
from django_q.tasks import async_task

from config.lib import queue

TASK = "config.jobs.worker.canary"


@pytest.mark.django_db(transaction=True)
def test_rollback_takes_the_doorbell_with_it():
    with transaction.atomic():
        queue.push(TASK, user_id=1)
        assert OrmQ.objects.count() == 1
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


@pytest.mark.django_db
def test_doorbell_goes_to_the_named_cluster_with_its_arguments():
    queue.push(TASK, to="gpu", user_id=1)
    doorbell = OrmQ.objects.get()
    assert doorbell.key == "gpu"
    assert doorbell.task["func"] == TASK
    assert doorbell.task["kwargs"] == {"user_id": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("to", "is_dropped"), [("mail", False), ("cpu", True), ("gpu", True)])
def test_failed_mail_stays_in_its_queue_and_a_failed_doorbell_does_not(to, is_dropped):
    queue.push(TASK, to=to)
    assert OrmQ.objects.get().task["ack_failure"] is is_dropped


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(queue.RESERVED_ARGUMENTS))
def test_argument_that_django_q_would_swallow_is_refused(name):
    arguments: dict[str, Any] = {name: 1}
    with pytest.raises(ValueError, match=name):
        queue.push(TASK, **arguments)
    assert OrmQ.objects.count() == 0


@pytest.mark.django_db
def test_django_q_really_swallows_them():
    async_task(TASK, group="x", timeout=3, user_id=1)
    assert OrmQ.objects.get().task["kwargs"] == {"user_id": 1}


@pytest.mark.django_db
def test_waiting_counts_what_no_worker_was_offered_yet():
    queue.push(TASK, to="cpu")
    queue.push(TASK, to="cpu")
    queue.push(TASK, to="gpu")
    taken = OrmQ.objects.filter(key="cpu").earliest("id")
    OrmQ.objects.filter(pk=taken.pk).update(lock=timezone.now() + timedelta(hours=1))
    assert (queue.waiting("cpu"), queue.waiting("gpu"), queue.waiting("mail")) == (1, 1, 0)


def test_callback_is_called_before_each_task(monkeypatch):
    monkeypatch.setattr(pre_execute, "receivers", [])
    called = []
    queue.on_task(lambda: called.append("before"))
    pre_execute.send(sender="django_q", func=None, task={})
    pre_execute.send(sender="django_q", func=None, task={})
    assert called == ["before", "before"]
