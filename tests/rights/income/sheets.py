"""Receipts and split sheets of published songs, as the release will freeze them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from rights.domain.split_sheet import SheetFacts
from rights.models import Recording, SplitSheet
from rights.services.split_sheets import split_sheet_freeze
from tests.rights.factories import make_recording


def receipt(shares: dict[str, int], *, base: int = 330_000) -> dict[str, Any]:
    """Return the parsed receipt of a song with these shares in ppm by ISRC."""
    sources = [
        {"isrc": isrc, "title": f"Title {isrc}", "artist": "Artist", "pool": "references",
         "weight_ppm": 67_000, "share_ppm": share}
        for isrc, share in shares.items()
    ]  # fmt: skip
    base_source = {"isrc": "base", "title": "Base", "artist": "Tenfold", "pool": "catalogue"}
    sources.append({**base_source, "weight_ppm": 330_000, "share_ppm": base})
    return {"sources": sources, "base_model": {"revision": "base@1", "sha256": "0" * 64}}


def facts(
    isrc: str = "QZTEN2600001", shares: dict[str, int] | None = None, **more: Any
) -> SheetFacts:
    """Return the facts of a published song made from recordings that exist."""
    if shares is None:
        shares = {make_recording().isrc: 67_000 + n - 5 for n in range(10)}
    wanted: dict[str, Any] = {
        "isrc": isrc,
        "title": f"Song {isrc}",
        "artist": "Alice",
        "receipt_id": str(uuid.uuid4()),
        "receipt": receipt(shares),
        "valid_from": date(2026, 10, 1),
    }
    return SheetFacts(**(wanted | more))


def make_sheet(isrc: str = "QZTEN2600001", **more: Any) -> SplitSheet:
    """Freeze the split sheet of a song."""
    return split_sheet_freeze(facts=facts(isrc, **more), actor=None)


def recordings_of(sheet: SplitSheet) -> list[Recording]:
    """Return the recordings that a song was made from, in order."""
    return [source.recording for source in sheet.sources.select_related("recording")]
