"""The signed statement of what a version owes to whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Receipt(models.Model):
    """Canonical JSON as it was signed, byte for byte; append-only.

    The address of the public page holds ``id``, which says nothing about the song.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(
        "generation.Version", on_delete=models.PROTECT, related_name="receipt"
    )
    body = models.TextField(_("body"))
    sha256 = models.CharField(_("hash of the body"), max_length=64)
    key_id = models.CharField(_("key"), max_length=64)
    created_at = models.DateTimeField(_("issued"), db_default=Now())

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="generation_receipt_has_a_body"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="generation_receipt_has_a_hash"
            ),
            models.CheckConstraint(
                condition=~Q(key_id=""), name="generation_receipt_names_its_key"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
