"""Claims for staff: the queue of what waits or is in conflict, and the decision of a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from rights.admin.amounts import amounts_said, rates_said
from rights.admin.decided import Act, DecidedAdmin
from rights.domain.claim_course import OPEN
from rights.domain.shares import percent_text
from rights.models import ClaimChange, ClaimEvidence, ClaimRelease, RightsClaim
from rights.selectors.claims import conflicts_of, documents_of
from rights.services.claims import claim_activate, claim_reject

if TYPE_CHECKING:
    from django.http import HttpRequest

State = RightsClaim.State


class ClaimQueue(admin.SimpleListFilter):
    """What a person has to look at."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the queues."""
        return [("conflict", _("In conflict")), ("waiting", _("Waiting"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RightsClaim]
    ) -> QuerySet[RightsClaim]:
        """Return what is in the queue."""
        states = {"conflict": [State.CONFLICT], "waiting": [State.CLAIMED]}
        asked = states.get(self.value() or "")
        return queryset.filter(state__in=asked) if asked else queryset


class EvidenceOfClaim(RowsInline[ClaimEvidence, RightsClaim]):
    """What it rests on."""

    model = ClaimEvidence
    fields = ("words", "name", "given_by", "given_at")
    readonly_fields = fields
    show_change_link = False


class CourseOfClaim(RowsInline[ClaimChange, RightsClaim]):
    """From which state to which, by whom and why."""

    model = ClaimChange
    fields = ("made_at", "state_from", "state_to", "made_by", "reason")
    readonly_fields = fields
    show_change_link = False


@admin.register(RightsClaim)
class ClaimAdmin(DecidedAdmin[RightsClaim]):
    """Who claims what. Somebody who has nothing to do with a claim accepts or rejects it."""

    list_display = ("recording", "party", "percent", "territories", "right_type", "state", "claimed_at")  # fmt: skip
    list_select_related = ("recording", "party")
    list_filter = (ClaimQueue, "state", "right_type")
    search_fields = ("=id", "recording__isrc", "recording__title", "party__name")
    date_hierarchy = "claimed_at"
    shown = (
        "recording", "party", "percent", "territories", "active_from", "active_to", "right_type",
        "role", "state", "conflicts", "documents", "supersedes", "claimed_by", "claimed_at",
    )  # fmt: skip
    inlines = (EvidenceOfClaim, CourseOfClaim)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:  # fmt: skip
        """Remember who asks, to whom the links to documents are bound."""
        if obj is not None:
            obj.asked_by = request.user.pk
        return super().get_form(request, obj, change=change, **more)

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to accept what waits, and to reject what has not ended."""
        found: dict[str, tuple[Any, Act]] = {}
        if row.state in (State.CLAIMED, State.CONFLICT):
            found["activate"] = (_("Accept, and pay what is held for it"), _activate)
        if row.state in OPEN:
            found["reject"] = (_("Reject; what was paid stays paid"), _reject)
        return found

    @admin.display(description=_("share in %"), ordering="share_ppm")
    def percent(self, claim: RightsClaim) -> str:
        """Return the share in per cent, exactly."""
        return percent_text(claim.share_ppm)

    @admin.display(description=_("conflicts"))
    def conflicts(self, claim: RightsClaim) -> SafeString | str:
        """Return with whom, where, when and by how much, a line each."""
        lines = [
            (gettext("%(size)s over-claim of %(percent)s %%, %(where)s: %(with)s") % {
                "size": one.size_words, "percent": one.percent, "where": one.territories,
                "with": ", ".join(f"{other.name} {other.percent} %" for other in one.others),
            },)
            for one in conflicts_of(claim)
        ]  # fmt: skip
        return format_html_join(SafeString("<br>"), "{}", lines) or "—"

    @admin.display(description=_("documents"))
    def documents(self, claim: Any) -> SafeString | str:
        """Return links to the documents, for the person who asks."""
        given = documents_of(claim, user_id=claim.asked_by)
        links = [(one.url, one.name) for one in given if one.url]
        each = format_html_join(SafeString("<br>"), '<a class="underline" href="{}">{}</a>', links)
        return each or "—"


@admin.register(ClaimRelease)
@rates_said(ClaimRelease, "share_ppm")
@amounts_said(ClaimRelease, "amount", currency="share.currency", words=_("amount"))
class ClaimReleaseAdmin(RowsAdmin[ClaimRelease]):
    """What claims got out of held money, share by share."""

    list_display = ("claim", "share", "share_ppm_said", "amount_said", "entry", "released_at")
    list_select_related = ("claim__party", "claim__recording", "share", "entry")
    search_fields = ("=claim__id", "claim__recording__isrc")
    fields = list_display


def _activate(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return claim_activate(claim=row, actor=actor, reason=said["reason"])


def _reject(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return claim_reject(claim=row, actor=actor, reason=said["reason"])
