"""What the payment provider told us, once each, and what the daily comparison with it found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ProviderEvent(models.Model):
    """A verified message of the provider: that something changed, and where to look.

    What it says of the thing itself is not kept: messages come late, twice and out of order, so the
    thing is fetched anew, and bank details stay at the provider. ``sha256`` is of the raw body.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Acted upon")
        IGNORED = "ignored", _("Nothing to do")

    event_id = models.CharField(_("event"), max_length=80, unique=True)
    type = models.CharField(_("type"), max_length=120)
    object_id = models.CharField(_("about"), max_length=80, blank=True)
    account_id = models.CharField(_("of account"), max_length=80, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"), db_default=Now())
    sha256 = models.CharField(_("hash of the message"), max_length=64)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.RECEIVED
    )
    processed_at = models.DateTimeField(_("done"), null=True)
    outcome = models.CharField(_("what came of it"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("message of the payment provider")
        verbose_name_plural = _("messages of the payment provider")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(state="received"),
                name="rights_providerevent_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="received", processed_at__isnull=True)
                | Q(state__in=["processed", "ignored"], processed_at__isnull=False),
                name="rights_providerevent_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(event_id="") & ~Q(type="") & Q(sha256__regex="^[0-9a-f]{64}$"),
                name="rights_providerevent_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class PayoutReconciliation(models.Model):
    """One comparison of our books with the provider's: what was compared, and what does not agree.

    ``findings`` is a list of objects with ``kind``, ``subject`` and ``words``; amounts are text.
    """

    ran_at = models.DateTimeField(_("compared"), db_default=Now())
    facts = models.JSONField(_("compared with"), default=dict)
    findings = models.JSONField(_("findings"), default=list)

    class Meta:
        verbose_name = _("comparison with the payment provider")
        verbose_name_plural = _("comparisons with the payment provider")
        ordering = ["-ran_at", "-id"]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
