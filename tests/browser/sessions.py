"""A session as a log-in a moment ago leaves it, without the form: its cookie opens every page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as METHODS,
)
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.models import User

# The tests take longer than the minutes for which a password counts as just given.
AHEAD_S = 3600


def session_of(person: User) -> str:
    """Save a session of the person, who has just been asked for the password; return its key."""
    request = HttpRequest()
    session = SessionStore()
    request.session = session
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    record_authentication(
        request, person, method="password", email=person.email, reauthenticated=True
    )
    session[METHODS] = [{**one, "at": time.time() + AHEAD_S} for one in session[METHODS]]
    session.save()
    return str(session.session_key)
