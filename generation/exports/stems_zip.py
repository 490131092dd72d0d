"""The stems as a ZIP that any audio workstation takes: equal lengths from 0:00, plain names.

Made when somebody asks, from the FLACs in storage. Nothing in it depends on the clock, and samples
go in block by block. Files are stored, not deflated: samples do not compress, and a workstation
reads them faster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from generation.exports.errors import StemsUnequalError
from generation.exports.facts import SongFacts, file_slug
from generation.exports.readme import stems_readme
from generation.exports.stems import STEM_BITS, Residual
from generation.exports.stored import StoredFlac
from generation.exports.wav import FRAME_BYTES, HEADER_BYTES, pack_24, wav_header

ORDER = (
    "Kick",
    "Snare",
    "Hats",
    "Percussion",
    "Bass",
    "Comp",
    "Pad",
    "Arp",
    "Lead",
    "Double",
    "Effects",
)
"""As mixing desks are laid out: from the drums to the voice."""
CLOCK = (1980, 1, 1, 0, 0, 0)
UNIX, MODE = 3, 0o644 << 16
Opener = Callable[[], BinaryIO]


def write_stems_zip(
    out: BinaryIO,
    stems: Mapping[str, Opener],
    *,
    facts: SongFacts,
    midi: bytes,
    residual: Residual,
    progress: Callable[[float], None] = lambda _share: None,
) -> None:
    """Write the archive to ``out``: stems by part, MIDI, ``metadata.json`` and ``README.txt``.

    ``stems`` open what :class:`StemWriter` wrote; each is closed again. ``residual`` is what it
    measured, ``progress`` hears which part of the stems is written.

    Raises
    ------
    StemsUnequalError
        If there are no stems, or they are not of one length and rate.
    AudioUnfitError
        If one is not what was stored.
    """
    if not stems:
        raise StemsUnequalError("there are none")
    names = stem_names(stems, facts)
    length: tuple[int, int] | None = None
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for done, (part, name) in enumerate(names.items(), start=1):
            with stems[part]() as stream:
                stem = StoredFlac(stream)
                length = length or (stem.frames, stem.rate_hz)
                if (stem.frames, stem.rate_hz) != length:
                    raise StemsUnequalError(f"{part} has {stem.frames} samples, not {length[0]}")
                _put_wav(archive, name, stem)
            progress(done / len(names))
        _put(archive, f"MIDI/{file_slug(facts.title)}.mid", midi)
        told = _metadata(facts, tuple(names.values()), residual, length or (0, 0))
        _put(archive, "metadata.json", told)
        _put(archive, "README.txt", stems_readme(facts, residual.peak_dbfs).encode())


def stem_names(parts: Mapping[str, object], facts: SongFacts) -> dict[str, str]:
    """Return the file of each part, numbered in the order of a mixing desk."""
    known = [part for part in ORDER if part in parts]
    others = sorted(part for part in parts if part not in ORDER)
    return {
        part: f"Stems/{n:02}_{file_slug(part)}_{facts.bpm_text}bpm_{facts.key.slug}.wav"
        for n, part in enumerate(known + others, 1)
    }


def _put_wav(archive: ZipFile, name: str, stem: StoredFlac) -> None:
    with _member(archive, name, size=HEADER_BYTES + FRAME_BYTES * stem.frames) as file:
        file.write(wav_header(stem.frames, stem.rate_hz))
        for block in stem.blocks():
            file.write(pack_24(block))


def _metadata(
    facts: SongFacts, names: tuple[str, ...], residual: Residual, length: tuple[int, int]
) -> bytes:
    """Return what programs read; ``length`` is in samples, with their rate in Hz."""
    content = {
        "title": facts.title,
        "artist": facts.artist,
        "bpm": round(facts.bpm, 4),
        "key": facts.key.name,
        "metre": "4/4",
        "tuning_hz": 440,
        "duration_s": round(facts.seconds, 3),
        "stems": {
            "files": list(names),
            "sample_rate_hz": length[1],
            "bits": 24,
            "significant_bits": STEM_BITS,
            "frames": length[0],
            "sum_minus_mix_peak_dbfs": residual.peak_dbfs,
            "sum_minus_mix_rms_dbfs": residual.rms_dbfs,
        },
        "sections": [
            {
                "name": s.name,
                "bar": s.bar,
                "start_s": round(s.start_s, 3),
                "end_s": round(s.end_s, 3),
            }
            for s in facts.sections
        ],
        "chords": [{"start_s": round(at, 3), "chord": name} for at, name in facts.chords],
        "sources": [
            {"title": s.title, "artist": s.artist, "isrc": s.isrc, "share_ppm": s.share_ppm}
            for s in facts.sources
        ],
        "base_model_share_ppm": facts.base_ppm,
        "licence": facts.licence,
        "ai": {"composed_by": facts.engine, "rendered_by": facts.engine},
        "receipt": facts.receipt,
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def _member(archive: ZipFile, name: str, *, size: int) -> IO[bytes]:
    info = ZipInfo(name, CLOCK)
    info.create_system, info.external_attr, info.file_size = UNIX, MODE, size
    return archive.open(info, "w")


def _put(archive: ZipFile, name: str, content: bytes) -> None:
    with _member(archive, name, size=len(content)) as file:
        file.write(content)
