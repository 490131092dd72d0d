"""In which country's Apple Music an organisation looks its songs up: what there is, and the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Organisation
from accounts.services.audit import audit_record
from rights.catalogue import refusals
from rights.catalogue.types import CatalogueError, Storefront
from rights.models import OrganisationStorefront
from rights.selectors.storefronts import storefront_of
from rights.services.apple_music import PAGE_PATIENCE_S, apple_music

if TYPE_CHECKING:
    from accounts.models import User

# Who opens the list waits for it a moment: one question, no second try.
OFFER_PATIENCE_S = 0


@dataclass(frozen=True)
class StorefrontOffer:
    """The countries to choose from, by name, ``current`` among them.

    ``refusal`` is the sentence of a service that could not be asked; there is only ``current`` then.
    Without ``is_whole`` there is only ``current`` too, for nobody was asked.
    """

    current: str
    options: tuple[Storefront, ...]
    refusal: str = ""
    is_whole: bool = True


def storefront_offer(
    *, organisation: Organisation, patience_s: int = OFFER_PATIENCE_S
) -> StorefrontOffer:
    """Return what ``organisation`` may choose from. Not inside a transaction."""
    current = storefront_of(organisation)
    alone = Storefront(current, current.upper())
    try:
        known = apple_music(patience_s=patience_s).storefronts()
    except CatalogueError as refusal:
        return StorefrontOffer(current, (alone,), refusal.message)
    return _offer(current, known)


def storefront_offer_known(*, organisation: Organisation) -> StorefrontOffer:
    """Return what ``organisation`` may choose from as far as it is remembered: a page waits for
    nobody. Not inside a transaction.
    """
    current = storefront_of(organisation)
    known = apple_music().storefronts_known()
    if not known:
        return StorefrontOffer(current, (Storefront(current, current.upper()),), is_whole=False)
    return _offer(current, known)


def _offer(current: str, known: list[Storefront]) -> StorefrontOffer:
    is_listed = any(one.id == current for one in known)
    first = [] if is_listed else [Storefront(current, current.upper())]
    return StorefrontOffer(current, (*first, *known))


def storefront_choose(
    *, organisation: Organisation, storefront: str, actor: User | None
) -> Storefront:
    """Look the organisation's songs up in ``storefront`` from now on. Not inside a transaction.

    What is matched already stays as it is. Choosing what holds already writes nothing, and asks
    nobody.

    Raises
    ------
    CatalogueNotFoundError
        If Apple Music has no such storefront.
    CatalogueError
        If Apple Music cannot be asked whether it has; the current one holds.
    """
    chosen = storefront.strip().lower()
    if chosen == storefront_of(organisation):
        return Storefront(chosen, chosen.upper())
    known = {one.id: one for one in apple_music(patience_s=PAGE_PATIENCE_S).storefronts()}
    if chosen not in known:
        raise refusals.no_storefront(storefront[:20])
    with transaction.atomic():
        # One after the other: a choice made twice at once leaves one entry in the trail.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        before = storefront_of(organisation)
        if before != chosen:
            row, _is_new = OrganisationStorefront.objects.update_or_create(
                organisation=organisation, defaults={"storefront": chosen}
            )
            audit_record(
                action="rights.storefront.chosen",
                actor=actor,
                organisation=organisation,
                target=row,
                data={"from": before, "to": chosen},
            )
    return known[chosen]
