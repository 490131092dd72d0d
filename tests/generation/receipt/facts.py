"""Facts of a small song: two recordings and the base model, three bars of 2.5 s."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from generation.attribution.receipt import ReceiptBar, ReceiptFacts, ReceiptSource
from generation.attribution.receipt_keys import read_key

SEED_KEY = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
OTHER_KEY = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
KEY = read_key(SEED_KEY)
AUDIO = "a" * 64
PLUM, ACE = "GBUM71500001", "USRC17600002"
SHARES = {PLUM: 400_000, ACE: 270_001, "base": 329_999}
SOURCES = (
    ReceiptSource(PLUM, "Sugar “Plum”", "Ünïcode 🎵", "references", 335_000, 400_000),
    ReceiptSource(ACE, "Vibe\nAce", "", "references", 335_000, 270_001),
    ReceiptSource("base", "Base catalogue", "", "catalogue", 330_000, 329_999),
)
BARS = tuple(
    ReceiptBar(n + 1, 2_500 * n, 2_500 * (n + 1), "verse 1" if n else "intro", SHARES)
    for n in range(3)
)


def small_facts(**changes: Any) -> ReceiptFacts:
    """Return the facts, some of them changed."""
    facts: dict[str, Any] = {
        "song_id": "00000000-0000-4000-8000-000000000001",
        "version_id": "00000000-0000-4000-8000-000000000002",
        "engine_key": "mosaic",
        "engine_revision": "1",
        "base_revision": "base@1",
        "base_sha256": "b" * 64,
        "seed": 7,
        "policy": "v1",
        "references_ppm": 670_000,
        "catalogue_ppm": 330_000,
        "sources": SOURCES,
        "layers": {"melody": SHARES, "drums": {PLUM: 1_000_000}},
        "bars": BARS,
        "audio_sha256": AUDIO,
        "created_at": datetime(2026, 11, 21, 9, 30, 0, 250, tzinfo=UTC),
    }
    return ReceiptFacts(**(facts | changes))
