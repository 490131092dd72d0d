"""How much an organisation may store, where it is not the usual amount."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StorageQuota(models.Model):
    """An exception from ``settings.LIBRARY_QUOTA_BYTES``, made by staff."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="storage_quota"
    )
    limit_bytes = models.PositiveBigIntegerField(_("bytes allowed"))

    class Meta:
        verbose_name = _("storage quota")
        verbose_name_plural = _("storage quotas")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.limit_bytes}"
