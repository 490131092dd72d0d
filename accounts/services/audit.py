"""The audit trail in words. The history of rows is written by triggers; this adds the meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from accounts.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

    from accounts.models import Organisation, User


def audit_record(
    *,
    action: str,
    actor: User | None,
    organisation: Organisation | None,
    target: Model | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry in the caller's transaction: what did not happen leaves no trace.

    ``action`` is dotted, ``<app>.<noun>.<past verb>``; its words for people stand in
    ``accounts.domain.actions``. ``actor`` is None for what the system does by itself. ``data``
    takes ids (``user`` is shown as the person's name) and plain facts, no names; the key
    ``email`` is for the address of an invitation, which an erasure replaces.
    """
    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        organisation=organisation,
        target_type=target._meta.label_lower if target is not None else "",  # noqa: SLF001
        target_id=str(target.pk) if target is not None else "",
        data=dict(data or {}),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
