"""In which country's Apple Music an organisation looks its songs up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OrganisationStorefront(models.Model):
    """An exception from ``settings.APPLE_MUSIC_STOREFRONT``, chosen by the organisation."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="storefront_choice"
    )
    storefront = models.CharField(_("storefront"), max_length=2)

    class Meta:
        verbose_name = _("storefront of an organisation")
        verbose_name_plural = _("storefronts of organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(storefront__regex=r"^[a-z]{2}$"),
                name="rights_storefront_is_two_letters",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.storefront}"
