"""End sessions: the browser that held one is logged out with its next request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def session_end(*, user: User, session_id: int) -> bool:
    """End one session of the person; False when it is not theirs or has ended already."""
    return _end(UserSession.objects.filter(user=user, pk=session_id))


def sessions_end_others(*, user: User, keep_key: str | None) -> bool:
    """End all sessions of the person but the one with the key ``keep_key``."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep_key or "")
    return _end(others)


def _end(rows: QuerySet[UserSession]) -> bool:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return bool(UserSession.objects.filter(session_key__in=keys).delete()[0])
