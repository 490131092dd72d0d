"""Who calls: browsers with a session, programs with a token, and nobody in particular."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

from accounts.constants import SESSION_SEEN
from accounts.models import Membership
from accounts.services.tokens import token_authenticate, token_create

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from accounts.models import User

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What a call may need beyond its body, so that its lack cannot hide a missing check.
WANTED = {"Idempotency-Key": "isolation"}
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """Somebody who calls, and how."""

    label: str
    client: Client

    @property
    def session_key(self) -> str | None:
        """The key of the caller's own session, if they have one."""
        return self.client.session.session_key if "sessionid" in self.client.cookies else None

    def call(
        self, method: str, path: str, data: Mapping[str, Any], *, as_json: bool
    ) -> HttpResponse:
        """Send the request with ``data`` as its body, unless the method only reads."""
        if method in READING:
            return self.client.generic(method, path)  # type: ignore[return-value]
        if method == "POST" and not as_json:
            return self.client.post(path, dict(data))  # type: ignore[return-value]
        body = json.dumps(dict(data))
        return self.client.generic(method, path, body, "application/json", headers=WANTED)  # type: ignore[return-value]


def nobody() -> Caller:
    """Return a browser that is not logged in."""
    return Caller("nobody", Client())


def browser(user: User) -> Caller:
    """Return the browser of somebody who has just logged in and confirmed their password.

    The confirmation matters: a page that asks for it again must not pass for a page that refuses.
    """
    client = Client()
    client.force_login(user)
    session = client.session
    now = time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email, "reauthenticated": True}
    ]
    session[SESSION_SEEN] = int(now)
    session.save()
    return Caller(f"{user.display_name}'s browser", client)


def program(membership: Membership, *scopes: str) -> Caller:
    """Return a program that holds a token of the member."""
    made = token_create(membership=membership, name="isolation", scopes=scopes)
    token_authenticate(made.raw)  # its first use is noted; that is no effect of the call under test
    client = Client(headers={"authorization": f"Bearer {made.raw}"})
    return Caller(f"{membership.user.display_name}'s program", client)
