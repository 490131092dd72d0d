"""Jobs ``rights.payouts.send``, ``.event`` and ``.reconcile``, and the schedules that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from config.jobs.services import enqueue
from rights.constants import BACK_OFFICE
from rights.models import PayoutBatch, ProviderEvent
from rights.services import payout_reconciliation as reconciliation
from rights.services.payout_events import event_process
from rights.services.payout_sending import payouts_send

if TYPE_CHECKING:
    from config.jobs.stages import Run

RECONCILE = "rights.payouts.reconcile"
WHOLE_PPM = 1_000_000


def payout_batch_send(run: Run) -> None:
    """Handle one job; ``params`` names the batch."""
    batch = PayoutBatch.objects.get(pk=run.params["batch"])
    payouts_send(batch, progress=lambda done, total: run.progress(WHOLE_PPM * done // total))
    run.finish()


def payout_event(run: Run) -> None:
    """Handle one job; ``params`` names the message."""
    event_process(ProviderEvent.objects.get(pk=run.params["event"]))
    run.finish()


def payout_reconcile(run: Run) -> None:
    """Handle one job."""
    made = reconciliation.payouts_reconcile()
    run.finish(lambda: {"comparison": made.pk, "findings": len(made.findings)})


def payouts_compare(**_ignored: object) -> None:
    """Every night: ask for the comparison, once a day."""
    enqueue(RECONCILE, {}, idem=f"{RECONCILE}/{timezone.now():%Y-%m-%d}", tenant=BACK_OFFICE)


def payouts_sweep(**_ignored: object) -> None:
    """Every five minutes: ask again for what was not finished."""
    reconciliation.payouts_sweep()
