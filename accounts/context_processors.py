"""What the page frame needs on every page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from accounts.views.theme import theme_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

CREATOR, RIGHTS_HOLDER = Organisation.Kind.CREATOR, Organisation.Kind.RIGHTS_HOLDER
# Where each kind of organisation goes. An entry appears once its address exists.
PLACES: tuple[tuple[str, _StrPromise, frozenset[str]], ...] = (
    ("/library/", _("Library"), frozenset({CREATOR})),
    ("/songs/", _("Song sets"), frozenset({CREATOR})),
    ("/statements/", _("Statements"), frozenset({RIGHTS_HOLDER})),
    ("/catalogue/", _("Catalogue"), frozenset({RIGHTS_HOLDER})),
    ("/payouts/", _("Payouts"), frozenset({RIGHTS_HOLDER})),
    ("/jobs/", _("Jobs"), frozenset({CREATOR, RIGHTS_HOLDER})),
)


@dataclass(frozen=True)
class Place:
    """One link of the main navigation."""

    url: str
    label: _StrPromise
    is_current: bool


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame shows: theme, membership, navigation, and whether stand-ins are used.

    Everything that needs the database is lazy, so that a page without the frame pays nothing.
    """
    return {
        "theme": theme_of(request),
        "membership": getattr(request, "membership", None),
        "places": SimpleLazyObject(lambda: _places(request)),
        "my_memberships": SimpleLazyObject(lambda: _memberships(request)),
        "sandbox_in_use": getattr(settings, "SANDBOX_IN_USE", False),
    }


@cache
def is_routed(path: str) -> bool:
    """Tell whether an address exists in this installation."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _places(request: HttpRequest) -> list[Place]:
    membership = getattr(request, "membership", None)
    kind = membership.organisation.kind if membership else None
    return [
        Place(url, label, request.path.startswith(url))
        for url, label, kinds in PLACES
        if kind in kinds and is_routed(url)
    ]


def _memberships(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return list(Membership.objects.filter(user=request.user).select_related("organisation"))
