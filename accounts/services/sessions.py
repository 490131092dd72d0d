"""End sessions: the browser that held one is logged out with its next request.

Whatever changes how a person logs in ends their other sessions: whoever was in with the old
secret is out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.services.audit import audit_record

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@transaction.atomic
def session_end(*, user: User, session_id: int) -> bool:
    """End one session of the person; False when it is not theirs or has ended already."""
    ended = _end(UserSession.objects.filter(user=user, pk=session_id))
    if ended:
        _record("session_ended", user)
    return ended


@transaction.atomic
def sessions_end_others(*, user: User, keep_key: str | None) -> bool:
    """End all sessions of the person but the one with the key ``keep_key``."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep_key or "")
    ended = _end(others)
    if ended:
        _record("other_sessions_ended", user)
    return ended


@transaction.atomic
def security_event_record(*, user: User, event: str, keep_session_key: str | None) -> None:
    """Record a change of password, address or factor, and end the person's other sessions.

    ``event`` is allauth's name for it, such as ``password_changed`` or ``totp_activated``.
    """
    _record(event, user)
    sessions_end_others(user=user, keep_key=keep_session_key)


def _record(event: str, user: User) -> None:
    audit_record(action=f"accounts.log_in.{event}", actor=user, organisation=None, target=user)


def _end(rows: QuerySet[UserSession]) -> bool:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return bool(UserSession.objects.filter(session_key__in=keys).delete()[0])
