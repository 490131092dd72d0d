"""What Shazam's answers say: one answer read, and the answers for several windows put together.

Every key of an answer may be absent (``docs/algorithms/recognition.md`` lists what was seen).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from rights.recognition.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rights.recognition.types import JSON

AGREED_PPM = 990_000
"""All windows that were asked name it."""
MAJORITY_PPM = 900_000
"""Two of three name it, the third nobody."""
CONTRADICTED_PPM = 820_000
"""Two of three name it, the third another."""
ALONE_PPM = 500_000
"""One window names it, the others nobody."""
SPLIT_PPM = 300_000
"""One window names it, another something else."""
MAJORITY = 2


@dataclass(frozen=True)
class Named:
    """What one window was taken for; "" is what the answer left out."""

    key: str
    isrc: str
    title: str
    artist: str
    apple_music_id: str
    album: str
    album_id: str
    label: str
    released: str
    offset_s: float
    skew: float

    @property
    def identity(self) -> str:
        """By what the windows are counted: the ISRC, or Shazam's own key without one."""
        return self.isrc or f"key {self.key}"


def read_answer(answer: Mapping[str, Any]) -> Named | None:
    """Return the first match of an answer; None when it names nobody."""
    matches, track = _list(answer, "matches"), _dict(answer, "track")
    if not matches or not track:
        return None
    match = matches[0] if isinstance(matches[0], dict) else {}
    facts = _facts(track)
    skews = (_number(match, "timeskew"), _number(match, "frequencyskew"))
    return Named(
        key=_text(track, "key") or _text(match, "id"),
        isrc=_text(track, "isrc").replace("-", "").upper(),
        title=_text(track, "title"),
        artist=_text(track, "subtitle"),
        apple_music_id=_apple_music_id(track),
        album=facts.get("Album", ""),
        album_id=_text(track, "albumadamid"),
        label=facts.get("Label", ""),
        released=facts.get("Released", ""),
        offset_s=_number(match, "offset"),
        skew=max(skews, key=abs),
    )


def vote(windows: Sequence[Named | None]) -> tuple[Hit, ...]:
    """Return the recordings that the windows name, most windows first."""
    votes: dict[str, list[Named]] = defaultdict(list)
    for named in windows:
        if named is not None:
            votes[named.identity].append(named)
    ranked = sorted(votes.values(), key=lambda group: -len(group))
    return tuple(_hit(group, windows, others=len(ranked) > 1) for group in ranked)


def is_decided(windows: Sequence[Named | None]) -> bool:
    """Whether the windows so far are a majority of three, so that no other need be asked."""
    named = [each.identity for each in windows if each is not None]
    return any(named.count(identity) >= MAJORITY for identity in named)


def _hit(group: list[Named], windows: Sequence[Named | None], *, others: bool) -> Hit:
    first, count = group[0], len(group)
    evidence: dict[str, JSON] = {
        "key": first.key,
        "windows": len(windows),
        "windows_agreeing": count,
        "offsets_s": [round(each.offset_s, 2) for each in group],
        "skews": [round(each.skew, 6) for each in group],
        "album_id": first.album_id,
        "released": first.released,
    }
    return Hit(
        isrc=first.isrc,
        title=first.title,
        artist=first.artist,
        apple_music_id=first.apple_music_id,
        label=first.label,
        album=first.album,
        score_ppm=_score(count, len(windows), others=others),
        skew=float(median(each.skew for each in group)),
        evidence=evidence,
    )


def _score(count: int, asked: int, *, others: bool) -> int:
    if count >= MAJORITY:
        if count == asked:
            return AGREED_PPM
        return CONTRADICTED_PPM if others else MAJORITY_PPM
    return SPLIT_PPM if others else ALONE_PPM


def _apple_music_id(track: Mapping[str, Any]) -> str:
    for action in _list(_dict(track, "hub"), "actions"):
        if isinstance(action, dict) and action.get("type") == "applemusicplay":
            return _text(action, "id")
    return ""


def _facts(track: Mapping[str, Any]) -> dict[str, str]:
    """Return album, label and year of the section about the song."""
    for section in _list(track, "sections"):
        if isinstance(section, dict) and section.get("type") == "SONG":
            rows = [row for row in _list(section, "metadata") if isinstance(row, dict)]
            return {_text(row, "title"): _text(row, "text") for row in rows}
    return {}


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _number(content: Mapping[str, Any], name: str) -> float:
    value = content.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _dict(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def _list(content: Mapping[str, Any], name: str) -> list[Any]:
    value = content.get(name)
    return value if isinstance(value, list) else []
