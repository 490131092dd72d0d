"""Facts of a song for the papers that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generation.exports.facts import SongFacts, SourceFact, song_facts

if TYPE_CHECKING:
    from generation.composition.score import Score

ARTIST = "Alice's Studio with Tenfold"
ENGINE = "Mosaic 1.0"
RECEIPT = "https://tenfold.example/verify/0f5c"
SOURCES = tuple(SourceFact(f"Song {n}", f"Artist {n}", f"QZZZZ26{n:05}", 67_000) for n in range(10))


def facts_for(score: Score, title: str) -> SongFacts:
    """Return the facts of ``score`` under ``title``, from ten songs of equal shares."""
    return song_facts(
        score,
        title=title,
        artist=ARTIST,
        sources=SOURCES,
        base_ppm=330_000,
        licence="Licensed to Alice for any use.",
        engine=ENGINE,
        receipt=RECEIPT,
    )
