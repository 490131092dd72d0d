"""The page on which a version is changed: its sections, its layers, its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.constants import REFERENCES_PPM
from generation.selectors.sections import SectionView, sections_of
from generation.selectors.sources import SourceView, sources_of
from generation.selectors.standing import blocked_in
from rights.domain.allocation import PPM, allocate

if TYPE_CHECKING:
    from generation.models import Version


@dataclass(frozen=True)
class EditPage:
    """What can be changed, and as what it stands now. ``lost`` says whose consent is gone."""

    sections: tuple[SectionView, ...]
    roles: frozenset[str]
    sources: tuple[SourceView, ...]
    bpm: float | None
    key: str
    seconds: str
    lost: tuple[str, ...]


def edit_page(version: Version) -> EditPage:
    """Return the page of a ready version: five queries."""
    sections = sections_of(version, list(version.bars.all()))
    seconds = round((version.duration_ms or 0) / 10_000) * 10
    return EditPage(
        sections=sections,
        roles=frozenset(section.role for section in sections),
        sources=tuple(source for source in sources_of(version) if not source.is_base),
        bpm=version.tempo_bpm,
        key=f"{version.key_pitch_class}-{version.key_mode}",
        seconds=str(seconds),
        lost=blocked_in(version.song),
    )


def reweighed(version: Version, key: str, share_ppm: int) -> dict[str, int]:
    """Return weights within the pool of the ten in which one source has ``share_ppm`` of the song.

    The others keep their proportions among themselves. Empty if there is no source of that key, or
    if nobody would be left to take the rest.
    """
    held = {source.key: source.weight_ppm for source in sources_of(version) if not source.is_base}
    if key not in held or not 0 <= share_ppm <= REFERENCES_PPM:
        return {}
    others = {other: ppm for other, ppm in held.items() if other != key}
    rest = REFERENCES_PPM - share_ppm
    if rest and not any(others.values()):
        others = dict.fromkeys(others, 1)
    points = {key: share_ppm, **allocate(rest, others).amounts}
    return dict(allocate(PPM, points).amounts)
