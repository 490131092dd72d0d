"""Whom a song owes, as its papers say it: the ten, the base catalogue, the machine, the receipt."""

from __future__ import annotations

from dataclasses import dataclass

from generation.exports.facts import SongFacts

PPM_PER_HUNDREDTH = 100


@dataclass(frozen=True, slots=True)
class Credit:
    """One source: ``share`` as text in percent with two decimals."""

    share: str
    title: str
    artist: str
    isrc: str = ""

    def __str__(self) -> str:
        named = f"{self.title}, {self.artist}" if self.artist else self.title
        return f"{self.share} {named} ({self.isrc})" if self.isrc else f"{self.share} {named}"


def credits_of(facts: SongFacts) -> tuple[Credit, ...]:
    """Return the ten in their order, then the base catalogue."""
    ten = (Credit(_percent(s.share_ppm), s.title, s.artist, s.isrc) for s in facts.sources)
    return (*ten, Credit(_percent(facts.base_ppm), "Base catalogue", "Tenfold and its artists"))


def rights_line(facts: SongFacts) -> str:
    """Return what stands at the foot of a page: who made it, and where that is proved."""
    return (
        f"Made with AI by {facts.engine} after {_counted(len(facts.sources))}, credited at the end. "
        f"Receipt: {facts.receipt}"
    )


def _counted(number: int) -> str:
    return {1: "one song", 10: "ten songs"}.get(number, f"{number} songs")


def _percent(ppm: int) -> str:
    whole, hundredths = divmod(round(ppm / PPM_PER_HUNDREDTH), 100)
    return f"{whole}.{hundredths:02} %"
