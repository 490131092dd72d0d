"""From rows to what an engine takes: analyses with corrections, spectra, the base model, the parent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING

from config.lib import blobs
from generation.engines.base import BaseCatalogue, GenerationSpec, SourceInput
from generation.models import VersionAsset, VersionSource
from generation.tasks.spectra import audio_of, spectra_of
from library.selectors.track_corrections import analysis_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generation.engines.base import EngineCard
    from generation.models import Version
    from rights.models import SongSetEntry


def spec_of(version: Version, entries: Sequence[SongSetEntry]) -> GenerationSpec:
    """Return the spec of a version; the same rows give the same spec.

    Raises
    ------
    FileNotFoundError
        If the base model or the parent's composition is not in storage any more.
    """
    sources = {row.isrc: row for row in version.sources.all()}
    weight_ppm = {row.pool: row.weight_ppm for row in sources.values()}
    base, parent = version.base_model, version.parent
    if base is None:
        msg = f"version {version.pk} has no base model"
        raise RuntimeError(msg)
    spectra = spectra_of([entry.track for entry in entries])
    return GenerationSpec(
        sources=tuple(
            _source(entry, sources[entry.recording.isrc], spectra[entry.track.audio_sha256])
            for entry in sorted(entries, key=lambda entry: entry.position)
            if entry.recording is not None
        ),
        base=BaseCatalogue(
            revision=base.revision,
            sha256=base.sha256,
            content=_read(base.artefact_key),
            weight_ppm=weight_ppm[VersionSource.Pool.CATALOGUE],
        ),
        options=version.options,
        seed=version.seed,
        parent=_archive(parent) if parent is not None else None,
        edit=version.edit or None,
    )


def spec_key(card: EngineCard, spec: GenerationSpec) -> str:
    """Return a hash of everything that the result depends on."""
    told = {
        "engine": [card.key, card.revision],
        "sources": [
            # Not asdict(), which would first copy all that was measured of ten songs.
            {**{field.name: getattr(source, field.name) for field in fields(source)}, "audio": None}
            for source in sorted(spec.sources, key=lambda source: source.isrc)
        ],
        "base": [spec.base.sha256, spec.base.weight_ppm],
        "options": dict(spec.options),
        "seed": spec.seed,
        "parent": hashlib.sha256(spec.parent).hexdigest() if spec.parent else None,
        "edit": spec.edit,
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _source(entry: SongSetEntry, row: VersionSource, spectrum: tuple[float, ...]) -> SourceInput:
    track = entry.track
    return SourceInput(
        title=row.title,
        artist=row.artist,
        isrc=row.isrc,
        weight_ppm=row.weight_ppm,
        analysis=analysis_of(track),
        spectrum=spectrum,
        audio=lambda: audio_of(track),
    )


def _archive(parent: Version) -> bytes:
    return _read(parent.assets.get(kind=VersionAsset.Kind.ARCHIVE).key)


def _read(key: str) -> bytes:
    with blobs.open_blob(key) as stream:
        content: bytes = stream.read()
    return content
