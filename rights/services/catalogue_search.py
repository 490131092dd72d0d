"""What a person types or pastes to find a song on Apple Music: words, an ISRC, a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.catalogue.links import parse_link
from rights.catalogue.types import CatalogueNotFoundError, Page
from rights.domain.identifiers import find_isrc
from rights.services.apple_music import PAGE_PATIENCE_S, apple_music

if TYPE_CHECKING:
    from rights.catalogue.types import AppleMusic, LinkTarget, Song


def catalogue_search(
    *,
    text: str,
    storefront: str,
    offset: int = 0,
    patience_s: float = PAGE_PATIENCE_S,
) -> Page[Song]:
    """Return the songs that ``text`` names, best first.

    An ISRC gives every song listed under it; a link to a song gives that song, as it is sold in
    ``storefront`` when it is; anything else is searched for. A link to an album names no song: its
    title is not known here, so nothing is found.

    Raises
    ------
    CatalogueError
        If Apple Music cannot be asked; see :mod:`rights.catalogue.types`.
    """
    catalogue = apple_music(patience_s=patience_s)
    if (target := parse_link(text)) is not None:
        return Page(tuple(_linked(catalogue, target, storefront)))
    if code := find_isrc(text):
        return Page(tuple(catalogue.songs_by_isrc([code], storefront)[code]))
    return catalogue.search(text, storefront, offset=offset)


def _linked(catalogue: AppleMusic, target: LinkTarget, storefront: str) -> list[Song]:
    """Return the song of a link: sold here, or its equivalent here, or as it is sold there."""
    if target.kind != "song":
        return []
    try:
        return [catalogue.song(target.id, storefront)]
    except CatalogueNotFoundError:
        if target.storefront in {"", storefront}:
            raise
    return catalogue.equivalents(target.id, storefront) or [
        catalogue.song(target.id, target.storefront)
    ]
