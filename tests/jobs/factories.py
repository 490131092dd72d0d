"""Jobs in any state, without a queue behind them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from config.jobs.models import Job


def make_job(
    state: str = "queued", *, tenant: uuid.UUID | None, kind: str = "test.song", **fields: Any
) -> Job:
    """Save a job in ``state``, with the times that the state demands."""
    if state == "running":
        fields.setdefault("started_at", timezone.now())
        fields.setdefault("lease_until", timezone.now() + timedelta(minutes=1))
        fields.setdefault("attempt", 1)
    if state in Job.TERMINAL:
        fields.setdefault("finished_at", timezone.now())
    fields.setdefault("title", kind)
    return Job.objects.create(
        kind=kind, idem=uuid.uuid4().hex, tenant=tenant, state=state, **fields
    )
