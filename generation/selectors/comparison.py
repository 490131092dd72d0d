"""Two versions side by side: what differs in length, tempo, key, form and shares; and both to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from generation.selectors.edit_words import version_label
from generation.selectors.influence import Piece, pieces
from generation.selectors.playback import played_assets, played_by_version
from generation.selectors.sections import SectionView, sections_of
from generation.selectors.song_head import asset_url, track_of
from generation.selectors.sources import sources_of
from generation.selectors.words import apart_text, decibels_text, key_text, percent_text, tempo_text
from library.selectors.track_list import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from generation.models import Version, VersionBar
    from generation.selectors.sources import SourceView

NOTICEABLE_PPM = 500
"""Shares that are nearer than this look the same in the table."""


@dataclass(frozen=True)
class Side:
    """One of the two. ``gain_db`` brings the louder one down to the other."""

    letter: str
    number: int
    label: str
    play_url: str
    track: str
    gain_db: float
    sections: tuple[SectionView, ...]
    whole: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """A row of the table: what both are, and whether that is the same."""

    label: str
    a: str
    b: str
    differs: bool


@dataclass(frozen=True)
class ShareDifference:
    """A source of both: its shares in percent and what lies between, in points."""

    tone: str
    number: int
    name: str
    a: str
    b: str
    apart: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Everything the page shows; ``drawing`` is for the script that switches between the two."""

    a: Side
    b: Side
    facts: tuple[Difference, ...]
    shares: tuple[ShareDifference, ...]
    changed_bars: str
    matched: str
    drawing: Mapping[str, Any]


def comparison(a: Version, b: Version, *, user: User) -> Comparison:
    """Return two ready versions of one song side by side: six queries."""
    bars = {version.pk: list(version.bars.all()) for version in (a, b)}
    sources = {version.pk: sources_of(version) for version in (a, b)}
    files = played_by_version(played_assets().filter(version__in=(a, b)))
    quieter = min(_lufs(a), _lufs(b))
    sides = tuple(
        Side(
            letter=letter,
            number=version.number,
            label=version_label(version),
            play_url=asset_url(files.get(version.pk), version.song, user, inline=True),
            track=track_of(version),
            gain_db=round(quieter - _lufs(version), 2),
            sections=sections_of(version, bars[version.pk]),
            whole=_whole(sources[version.pk]),
        )
        for letter, version in (("A", a), ("B", b))
    )
    gap = abs(_lufs(a) - _lufs(b))
    return Comparison(
        a=sides[0],
        b=sides[1],
        facts=_facts(a, b, sides),
        shares=_shares(sources[a.pk], sources[b.pk]),
        changed_bars=_changed(bars[a.pk], bars[b.pk]),
        matched=_("They are %(gap)s dB apart, and played equally loud here.")
        % {"gap": f"{gap:.1f}"},
        drawing={
            "sides": [
                {
                    "url": side.play_url,
                    "gain": side.gain_db,
                    "seconds": (version.duration_ms or 0) / 1000,
                    "bars": [bar.start_ms / 1000 for bar in bars[version.pk]],
                    "sections": [[s.first, s.last, s.name] for s in side.sections],
                }
                for side, version in zip(sides, (a, b), strict=True)
            ]
        },
    )


def _lufs(version: Version) -> float:
    return float(version.figures.get("lufs") or -14.0)


def _whole(sources: tuple[SourceView, ...]) -> tuple[Piece, ...]:
    return pieces({source.key: source.share_ppm for source in sources}, sources)


def _facts(a: Version, b: Version, sides: tuple[Side, ...]) -> tuple[Difference, ...]:
    loud = (a.figures.get("lufs"), b.figures.get("lufs"))
    rows = (
        (_("Made by"), version_label(a), version_label(b)),
        (_("Length"), clock(a.duration_ms), clock(b.duration_ms)),
        (_("Tempo"), tempo_text(a), tempo_text(b)),
        (_("Key"), key_text(a), key_text(b)),
        (_("Form"), *(" ".join(section.code for section in side.sections) for side in sides)),
        (_("Loudness, LUFS"), decibels_text(loud[0]), decibels_text(loud[1])),
        (_("Seed"), str(a.used_seed), str(b.used_seed)),
        (_("Rating"), _stars(a.rating), _stars(b.rating)),
    )
    return tuple(Difference(label, x, y, x != y) for label, x, y in rows)


def _stars(rating: int | None) -> str:
    return _("%(rating)s of 5") % {"rating": rating} if rating else ""


def _shares(a: tuple[SourceView, ...], b: tuple[SourceView, ...]) -> tuple[ShareDifference, ...]:
    theirs = {source.key: source for source in b}
    found = []
    for source in a:
        other = theirs[source.key].share_ppm if source.key in theirs else 0
        gap = other - source.share_ppm
        found.append(
            ShareDifference(
                tone=source.tone,
                number=source.number,
                name=source.name,
                a=percent_text(source.share_ppm, places=2),
                b=percent_text(other, places=2),
                apart=apart_text(gap),
                differs=abs(gap) >= NOTICEABLE_PPM,
            )
        )
    return tuple(found)


def _changed(a: list[VersionBar], b: list[VersionBar]) -> str:
    """Return how many bars owe something else; versions of other forms are not compared bar by bar."""
    if len(a) != len(b):
        names = {"a": len(a), "b": len(b)}
        return _("They have %(a)s and %(b)s bars, so bars are not compared one by one.") % names
    changed = sum(x.shares != y.shares for x, y in zip(a, b, strict=True))
    names = {"changed": changed, "all": len(a)}
    return _("%(changed)s of %(all)s bars owe something else than before.") % names
