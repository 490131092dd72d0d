"""The base model as one file: patterns of the project and units of recordings, frozen together.

Canonical JSON. The patterns are in it as their TOML texts, so that a song made years ago finds the
base model it was made with, whatever the pack in the program has become.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from generation.composition.base import FILES, PACK, UNIT_KINDS, BasePack, load_base_pack
from generation.composition.codec import from_plain, to_plain
from generation.composition.mining.source import mine_source
from generation.composition.units import SourceModel

FORMAT = 1


@dataclass(frozen=True)
class TrainingRecording:
    """A recording whose owner lets it be trained on, and what was measured of it."""

    isrc: str
    title: str
    artist: str
    owner: str
    analysis: Mapping[str, Any]


@dataclass(frozen=True)
class SnapshotItem:
    """One thing that the base model holds: how many units, and the hash of what it gave."""

    kind: str
    key: str
    units: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """A base model before it is stored: ``content`` is the file and ``sha256`` its hash."""

    revision: str
    sha256: str
    content: bytes
    items: tuple[SnapshotItem, ...]


def write_snapshot(recordings: Sequence[TrainingRecording], folder: Path = PACK) -> Snapshot:
    """Return the base model of the pack in ``folder`` and of ``recordings``.

    The same pack and analyses give the same bytes, whatever the order of the recordings.

    Raises
    ------
    SourceTooVagueError
        If nothing of a recording was measured clearly enough.
    BasePackInvalidError
        If a pattern of the pack is malformed.
    """
    pack = load_base_pack(folder)
    texts = {name: (folder / f"{name}.toml").read_text() for name in FILES}
    trained = [_trained(recording) for recording in sorted(recordings, key=lambda r: r.isrc)]
    content = _canonical(
        {
            "format": FORMAT,
            "pack": texts,
            "pack_revision": pack.revision,
            "pack_sha256": pack.sha256,
            "recordings": trained,
        }
    )
    digest = hashlib.sha256(content).hexdigest()
    items = [*_patterns(pack), *map(_recording, trained)]
    return Snapshot(f"{pack.revision}+{digest[:12]}", digest, content, tuple(items))


@lru_cache(maxsize=2)
def read_snapshot(content: bytes) -> BasePack:
    """Return the base model that :func:`write_snapshot` wrote.

    Raises
    ------
    ValueError
        If it was written in another format.
    """
    whole = json.loads(content)
    if whole["format"] != FORMAT:
        msg = f"a base model in format {whole['format']!r}; this program reads {FORMAT}"
        raise ValueError(msg)
    with tempfile.TemporaryDirectory(prefix="base-") as folder:
        for name, text in whole["pack"].items():
            (Path(folder) / f"{name}.toml").write_text(text)
        pack = load_base_pack.__wrapped__(Path(folder))
    digest = hashlib.sha256(content).hexdigest()
    revision = f"{pack.revision}+{digest[:12]}"
    models = [from_plain(one["units"], SourceModel) for one in whole["recordings"]]
    if not models:
        return replace(pack, revision=revision, sha256=digest)
    return pack.extended(models, revision, digest)


def _trained(recording: TrainingRecording) -> dict[str, Any]:
    model = mine_source(recording.isrc, recording.analysis)
    return {
        "isrc": recording.isrc,
        "title": recording.title,
        "artist": recording.artist,
        "owner": recording.owner,
        "units": to_plain(model, SourceModel),
    }


def _patterns(pack: BasePack) -> Iterator[SnapshotItem]:
    """Yield every authored pattern: it counts as one unit."""
    named: list[tuple[str, Any]] = [
        (unit.id, unit) for kind in UNIT_KINDS for unit in getattr(pack.source, kind)
    ]
    named += [(unit.id, unit) for loops in pack.loops.values() for unit in loops]
    named += [(f"base:plans/{plan.name}", plan) for plan in pack.forms]
    named += [(f"base:palettes/{palette.name}", palette) for palette in pack.palettes]
    for key, unit in sorted(named, key=lambda pair: pair[0]):
        yield SnapshotItem("pattern", key, 1, _hash(to_plain(unit, type(unit))))


def _recording(trained: Mapping[str, Any]) -> SnapshotItem:
    units = sum(len(trained["units"].get(kind, ())) for kind in (*UNIT_KINDS, "harmony"))
    return SnapshotItem("recording", trained["isrc"], units, _hash(trained["units"]))


def _hash(plain: Any) -> str:
    return hashlib.sha256(_canonical(plain)).hexdigest()


def _canonical(plain: Any) -> bytes:
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode("ascii")
