"""Consent: may a recording be used for making new music, who said so, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Filters of consents."""

    def on(self, day: date) -> ConsentQuerySet:
        """Return what holds on ``day``; the end is exclusive."""
        ends = Q(valid_to=None) | Q(valid_to__gt=day)
        return self.filter(ends, valid_from__lte=day, withdrawn_at=None)


class Consent(models.Model):
    """What was said about one recording, or about everything of one label.

    What was said never changes (a trigger sees to it): it ends on a day, or staff withdraw it as
    entered by mistake, and something else is said in a new row.
    """

    class State(models.TextChoices):
        ALLOWED = "allowed", _("Allowed")
        TERMS = "allowed_with_terms", _("Allowed with terms")
        BLOCKED = "blocked", _("Blocked")

    class Source(models.TextChoices):
        DELIVERY = "label_delivery", _("Label delivery")
        CONTRACT = "contract", _("Contract")
        STATEMENT = "statement", _("Written statement")
        STAFF = "staff", _("Entered by staff")

    recording = models.ForeignKey(
        "rights.Recording",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consents",
        verbose_name=_("recording"),
    )
    label = models.ForeignKey(
        "rights.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consents",
        verbose_name=_("label"),
    )
    state = models.CharField(_("says"), max_length=20, choices=State.choices)
    terms = models.TextField(_("terms"), blank=True)
    may_train = models.BooleanField(
        _("may be trained on"),
        default=False,
        help_text=_("Its patterns may join the base model, which is paid from every song."),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)  # exclusive
    said_by = models.CharField(_("who said so"), max_length=255)
    source = models.CharField(_("how we know"), max_length=20, choices=Source.choices)
    note = models.TextField(_("note"), blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("entered by"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("why withdrawn"), blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recording__isnull=False, label=None)
                | Q(recording=None, label__isnull=False),
                name="rights_consent_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["allowed", "allowed_with_terms", "blocked"]),
                name="rights_consent_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="allowed_with_terms") ^ Q(terms=""),
                name="rights_consent_terms_are_written_down",
            ),
            models.CheckConstraint(
                condition=Q(may_train=False) | ~Q(state="blocked"),
                name="rights_consent_blocked_is_not_trained_on",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="rights_consent_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(said_by=""), name="rights_consent_was_said_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) ^ ~Q(withdrawn_reason=""),
                name="rights_consent_withdrawal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.valid_from})"
