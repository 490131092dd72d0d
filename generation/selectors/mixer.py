"""The mixer: six strips for the stems of a version, the sections to loop, the mixes that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from generation.constants import MIX_GAIN_MAX_DB, MIX_GAIN_MIN_DB
from generation.models import VersionAsset
from generation.selectors.sections import SectionView, sections_of
from generation.selectors.song_head import asset_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from accounts.models import User
    from generation.models import SavedMix, Version

STRIPS: tuple[tuple[str, _StrPromise, tuple[str, ...]], ...] = (
    ("lead", gettext_lazy("Melody"), ("Lead", "Double")),
    ("chords", gettext_lazy("Chords"), ("Comp", "Arp")),
    ("pad", gettext_lazy("Pads"), ("Pad",)),
    ("bass", gettext_lazy("Bass"), ("Bass",)),
    ("drums", gettext_lazy("Drums"), ("Kick", "Snare", "Hats", "Percussion")),
    ("effects", gettext_lazy("Effects"), ("Effects",)),
)
"""Six, as there are keys from 1 to 6: more buffers than that would not fit a phone's memory."""


@dataclass(frozen=True)
class Strip:
    """One fader: its key on the keyboard, and the files that are added up behind it.

    ``speaker`` is the stem that says in a saved mix how the strip stands.
    """

    key: str
    number: int
    name: str
    stems: str
    urls: tuple[str, ...]
    speaker: str


@dataclass(frozen=True)
class MixRow:
    """A saved mix, as a sentence and as the script loads it."""

    id: int
    name: str
    by: str
    gains: Mapping[str, Any]


@dataclass(frozen=True)
class MixerView:
    """Everything the page shows."""

    strips: tuple[Strip, ...]
    sections: tuple[SectionView, ...]
    mixes: tuple[MixRow, ...]
    seconds: float
    size_bytes: int
    least_db: int
    most_db: int
    drawing: Mapping[str, Any]


def mixer_view(version: Version, *, user: User) -> MixerView:
    """Return the mixer of a ready version: three queries."""
    stems = {row.name: row for row in version.assets.filter(kind=VersionAsset.Kind.STEM)}
    strips = _strips(stems, version, user)
    mixes = tuple(_mix(mix) for mix in version.mixes.select_related("created_by"))
    sections = sections_of(version, list(version.bars.all()))
    return MixerView(
        strips=strips,
        sections=sections,
        mixes=mixes,
        seconds=(version.duration_ms or 0) / 1000,
        size_bytes=sum(row.size_bytes for row in stems.values()),
        least_db=int(MIX_GAIN_MIN_DB),
        most_db=int(MIX_GAIN_MAX_DB),
        drawing={
            "strips": [[s.key, list(s.urls), s.speaker] for s in strips],
            "sections": [[section.start_s, section.end_s] for section in sections],
            "mixes": {str(mix.id): mix.gains for mix in mixes},
        },
    )


def strip_keys(version: Version) -> tuple[str, ...]:
    """Return the keys of the strips that a version has: one query."""
    names = version.assets.filter(kind=VersionAsset.Kind.STEM).values_list("name", flat=True)
    held = set(names)
    known = [key for key, _label, parts in STRIPS if held.intersection(parts)]
    return (*known, *_strays(held))


def _strays(held: set[str]) -> tuple[str, ...]:
    """Return stems that no strip knows, of an engine that has others: each is a strip of its own."""
    known = {part for _key, _label, parts in STRIPS for part in parts}
    return tuple(sorted(held - known))


def _strips(stems: Mapping[str, VersionAsset], version: Version, user: User) -> tuple[Strip, ...]:
    wanted = [(key, str(label), parts) for key, label, parts in STRIPS]
    wanted += [(name, name, (name,)) for name in _strays(set(stems))]
    found: list[Strip] = []
    for key, label, parts in wanted:
        held = [stems[part] for part in parts if part in stems]
        if held:
            urls = tuple(asset_url(row, version.song, user, inline=True) for row in held)
            names = ", ".join(row.name for row in held)
            found.append(Strip(key, len(found) + 1, label, names, urls, held[0].name))
    return tuple(found)


def _mix(mix: SavedMix) -> MixRow:
    by = mix.created_by.display_name if mix.created_by is not None else ""
    return MixRow(mix.pk, mix.name, by, mix.gains)


def gains_of_stems(version: Version, gains: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gains of strips as those of the stems behind them: one query."""
    held = version.assets.filter(kind=VersionAsset.Kind.STEM).values_list("name", flat=True)
    parts = {key: parts for key, _label, parts in STRIPS}
    return {
        stem: gain
        for key, gain in gains.items()
        for stem in parts.get(key, (key,))
        if stem in set(held)
    }
