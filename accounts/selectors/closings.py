"""Whether an organisation is about to be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import OrganisationClosing

if TYPE_CHECKING:
    from accounts.models import Organisation


def closing_pending(organisation: Organisation) -> OrganisationClosing | None:
    """Return the closing that an owner asked for and nobody cancelled, or None."""
    pending = OrganisationClosing.objects.pending().select_related("asked_by")
    return pending.filter(organisation=organisation).first()
