"""How often programs may ask: counted in the cache that all processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class TokenLimit(SimpleRateThrottle):
    """Each token on its own, so that one program cannot starve another of the same person."""

    scope = "token"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key of the token's counter; None for requests without one."""
        if request.auth is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}


class PersonLimit(SimpleRateThrottle):
    """Each person in the browser, by their session."""

    scope = "person"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key of the person's counter; None for programs and for nobody."""
        if request.auth is not None or not request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class AddressLimit(SimpleRateThrottle):
    """Each network address, for requests without a log-in."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key of the address's counter; None once somebody is known."""
        if request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
