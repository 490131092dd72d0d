"""The page on which a version is changed: its sections, its layers, its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generation.constants import REFERENCES_PPM
from generation.selectors.sections import SectionView, sections_of
from generation.selectors.sources import SourceView, sources_of
from generation.selectors.standing import blocked_in
from generation.selectors.words import bpm_text
from rights.domain.allocation import PPM, allocate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def energy_of(version: Version, versions: Sequence[Version]) -> float:
    """Return the energy from 0 to 1 that was last asked for: by an edit on the way, else by the wish.

    ``versions`` are all of the song. An edit leaves the wishes of its parent as they stand.
    """
    by_id = {other.pk: other for other in versions}
    line: Version | None = version
    while line is not None:
        if line.edit.get("kind") == "energy":
            return float(line.edit["energy"])
        line = by_id.get(line.parent_id) if line.parent_id else None
    return float(version.options.get("energy", 0.5))


def changes_nothing(version: Version, edit: Mapping[str, Any], versions: Sequence[Version]) -> bool:
    """Say whether a checked edit asks for what the version is already."""
    kind = edit["kind"]
    if kind == "tempo":
        return bpm_text(edit["bpm"]) == bpm_text(version.tempo_bpm or 0.0)
    if kind == "key":
        key = (version.key_pitch_class, version.key_mode)
        return (edit["tonic"], edit.get("mode") or version.key_mode) == key
    if kind == "energy":
        return bool(edit["energy"] == energy_of(version, versions))
    if kind == "reweigh":
        held = {source.key: source.weight_ppm for source in sources_of(version)}
        points = allocate(REFERENCES_PPM, dict(edit["weights"])).amounts
        return all(held.get(key) == ppm for key, ppm in points.items())
    return False


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
