"""The provider does not take our key: the batch stops with a sentence, and goes on when a person says so."""

from __future__ import annotations

import pytest
from django.urls import reverse

from config.jobs.models import Job
from rights.exceptions import PayoutRefusedError
from rights.models import PayoutBatch
from rights.services.payout_reconciliation import payouts_sweep
from rights.services.payout_sending import CLOSED, payouts_send
from rights.services.payouts import batch_send
from tests.library.conftest import do_next_job  # noqa: F401 - a fixture
from tests.rights.payouts.paying import CENT, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def alba(paying):
    paying.top_up(10_000)
    return paying.payee("Alba", 5_000)


@pytest.mark.parametrize("mode", ["401", "403"])
def test_a_key_that_is_not_taken_stops_before_anything_is_reserved(paying, alba, mode):
    batch = paying.approved()
    batch_send(batch=batch)
    paying.desk.fail(mode, path="/v1/balance")
    with pytest.raises(PayoutRefusedError, match=r"refused our key.*Nothing is lost") as stopped:
        payouts_send(batch)
    assert stopped.value.code == CLOSED
    assert (paying.of(alba).state, stands("in_transit")) == ("approved", 0)
    assert paying.transfers(alba) == []


@pytest.mark.parametrize("mode", ["401", "403"])
def test_a_key_revoked_in_the_middle_leaves_the_rest_and_is_asked_once(paying, alba, mode):
    brio = paying.payee("Brio", 4_000)
    batch = paying.approved()
    batch_send(batch=batch)
    paying.desk.fail(mode, path="/v1/transfers")
    with pytest.raises(PayoutRefusedError):
        payouts_send(batch)
    assert [paying.of(one).state for one in (alba, brio)] == ["sending", "approved"]
    assert stands("in_transit") == 5_000 * CENT
    assert len(paying.desk.calls("POST", "/v1/transfers")) == 1, "asking again changes nothing"
    paying.sound()
    key = paying.of(alba).key
    assert paying.send(batch)
    assert [paying.transfers(one) for one in (alba, brio)] == [[5_000], [4_000]]
    assert paying.of(alba).key == key
    paying.sound()


def test_the_job_ends_with_the_sentence_and_only_a_person_sends_again(
    paying, alba, do_next_job, client, settings  # noqa: F811
):  # fmt: skip
    settings.ADMIN_MFA_REQUIRED = False
    batch = paying.approved()
    batch_send(batch=batch)
    paying.desk.fail("401", path="/v1/balance")
    do_next_job()
    job = Job.objects.get()
    assert (job.state, job.error_code) == ("failed", CLOSED)
    assert payouts_sweep() == 0
    assert Job.objects.count() == 1
    paying.sam.is_superuser = True
    paying.sam.save()
    client.force_login(paying.sam)
    page = client.get(reverse("admin:rights_payoutbatch_change", args=[batch.pk])).text
    assert "Set STRIPE_SECRET_KEY right, then send the batch again." in page
    batch_send(batch=PayoutBatch.objects.get())
    assert do_next_job() == "done"
    assert paying.transfers(alba) == [5_000]
    paying.sound()
