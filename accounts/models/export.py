"""Copies of everything about a person, made for that person."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

EXPORT_LIFE = timedelta(days=7)


class DataExport(models.Model):
    """One asked-for copy; the file is a blob that goes when the days are over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    job = models.OneToOneField(
        "jobs.Job", null=True, on_delete=models.SET_NULL, related_name="data_export"
    )
    requested_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    key = models.CharField(_("file"), max_length=120, blank=True)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"), default=0)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ready_at__isnull=True, expires_at__isnull=True, key="")
                | models.Q(ready_at__isnull=False, expires_at__isnull=False),
                name="accounts_dataexport_is_ready_or_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.requested_at:%Y-%m-%d}"

    @property
    def has_file(self) -> bool:
        """Whether there is something to download; it goes some time after ``expires_at``."""
        return bool(self.key)
