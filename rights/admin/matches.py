"""Matches: the queues of what is weak or contradictory, all evidence, and the override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsInline
from rights.admin.refusals import ServiceAdmin
from rights.domain.identifiers import find_isrc
from rights.models import Match, MatchCandidate, MatchChange, MatchEvidence, Recording
from rights.selectors.match_words import reasons_in_words
from rights.services.matching import match_override

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class QueueFilter(admin.SimpleListFilter):
    """The queues: what a person should look at, most disputed first."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the queues."""
        return [
            (Match.Doubt.CONFLICT, _("Sources disagree")),
            (Match.Doubt.WEAK, _("Weak")),
            (Match.Doubt.ALTERED, _("Altered audio")),
            (Match.Doubt.SEVERAL, _("Several strong")),
            ("problem", _("Problems")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        """Return what is in the queue."""
        if self.value() == "problem":
            return queryset.filter(state=Match.State.PROBLEM)
        return queryset.filter(doubt=self.value()) if self.value() else queryset


class OverrideForm(forms.ModelForm[Match]):
    """Which recording it is instead, and why."""

    isrc = forms.CharField(
        label=_("ISRC of the right recording"),
        required=False,
        help_text=_("The recording has to be in the catalogue already."),
    )
    reason = forms.CharField(
        label=_("Why the match is overruled"), required=False, widget=forms.Textarea
    )

    class Meta:
        model = Match
        fields: list[str] = []

    def clean_isrc(self) -> Recording | None:
        """Return the recording with this ISRC."""
        text = str(self.cleaned_data["isrc"])
        if not text:
            return None
        found = Recording.objects.filter(isrc=find_isrc(text)).first()
        if found is None:
            raise ValidationError(gettext("The catalogue has no recording with this ISRC."))
        return found


class CandidatesOfMatch(RowsInline[MatchCandidate, Match]):
    """What it may be."""

    model = MatchCandidate
    fields = ("rank", "recording", "method", "score_ppm", "evidence")
    readonly_fields = fields
    show_change_link = False


class EvidenceOfMatch(RowsInline[MatchEvidence, Match]):
    """What every source answered, word for word."""

    model = MatchEvidence
    fields = ("at", "round", "recogniser", "revision", "outcome", "took_ms", "from_cache", "answer")
    readonly_fields = fields
    show_change_link = False


class ChangesOfMatch(RowsInline[MatchChange, Match]):
    """Who turned what into what, and why."""

    model = MatchChange
    fields = ("at", "actor", "from_state", "to_state", "from_recording", "to_recording", "reason")
    readonly_fields = fields
    show_change_link = False


@admin.register(Match)
class MatchAdmin(ServiceAdmin[Match]):
    """Which recording a track is. Staff with the permission overrule it, with a reason."""

    form = OverrideForm
    list_display = ("track", "recording", "state", "doubt", "method", "score_ppm", "updated_at")
    list_select_related = ("track", "recording")
    list_filter = (QueueFilter, "state", "method", "problem_code")
    search_fields = ("id", "track__title", "track__artist", "recording__isrc", "recording__title")
    date_hierarchy = "created_at"
    shown = (
        "id",
        "track",
        "recording",
        "state",
        "doubt",
        "method",
        "score_ppm",
        "reasons_shown",
        "problem_code",
        "problem",
        "confirmed_by",
        "confirmed_at",
        "round",
        "job",
    )
    readonly_fields = shown
    fields = shown
    inlines = (CandidatesOfMatch, EvidenceOfMatch, ChangesOfMatch)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer the override to those who may."""
        sets: list[Any] = [(None, {"fields": self.shown})]
        if self.has_change_permission(request, obj):
            sets.append((_("Overrule"), {"fields": ("isrc", "reason")}))
        return sets

    @admin.display(description=_("reasons"))
    def reasons_shown(self, match: Match) -> SafeString:
        """Return the reasons, a line each."""
        words = reasons_in_words(match.reasons)
        return format_html_join(SafeString("<br>"), "{}", ((each,) for each in words))

    def save_model(self, request: HttpRequest, obj: Match, form: Any, change: bool) -> None:
        """Overrule, when an ISRC was given; without one nothing is saved."""
        recording = form.cleaned_data.get("isrc")
        if recording is not None:
            match_override(
                match=obj,
                recording=recording,
                actor=request.user,  # type: ignore[arg-type]  # staff are logged in
                reason=form.cleaned_data["reason"],
            )
