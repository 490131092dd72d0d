"""What AcoustID's and MusicBrainz's answers say. Pure; everything in an answer may be absent."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rights.domain.identifiers import find_isrc
from rights.recognition.types import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rights.recognition.types import JSON

PPM = 1_000_000
LEAST_SCORE = 0.5
"""Of AcoustID's similarity; its own applications take nothing below."""
SUREST_PPM = 950_000
"""Two minutes of the beginning are all that is compared, so never surer than this."""
MOST_RECORDINGS = 3
"""MusicBrainz is asked about one a second."""
LONGEST_TEXT = 300


@dataclass(frozen=True)
class Pointed:
    """A recording of MusicBrainz that a sound was submitted as, ``sources`` times.

    ``share_ppm`` is how sure AcoustID is of the sound, times this recording's part of all that
    were submitted for it.
    """

    mbid: str
    score: float
    sources: int
    share_ppm: int


@dataclass(frozen=True)
class Described:
    """What MusicBrainz knows of a recording."""

    title: str
    artist: str
    isrcs: tuple[str, ...]
    length_ms: int


def is_lookup(answer: dict[str, Any]) -> bool:
    """Say whether this is an answer of AcoustID's lookup at all."""
    return answer.get("status") == "ok" and isinstance(answer.get("results"), list)


def shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """Keep of a lookup what is read or may be evidence."""
    kept = []
    for result in _objects(answer.get("results"))[:10]:
        recordings = [
            {"id": str(each.get("id", ""))[:36], "sources": _count(each.get("sources"))}
            for each in _objects(result.get("recordings"))[:50]
        ]
        kept.append(
            {
                "id": str(result.get("id", ""))[:36],
                "score": _score(result.get("score")),
                "recordings": recordings,
            }
        )
    return {"results": kept}


def pointed_at(answer: dict[str, Any]) -> tuple[Pointed, ...]:
    """Return the recordings that a shortened lookup names, the likeliest first.

    Of several recordings under one sound the one that was submitted more often is likelier.
    """
    found: dict[str, Pointed] = {}
    for result in sorted(answer["results"], key=lambda one: -one["score"]):
        if result["score"] < LEAST_SCORE:
            continue
        named = [one for one in result["recordings"] if one["id"]]
        whole = sum(one["sources"] for one in named)
        for one in named:
            sure = min(SUREST_PPM, int(result["score"] * PPM))
            share = sure * one["sources"] // whole
            pointed = Pointed(one["id"], result["score"], one["sources"], share)
            found.setdefault(one["id"], pointed)
    ordered = sorted(found.values(), key=lambda one: (-one.share_ppm, one.mbid))
    return tuple(ordered[:MOST_RECORDINGS])


def described(answer: dict[str, Any]) -> Described:
    """Read MusicBrainz's document of a recording."""
    credited = _objects(answer.get("artist-credit"))
    artist = "".join(f"{one.get('name', '')}{one.get('joinphrase', '')}" for one in credited)
    listed = answer.get("isrcs")
    texts = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
    isrcs = [isrc for text in texts if (isrc := find_isrc(text))]
    length = answer.get("length")
    return Described(
        title=str(answer.get("title") or "")[:LONGEST_TEXT],
        artist=artist[:LONGEST_TEXT],
        isrcs=tuple(dict.fromkeys(isrcs)),
        length_ms=length if isinstance(length, int) and length > 0 else 0,
    )


def hits_of(named: Sequence[tuple[Pointed, Described]]) -> tuple[Hit, ...]:
    """Return a hit for each ISRC, the surest first.

    A recording with several ISRCs divides its share among them: the sound cannot tell them apart.
    One without ISRC is a hit without one.
    """
    shares: dict[str, int] = defaultdict(int)
    first: dict[str, tuple[Pointed, Described]] = {}
    for pointed, what in named:
        names = what.isrcs or (f"mbid:{pointed.mbid}",)
        for name in names:
            shares[name] += pointed.share_ppm // len(names)
            first.setdefault(name, (pointed, what))
    hits = [_hit(name, shares[name], *first[name]) for name in shares]
    return tuple(sorted(hits, key=lambda hit: (-hit.score_ppm, hit.isrc)))


def _hit(name: str, share_ppm: int, pointed: Pointed, what: Described) -> Hit:
    evidence: dict[str, JSON] = {
        "musicbrainz_recording": pointed.mbid,
        "similarity": pointed.score,
        "submissions": pointed.sources,
        "length_ms": what.length_ms,
        "isrcs": list(what.isrcs),
    }
    isrc = "" if name.startswith("mbid:") else name
    return Hit(isrc, what.title, what.artist, "", "", "", share_ppm, 0.0, evidence)


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 1


def _score(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return min(1.0, max(0.0, float(value)))
