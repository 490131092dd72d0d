"""What waits for a rights holder: conflicts, payout details, answers to disputes, unread statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rights.domain.claim_course import OPEN
from rights.domain.payout_course import ACTIVE
from rights.models import PayeeAccount, PayeeHold, RightsClaim, Statement, StatementDispute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from rights.models import Party

ANSWERS_SHOWN = timedelta(days=30)
"""For how long the answer to a dispute is news."""


@dataclass(frozen=True)
class Need:
    """One thing to do, where, and how pressing it is: the name of a badge."""

    kind: str
    title: str
    text: str
    url: str
    act: str


def needs_of(parties: Collection[Party]) -> tuple[Need, ...]:
    """Return what waits for those who act for ``parties``, the most pressing first; five queries."""
    if not parties:
        return ()
    return (
        *_onboarding(parties),
        *_holds(parties),
        *_conflicts(parties),
        *_answers(parties),
        *_unread(parties),
    )


def _onboarding(parties: Collection[Party]) -> Iterator[Need]:
    states = dict(PayeeAccount.objects.filter(party__in=parties).values_list("party", "state"))
    open_ = [party for party in parties if states.get(party.pk, "") != ACTIVE]
    if not open_:
        return
    begun = any(states.get(party.pk) for party in open_)
    names = ", ".join(party.name for party in open_[:3])
    yield Need(
        kind="warning",
        title=_("Payout details are unfinished") if begun else _("Say where we may pay you"),
        text=_("%(names)s cannot be paid yet. What is earned meanwhile stays on the balance.")
        % {"names": names},
        url=reverse("rights:payout-list"),
        act=_("Go on") if begun else _("Set it up"),
    )


def _holds(parties: Collection[Party]) -> Iterator[Need]:
    for hold in PayeeHold.objects.filter(party__in=parties, lifted_at=None).order_by("placed_at"):
        yield Need(
            kind="warning",
            title=_("Payouts are held"),
            text=str(hold.get_reason_display()),
            url=reverse("rights:payout-list"),
            act=_("Read why"),
        )


def _conflicts(parties: Collection[Party]) -> Iterator[Need]:
    contested = RightsClaim.objects.filter(
        recording=OuterRef("recording"),
        right_type=OuterRef("right_type"),
        state=RightsClaim.State.CONFLICT,
    )
    # Both sides: who claimed too much, and who was accepted before.
    found = RightsClaim.objects.filter(Exists(contested), party__in=parties, state__in=OPEN)
    known = found.aggregate(count=Count("pk"), one=Min("recording__title"))
    if not known["count"]:
        return
    yield Need(
        kind="warning",
        title=ngettext(
            "%(count)s claim is in conflict", "%(count)s claims are in conflict", known["count"]
        )
        % {"count": known["count"]},
        text=_("“%(title)s”: more is claimed than there is. What is disputed is held.")
        % {"title": known["one"]},
        url=reverse("rights:claim-list"),
        act=_("Add evidence"),
    )


def _answers(parties: Collection[Party]) -> Iterator[Need]:
    decided = (
        StatementDispute.objects.filter(
            line__statement__party__in=parties,
            state__in=[StatementDispute.State.UPHELD, StatementDispute.State.REJECTED],
            changes__at__gte=timezone.now() - ANSWERS_SHOWN,
        )
        .select_related("line__statement")
        .distinct()
        .order_by("-opened_at")
    )
    for dispute in decided[:3]:
        yield Need(
            kind="info",
            title=_("Your dispute was answered"),
            text=_("Statement %(number)s, line %(line)s: %(state)s.")
            % {
                "number": dispute.line.statement.number,
                "line": dispute.line.number,
                "state": str(dispute.get_state_display()).lower(),
            },
            url=reverse(
                "rights:statement-line", args=[dispute.line.statement_id, dispute.line.number]
            ),
            act=_("Read the answer"),
        )


def _unread(parties: Collection[Party]) -> Iterator[Need]:
    rows = Statement.objects.filter(
        party__in=parties, state=Statement.State.PUBLISHED, first_viewed_at=None, replaced_by=None
    ).order_by("-ends_at", "number")
    count = rows.count()
    newest = rows.first() if count else None
    if newest is None:
        return
    yield Need(
        kind="info",
        title=_("A statement is new") if count == 1 else _("%(count)s statements are new") % {"count": count},
        text=_("The newest is %(number)s.") % {"number": newest.number},
        url=reverse("rights:statement", args=[newest.pk]) if count == 1 else reverse("rights:statement-list"),
        act=_("Read it") if count == 1 else _("Read them"),
    )  # fmt: skip
