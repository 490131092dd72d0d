"""The files of a version that are made with it: what is played, the notes, the stems, the report.

What anybody may want besides (WAV, MP3, all stems in one archive) is made when it is asked for, from
the FLACs written here: ``tasks.wanted``.
"""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, BinaryIO

from config.lib import blobs
from generation.exports.encode import CONTENT_TYPES, SUFFIXES, master_sha256
from generation.exports.lead_sheet import lead_sheet_musicxml, lead_sheet_pdf
from generation.exports.wav import wav_blocks
from generation.models import VersionAsset
from generation.tasks.facts import facts_of, tags_of
from library.analysis.peaks import peaks_as_json, peaks_overview, peaks_zoom

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from generation.engines.base import GenerationResult, Sound
    from generation.exports.facts import SongFacts
    from generation.exports.tags import Tags
    from generation.models import Version
    from generation.tasks.encodings import Encodings

    Progress = Callable[[float, float], None]

Kind = VersionAsset.Kind
ENCODED = {
    "stem": (Kind.STEM, ".flac", "audio/flac"),
    "flac": (Kind.FLAC, SUFFIXES["flac"], CONTENT_TYPES["flac"]),
    "aac": (Kind.AAC, SUFFIXES["aac"], CONTENT_TYPES["aac"]),
    "mp3_320": (Kind.MP3, SUFFIXES["mp3_320"], CONTENT_TYPES["mp3_320"]),
}
ZOOM_SAMPLES_PER_POINT = 256


def written(
    version: Version,
    result: GenerationResult,
    encodings: Encodings,
    *,
    also: Collection[str] = (),
    progress: Progress,
) -> dict[str, Any]:
    """Make and store every file; return them with the hash and length of the master, and chords.

    Given the version, they are the same bytes: none names the time. ``also`` names kinds of
    ``selectors.wanted.AT_ONCE`` that somebody waits for.
    """
    sound = result.sound()
    tags = tags_of(version)
    # While copies encode: what takes them longest is what everybody waits for.
    files, chords = _beside(version, result, sound)
    wav, audio_sha256 = _master(sound, tags, is_wanted=Kind.MASTER_WAV in also)
    files += wav
    progress(0.3, 1.0)

    def keep(encoding: str, name: str, path: Path) -> None:
        kind, suffix, content_type = ENCODED[encoding]
        with path.open("rb") as file:
            files.append(_put(file, kind, suffix, content_type, name))

    residual = encodings.finish(sound, keep)
    progress(0.95, 1.0)
    told = {
        "chords": chords,
        "stems": asdict(residual),
        "duration_ms": round(1000 * len(sound.audio) / sound.rate),
        "audio_sha256": audio_sha256,
    }
    files.append(_report(version, result, told))
    return {**told, "files": files}


def _beside(
    version: Version, result: GenerationResult, sound: Sound
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Store everything but the sound itself; return it with the chords."""
    files = [
        _put(result.midi, Kind.MIDI, ".mid", "audio/midi"),
        _put(result.archive, Kind.ARCHIVE, ".json.gz", "application/gzip"),
        *_peaks(sound),
    ]
    chords: list[dict[str, Any]] = []
    if result.score is not None:
        facts = facts_of(version, result.score, result.attribution.song)
        chords = _chords(facts)
        files += _lead_sheets(result, facts)
    return files, chords


def _master(sound: Sound, tags: Tags, *, is_wanted: bool) -> tuple[list[dict[str, Any]], str]:
    """Store the WAV if somebody waits for it; return it with its hash, which the receipt names."""
    if not is_wanted:
        return [], master_sha256(sound.audio, sound.rate, tags)
    with tempfile.TemporaryFile(prefix="wav-") as file:
        for block in wav_blocks(sound.audio, sound.rate, tags.of_master().named()):
            file.write(block)
        file.seek(0)
        kept = _put(file, Kind.MASTER_WAV, SUFFIXES["wav24"], CONTENT_TYPES["wav24"])
    return [kept], blobs.digest_of(kept["key"])


def _lead_sheets(result: GenerationResult, facts: SongFacts) -> Iterator[dict[str, Any]]:
    if result.score is None:
        return
    pdf = lead_sheet_pdf(result.score, facts)
    yield _put(pdf, Kind.LEAD_SHEET, ".pdf", "application/pdf")
    xml = lead_sheet_musicxml(result.score, facts)
    yield _put(xml, Kind.MUSICXML, ".musicxml", "application/vnd.recordare.musicxml+xml")


def _peaks(sound: Sound) -> Iterator[dict[str, Any]]:
    zoom = peaks_zoom(sound.audio, sound.rate, samples_per_point=ZOOM_SAMPLES_PER_POINT)
    found = {Kind.PEAKS_OVERVIEW: peaks_overview(sound.audio, sound.rate), Kind.PEAKS_ZOOM: zoom}
    for kind, peaks in found.items():
        text = json.dumps(peaks_as_json(peaks), separators=(",", ":"))
        yield _put(text.encode(), kind, ".json", "application/json")


def _chords(facts: SongFacts) -> list[dict[str, Any]]:
    ends = [start for start, _name in facts.chords[1:]] + [facts.seconds]
    return [
        {"start_s": round(start, 3), "end_s": round(end, 3), "label": name}
        for (start, name), end in zip(facts.chords, ends, strict=True)
    ]


def _report(version: Version, result: GenerationResult, told: dict[str, Any]) -> dict[str, Any]:
    """Store ``report.json``: what the song is and how it did at the gate."""
    base = version.base_model
    said = {
        "title": version.song.title,
        "engine": {"key": version.engine, "revision": version.engine_revision},
        "base_model": {"revision": base.revision, "sha256": base.sha256} if base else None,
        "seed": result.used_seed,
        "asked_seed": version.seed,
        "options": version.options,
        "edit": version.edit,
        "tempo_bpm": result.tempo_bpm,
        "key": {"pitch_class": result.key_pitch_class, "mode": result.key_mode},
        "duration_s": told["duration_ms"] / 1000,
        "sections": result.figures.get("sections", []),
        "chords": told["chords"],
        "loudness": {
            name: result.figures.get(name) for name in ("lufs", "true_peak_dbtp", "lra_lu")
        },
        "stems": told["stems"],
        "shares_ppm": dict(result.attribution.song),
        "quality": {
            "passed": result.quality.passed,
            "tries": [dict(one) for one in result.quality.tries],
        },
        "audio_sha256": told["audio_sha256"],
    }
    text = json.dumps(said, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return _put(text.encode(), Kind.REPORT, ".json", "application/json")


def _put(
    content: bytes | BinaryIO, kind: str, suffix: str, content_type: str, name: str = ""
) -> dict[str, Any]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    key = blobs.put(stream, suffix=suffix)
    return {
        "kind": str(kind),
        "key": key,
        "content_type": content_type,
        "size_bytes": blobs.size(key),
        "name": name,
    }
