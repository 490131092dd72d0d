"""In which country an organisation looks its songs up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from rights.models import OrganisationStorefront

if TYPE_CHECKING:
    from accounts.models import Organisation


def storefront_of(organisation: Organisation) -> str:
    """Return the organisation's own choice, or that of the installation."""
    chosen = OrganisationStorefront.objects.filter(organisation=organisation)
    return chosen.values_list("storefront", flat=True).first() or settings.APPLE_MUSIC_STOREFRONT
