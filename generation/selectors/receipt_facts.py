"""What a receipt says of a version, read from the rows that royalties are divided by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from generation.attribution.receipt import ReceiptBar, ReceiptFacts, ReceiptSource
from generation.exceptions import ReceiptTooEarlyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generation.models import Version, VersionSource


def receipt_facts(version: Version) -> ReceiptFacts:
    """Return the facts of a version that is ready, or is becoming so in this transaction.

    Raises
    ------
    ReceiptTooEarlyError
        If the version has no audio or no shares yet.
    """
    base, seed, ready_at = version.base_model, version.used_seed, version.ready_at
    sources = list(version.sources.order_by("position"))
    if base is None or seed is None or ready_at is None or not version.audio_sha256:
        raise _too_early(version)
    return ReceiptFacts(
        song_id=str(version.song_id),
        version_id=str(version.pk),
        engine_key=version.engine,
        engine_revision=version.engine_revision,
        base_revision=base.revision,
        base_sha256=base.sha256,
        seed=seed,
        policy=version.policy,
        references_ppm=_agreed(sources, "references"),
        catalogue_ppm=_agreed(sources, "catalogue"),
        sources=[_source(source, version) for source in sources],
        layers={layer.layer: layer.shares for layer in version.layers.all()},
        bars=[
            ReceiptBar(bar.number, bar.start_ms, bar.end_ms, bar.section, bar.shares)
            for bar in version.bars.order_by("number")
        ],
        audio_sha256=version.audio_sha256,
        created_at=ready_at,
    )


def _agreed(sources: Sequence[VersionSource], pool: str) -> int:
    return sum(source.weight_ppm for source in sources if source.pool == pool)


def _source(source: VersionSource, version: Version) -> ReceiptSource:
    if source.share_ppm is None:
        raise _too_early(version)
    return ReceiptSource(
        isrc=source.key,
        title=source.title,
        artist=source.artist,
        pool="references" if source.pool == source.Pool.REFERENCES else "catalogue",
        weight_ppm=source.weight_ppm,
        share_ppm=source.share_ppm,
    )


def _too_early(version: Version) -> ReceiptTooEarlyError:
    text = _(
        "Version %(number)s is not finished, so it has no receipt yet. Wait until it is ready."
    )
    return ReceiptTooEarlyError("generation.receipt.too_early", text % {"number": version.number})
