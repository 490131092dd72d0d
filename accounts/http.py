"""The request as views behind the log-in see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import Membership, User


class AuthenticatedHttpRequest(HttpRequest):
    """A request whose person is known; ``membership`` says for which organisation they act."""

    user: User
    htmx: HtmxDetails
    membership: Membership | None
