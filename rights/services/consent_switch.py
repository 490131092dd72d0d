"""Say something new about a recording or a label: what held until then ends on the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rights.models import Consent, Recording
from rights.services.consents import consent_end, consent_record

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Party
    from rights.services.consents import Said


@transaction.atomic
def consent_switch(*, subject: Recording | Party, said: Said, actor: User) -> Consent:
    """Record ``said`` and end what holds on its first day, so that the two never speak at once.

    What was said stays in the history with both its days.
    """
    own = {"recording": subject} if isinstance(subject, Recording) else {"label": subject}
    held = Consent.objects.on(said.valid_from).filter(**own).order_by("pk")
    for consent in held.select_for_update():
        consent_end(consent=consent, on=said.valid_from, actor=actor)
    return consent_record(subject=subject, said=said, actor=actor)
