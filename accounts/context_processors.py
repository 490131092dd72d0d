"""What the page frame needs on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.views.theme import theme_of
from config.jobs.lists import jobs_live_count

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

CREATOR, RIGHTS_HOLDER = Organisation.Kind.CREATOR, Organisation.Kind.RIGHTS_HOLDER
# Where each kind of organisation goes: name of the address, label, what is found there, for whom.
PLACES: tuple[tuple[str, _StrPromise, _StrPromise, frozenset[str]], ...] = (
    (
        "library:home",
        _("Library"),
        _("The songs of your organisation, ten to a set."),
        frozenset({CREATOR}),
    ),
    (
        "rights:set-list",
        _("Song sets"),
        _("Ten songs each, matched to their owners, to make a new song from."),
        frozenset({CREATOR}),
    ),
    (
        "generation:song-list",
        _("Songs"),
        _("What was made from your sets: hear it, see what it owes, change it."),
        frozenset({CREATOR}),
    ),
    (
        "rights:overview",
        _("Overview"),
        _("What you have earned, what comes next, and what waits for you."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "rights:statement-list",
        _("Statements"),
        _("What each period earned, line by line, to read, to keep and to dispute."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "rights:balance",
        _("Balance"),
        _("Every entry of your account with us, and what it left."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "rights:payout-list",
        _("Payouts"),
        _("Where you are paid, from which amount on, and what was sent."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "rights:catalogue",
        _("Catalogue"),
        _("Your recordings, what you allow for each, and your deliveries."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "rights:claim-list",
        _("Claims"),
        _("Which recordings you say are yours, and how far that is."),
        frozenset({RIGHTS_HOLDER}),
    ),
    (
        "accounts:job-list",
        _("Jobs"),
        _("What is being worked on, how far it is, and what came of it."),
        frozenset({CREATOR, RIGHTS_HOLDER}),
    ),
    (
        "accounts:member-list",
        _("Members"),
        _("Who works with you, and what each of them may do."),
        frozenset({CREATOR, RIGHTS_HOLDER}),
    ),
)


@dataclass(frozen=True)
class Place:
    """One link of the navigation."""

    url: str
    label: _StrPromise
    text: _StrPromise | str = ""
    is_current: bool = False
    leaves: bool = False  # a page without our frame, which cannot be swapped in


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame shows: theme, membership, navigation, and whether stand-ins are used.

    Everything that asks the database is lazy, so that a page without the frame pays nothing.
    """
    return {
        "theme": theme_of(request),
        "membership": getattr(request, "membership", None),
        "live_jobs": SimpleLazyObject(lambda: _live_jobs(request)),
        "my_memberships": getattr(request, "memberships", []),
        "places": SimpleLazyObject(lambda: _places(request)),
        "account_places": SimpleLazyObject(lambda: _account_places(request)),
        "sandbox_in_use": settings.SANDBOX_IN_USE,
    }


def _live_jobs(request: HttpRequest) -> int:
    """Return how many jobs of the organisation wait or run: one indexed count."""
    membership = getattr(request, "membership", None)
    return jobs_live_count(membership.organisation_id) if membership else 0


def _places(request: HttpRequest) -> list[Place]:
    membership = getattr(request, "membership", None)
    if not membership:
        return []
    return [
        _place(request, name, label, text)
        for name, label, text, kinds in PLACES
        if membership.organisation.kind in kinds
    ]


def _account_places(request: HttpRequest) -> list[Place]:
    places = [
        _place(request, "accounts:profile", _("Settings")),
        _place(request, "accounts:organisation-list", _("Organisations")),
    ]
    if request.user.is_authenticated and request.user.is_staff:
        places += [
            _place(request, "styleguide", _("Style guide")),
            Place(reverse("admin:index"), _("Admin"), leaves=True),
        ]
    return places


def _place(
    request: HttpRequest, name: str, label: _StrPromise, text: _StrPromise | str = ""
) -> Place:
    url = reverse(name)
    return Place(url, label, text, is_current=request.path.startswith(url))
