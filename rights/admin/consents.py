"""Consents: entered, ended, withdrawn; what was said is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rights.admin.refusals import ServiceAdmin
from rights.models import Consent
from rights.services.consents import Said, consent_end, consent_record, consent_withdraw

if TYPE_CHECKING:
    from django.http import HttpRequest

SAID = (
    "recording",
    "label",
    "state",
    "terms",
    "may_train",
    "valid_from",
    "said_by",
    "source",
    "note",
)


@admin.register(Consent)
class ConsentAdmin(ServiceAdmin[Consent]):
    """Who allowed or blocked what, from when to when."""

    list_display = ("subject", "state", "valid_from", "valid_to", "said_by", "withdrawn_at")
    list_select_related = ("recording", "label")
    list_filter = ("state", "source")
    search_fields = ("recording__isrc", "recording__title", "label__name", "said_by")
    date_hierarchy = "created_at"
    autocomplete_fields = ("recording", "label")
    kept = ("entered_by", "created_at", "withdrawn_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_consent"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for what was said; once it is kept, for its end or why it was a mistake."""
        if obj is None:
            return (*SAID, "valid_to")
        return (*SAID, *self.kept, "valid_to", "withdrawn_reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was said stays said."""
        return () if obj is None else (*SAID, *self.kept)

    @admin.display(description=_("of"))
    def subject(self, consent: Consent) -> str:
        """Return the recording or the label that it is about."""
        return str(consent.recording or consent.label)

    def save_model(self, request: HttpRequest, obj: Consent, form: Any, change: bool) -> None:
        """Record, end or withdraw, as the page was filled in."""
        actor: Any = request.user  # staff are logged in
        if not change:
            said = Said(
                obj.state,
                obj.valid_from,
                obj.said_by,
                obj.source,
                obj.terms,
                obj.valid_to,
                obj.note,
                obj.may_train,
            )
            subject = obj.recording or obj.label
            if subject is not None:  # the form has checked that there is one
                obj.pk = consent_record(subject=subject, said=said, actor=actor).pk
            return
        if "withdrawn_reason" in form.changed_data:
            now = timezone.now()
            consent_withdraw(consent=obj, reason=obj.withdrawn_reason, actor=actor, now=now)
        elif "valid_to" in form.changed_data and obj.valid_to is not None:
            consent_end(consent=obj, on=obj.valid_to, actor=actor)
