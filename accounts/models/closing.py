"""An organisation that its owners want to close."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.deletion import GRACE


class OrganisationClosingQuerySet(models.QuerySet["OrganisationClosing"]):
    """Reusable filters of closings."""

    def pending(self) -> OrganisationClosingQuerySet:
        """Keep those that are neither cancelled nor carried out."""
        return self.filter(cancelled_at__isnull=True, closed_at__isnull=True)


class OrganisationClosing(models.Model):
    """Asked for by an owner, and carried out after the days of grace unless an owner cancels it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="closings"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("due"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    closed_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    objects = OrganisationClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing of an organisation")
        verbose_name_plural = _("closings of organisations")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(cancelled_at__isnull=True, closed_at__isnull=True),
                name="accounts_organisationclosing_one_pending",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gte=models.F("requested_at") + GRACE),
                name="accounts_organisationclosing_has_grace",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True) | models.Q(closed_at__isnull=True),
                name="accounts_organisationclosing_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.due_at:%Y-%m-%d}"
