"""What the files of a version say of it: names, credits, the address of its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from generation.exports.facts import SongFacts, SourceFact, song_facts
from generation.exports.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generation.composition.score import Score
    from generation.models import Version

LICENCE = "Commercial use: yes; what the song earns is divided as its receipt says."


def artist_of(version: Version) -> str:
    """Return who made the song: the organisation, with the machine that did it for them."""
    return f"{version.song.organisation.name} with Tenfold"


def receipt_address(version: Version) -> str:
    """Return the public address of the receipt, which is issued after the files are written."""
    # These addresses stand at the root. Those of the whole product would load every page of it.
    return settings.SITE_URL + reverse("receipt-verify", "generation.urls", args=[version.pk])


def tags_of(version: Version) -> Tags:
    """Return what players show."""
    return Tags(
        title=version.song.title,
        artist=artist_of(version),
        comment=f"Receipt: {receipt_address(version)}",
    )


def facts_of(version: Version, score: Score, shares: Mapping[str, int]) -> SongFacts:
    """Return what README, metadata and lead sheet say; ``shares`` are in ppm by ISRC and ``base``."""
    rows = version.sources.exclude(isrc="").order_by("position")
    return song_facts(
        score,
        title=version.song.title,
        artist=artist_of(version),
        sources=tuple(
            SourceFact(row.title, row.artist, row.isrc, shares.get(row.isrc, 0)) for row in rows
        ),
        base_ppm=shares.get("base", 0),
        licence=LICENCE,
        engine=f"{version.engine.capitalize()} {version.engine_revision}",
        receipt=receipt_address(version),
    )
