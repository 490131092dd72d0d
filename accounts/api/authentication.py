"""Who calls: a program with a token, or the person's own browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from accounts.http import current_membership
from accounts.models import ApiToken
from accounts.services.tokens import token_authenticate
from config.api.problems import ProblemError

if TYPE_CHECKING:
    from rest_framework.request import Request

    from accounts.models import Membership, User

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer tf_…``. A token acts as its person, for its organisation only."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return person and token; None when the header is absent, so that a session may count.

        Raises
        ------
        ProblemError
            ``token_unusable``. A bad token is never silently a browser's session.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _space, raw = header.partition(" ")
        token = token_authenticate(raw.strip()) if scheme.lower() == SCHEME.lower() else None
        if token is None:
            challenge = self.authenticate_header(request)
            raise ProblemError("token_unusable", auth_header=challenge)
        # Joins the context that the middleware opened for requests that write.
        pghistory.context(
            user=token.user.pk, organisation=str(token.organisation.pk), token=str(token.pk)
        )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return f'{SCHEME} realm="Tenfold"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes :class:`TokenAuthentication`."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the OpenAPI security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "tf_…",
            "description": "A token from your settings. It acts for one organisation.",
        }


def membership_of(request: Request) -> Membership:
    """Return for whom the caller acts: the token's membership, or the browser's current one.

    Raises
    ------
    ProblemError
        ``organisation_missing`` when the person has none.
    """
    if isinstance(request.auth, ApiToken):
        return request.auth.membership
    membership = current_membership(request._request)  # noqa: SLF001 - the way the framework gives
    if membership is None:
        raise ProblemError("organisation_missing")
    return membership
