"""Parties: found again by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rights.domain.names import name_normalised
from rights.models import Party

if TYPE_CHECKING:
    from accounts.models import Organisation

NAME_MAX = 255


@transaction.atomic
def party_find_or_create(
    *, name: str, kind: str, organisation: Organisation | None = None
) -> Party:
    """Return the party of this kind whose name reads the same, made if there is none.

    ``organisation`` is set when the party has none yet; it never moves a party to another
    customer, which is for staff to decide.
    """
    shown = " ".join(name.split())[:NAME_MAX]
    party, _is_new = Party.objects.get_or_create(
        kind=kind,
        normalised_name=name_normalised(shown)[:NAME_MAX],
        defaults={"name": shown, "organisation": organisation},
    )
    if organisation is not None and party.organisation_id is None:
        Party.objects.filter(pk=party.pk, organisation=None).update(organisation=organisation)
        party.refresh_from_db()
    return party
