"""The stems as a ZIP that any audio workstation takes: equal lengths from 0:00, plain names.

Nothing in it depends on the clock; samples go in block by block, so that apart from the stem at hand
only the running sum (8 bytes to the frame) is held. Files are stored, not deflated: samples do not
compress, and a workstation reads them faster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from generation.exports.errors import StemsUnequalError
from generation.exports.facts import SongFacts, file_slug
from generation.exports.quantise import BLOCK_FRAMES, FULL_SCALE, as_24_bits, require_stereo
from generation.exports.readme import stems_readme
from generation.exports.wav import pack_24, wav_header

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
SILENT_DB = -200.0


@dataclass(frozen=True, slots=True)
class StemsReport:
    """What was written: names in order, and how far the sum of the stems is from the mix.

    The residual is in dB below full scale, its peak and its root mean square.
    """

    names: tuple[str, ...]
    residual_peak_dbfs: float
    residual_rms_dbfs: float


def write_stems_zip(
    out: BinaryIO,
    stems: Mapping[str, NDArray[np.float32]],
    mix: NDArray[np.float32],
    rate_hz: int,
    *,
    facts: SongFacts,
    midi: bytes,
) -> StemsReport:
    """Write the archive to ``out``: stems by part, MIDI, ``metadata.json`` and ``README.txt``.

    ``stems`` may be read from disk one at a time; ``mix`` is what they should add up to.

    Raises
    ------
    StemsUnequalError
        If there are no stems, or one is not as long as the mix.
    AudioUnfitError
        If a stem is not stereo, empty, or not finite.
    """
    require_stereo(mix)
    if not stems:
        raise StemsUnequalError("there are none")
    total = np.zeros(mix.shape, np.int32)
    names = stem_names(stems, facts)
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for number, (part, name) in enumerate(names.items()):
            stem = stems[part]
            require_stereo(stem)
            if len(stem) != len(mix):
                raise StemsUnequalError(f"{part} has {len(stem)} samples, the mix {len(mix)}")
            with _member(archive, name, size=44 + 6 * len(stem)) as file:
                file.write(wav_header(len(stem), rate_hz))
                _write_samples(file, stem, total, number)
        report = _report(tuple(names.values()), total, mix)
        _put(archive, f"MIDI/{file_slug(facts.title)}.mid", midi)
        _put(archive, "metadata.json", _metadata(facts, report, rate_hz, len(mix)))
        _put(archive, "README.txt", stems_readme(facts, report.residual_peak_dbfs).encode())
    return report


def stem_names(parts: Mapping[str, object], facts: SongFacts) -> dict[str, str]:
    """Return the file of each part, numbered in the order of a mixing desk."""
    known = [part for part in ORDER if part in parts]
    others = sorted(part for part in parts if part not in ORDER)
    return {
        part: f"Stems/{n:02}_{file_slug(part)}_{facts.bpm_text}bpm_{facts.key.slug}.wav"
        for n, part in enumerate(known + others, 1)
    }


def _write_samples(
    file: IO[bytes], stem: NDArray[np.float32], total: NDArray[np.int32], number: int
) -> None:
    for start in range(0, len(stem), BLOCK_FRAMES):
        block = as_24_bits(stem[start : start + BLOCK_FRAMES], number)
        total[start : start + len(block)] += block
        file.write(pack_24(block))


def _report(
    names: tuple[str, ...], total: NDArray[np.int32], mix: NDArray[np.float32]
) -> StemsReport:
    peak, power = 0.0, 0.0
    for start in range(0, len(mix), BLOCK_FRAMES):
        part = slice(start, start + BLOCK_FRAMES)
        apart = total[part] / FULL_SCALE - mix[part].astype(np.float64)
        peak = max(peak, float(np.abs(apart).max()))
        power += float(np.square(apart).sum())
    return StemsReport(names, _db(peak), _db((power / mix.size) ** 0.5))


def _db(level: float) -> float:
    return round(max(20 * float(np.log10(level)), SILENT_DB), 1) if level > 0 else SILENT_DB


def _metadata(facts: SongFacts, report: StemsReport, rate_hz: int, frames: int) -> bytes:
    """Return what programs read."""
    content = {
        "title": facts.title,
        "artist": facts.artist,
        "bpm": round(facts.bpm, 4),
        "key": facts.key.name,
        "metre": "4/4",
        "tuning_hz": 440,
        "duration_s": round(facts.seconds, 3),
        "stems": {
            "files": list(report.names),
            "sample_rate_hz": rate_hz,
            "bits": 24,
            "frames": frames,
            "sum_minus_mix_peak_dbfs": report.residual_peak_dbfs,
            "sum_minus_mix_rms_dbfs": report.residual_rms_dbfs,
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
