"""``manage.py payouts_send`` and the jobs behind it: one person makes, another approves, a worker sends."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from config.jobs.models import Job
from rights.models import Payout, PayoutBatch, PayoutReconciliation, ProviderEvent
from rights.tasks.payouts import payouts_compare, payouts_sweep
from tests.library.conftest import do_next_job  # noqa: F401 - a fixture
from tests.rights.payouts.test_webhooks import body_of, knock

pytestmark = pytest.mark.django_db


def run(by, *, is_json=True, **options):
    out = io.StringIO()
    call_command("payouts_send", by=by.email, json=is_json, stdout=out, **options)
    return json.loads(out.getvalue()) if is_json else out.getvalue()


def test_from_a_balance_to_a_paid_payout_by_command_job_and_message(paying, do_next_job):  # noqa: F811
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    paying.payee("Brio", 500)
    (made,) = run(paying.sam, currency=["EUR"])
    assert (made["state"], made["total_micros"]) == ("pending", "50000000")
    assert made["payouts"] == [
        {"payee": "Alba", "state": "pending", "hold": ""},
        {"payee": "Brio", "state": "pending", "hold": "below_threshold"},
    ]
    (approved,) = run(paying.olive, currency=["EUR"], approve="Compared with the run.")
    assert approved["state"] == "sending"
    assert do_next_job() == "done"
    assert (PayoutBatch.objects.get().state, paying.of(alba).state) == ("done", "sent")
    knock(body_of(paying.desk.events("transfer.created")[0]))
    assert do_next_job() == "done"
    assert ProviderEvent.objects.get().outcome == "paid"
    payouts_compare()
    assert do_next_job() == "done"
    assert PayoutReconciliation.objects.get().findings == []
    payouts_sweep()
    assert Job.objects.filter(state="queued").count() == 0
    paying.sound()


def test_a_job_that_gets_no_answer_is_tried_again_and_ends_with_one_transfer(paying, do_next_job):  # noqa: F811
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    paying.approved()
    run(paying.olive, currency=["EUR"], approve="Already approved; send it.")
    paying.desk.fail("timeout_after_acting", path="/v1/transfers")
    assert do_next_job() == "failed"
    Job.objects.update(not_before=None)
    assert do_next_job() == "done"
    assert paying.transfers(alba) == [5_000]


def test_one_person_alone_is_refused_and_nothing_is_sent(paying):
    paying.payee("Alba", 5_000)
    run(paying.sam, currency=["EUR"])
    with pytest.raises(CommandError, match="neither made nor approved") as refusal:
        run(paying.sam, currency=["EUR"], approve="Looks fine")
    assert refusal.value.returncode == 2
    assert Payout.objects.get().state == "pending"


def test_above_the_limit_the_command_waits_for_the_second_person(paying, settings):
    settings.PAYOUT_TWO_PEOPLE_ABOVE = 1
    paying.payee("Alba", 5_000)
    run(paying.sam, currency=["EUR"])
    assert run(paying.olive, currency=["EUR"], approve="One")[0]["state"] == "pending"
    assert run(paying.otto, currency=["EUR"], approve="Two")[0]["state"] == "sending"


def test_strangers_and_months_that_are_not_locked_are_refused(paying, cast):
    paying.payee("Alba", 5_000)
    with pytest.raises(CommandError, match="is no member of staff"):
        run(cast.alice, currency=["EUR"])
    with pytest.raises(CommandError, match="is not locked"):
        run(paying.sam, period="2026-10")
    assert PayoutBatch.objects.count() == 0


def test_words_say_who_is_held(paying):
    paying.payee("Brio", 500)
    told = run(paying.sam, is_json=False, currency=["EUR"])
    assert "EUR: pending" in told
    assert "Brio: pending, held: below_threshold" in told
