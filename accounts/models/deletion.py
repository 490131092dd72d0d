"""A person's wish to be forgotten."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

GRACE = timedelta(days=14)


class AccountDeletionQuerySet(models.QuerySet["AccountDeletion"]):
    """Reusable filters of deletions."""

    def pending(self) -> AccountDeletionQuerySet:
        """Keep those that are neither cancelled nor carried out."""
        return self.filter(cancelled_at__isnull=True, erased_at__isnull=True)


class AccountDeletion(models.Model):
    """Asked for, and carried out after the days of grace unless it is cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deletions"
    )
    digest = models.BinaryField(_("SHA-256 of the cancel token"), max_length=32, unique=True)
    requested_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("due"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    erased_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    objects = AccountDeletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("account deletion")
        verbose_name_plural = _("account deletions")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(cancelled_at__isnull=True, erased_at__isnull=True),
                name="accounts_accountdeletion_one_pending",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gte=models.F("requested_at") + GRACE),
                name="accounts_accountdeletion_has_grace",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True) | models.Q(erased_at__isnull=True),
                name="accounts_accountdeletion_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.due_at:%Y-%m-%d}"
