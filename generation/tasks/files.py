"""The files of a version: audio in four forms, stems, notes, waveforms, the report."""

from __future__ import annotations

import io
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.lib import blobs
from generation.exports.encode import CONTENT_TYPES, SUFFIXES, Tags, encode_all
from generation.exports.facts import SongFacts, SourceFact, song_facts
from generation.exports.lead_sheet import lead_sheet_musicxml, lead_sheet_pdf
from generation.exports.stems_zip import write_stems_zip
from generation.models import VersionAsset
from library.analysis.peaks import peaks_as_json, peaks_overview, peaks_zoom
from library.transcode.files import write_flac

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generation.engines.base import GenerationResult, Sound
    from generation.exports.encode import Kind as Encoding
    from generation.models import Version

    Progress = Callable[[float, float], None]

Kind = VersionAsset.Kind
ARTIST = "Tenfold, after ten songs"
LICENCE = "Commercial use: yes; what the song earns is divided as its receipt says."
RECEIPT = "receipt.json, or the page of the song."
ENCODINGS: dict[Encoding, str] = {
    "wav24": Kind.MASTER_WAV,
    "flac": Kind.FLAC,
    "mp3_320": Kind.MP3,
    "aac": Kind.AAC,
}
STEM_BITS = 16
"""Stems are for the mixer in the browser: lossless, and a fifth of the time AAC would take."""
ZOOM_SAMPLES_PER_POINT = 256


def written(version: Version, result: GenerationResult, *, progress: Progress) -> dict[str, Any]:
    """Make and store every file; return them with the hash and length of the master, and chords.

    No file names the version or the time, so the same song is the same bytes.
    """
    sound = result.sound()
    tags = Tags(title=version.song.title, artist=ARTIST)
    # The encoders leave the interpreter, so the rest is made on the other core meanwhile.
    with ThreadPoolExecutor(max_workers=1) as pool:
        encoding = pool.submit(encode_all, sound.audio, sound.rate, list(ENCODINGS), tags)
        files, chords = _beside(version, result, sound, progress)
        made = encoding.result()
    files += [
        _put(made[name], kind, SUFFIXES[name], CONTENT_TYPES[name])
        for name, kind in ENCODINGS.items()
    ]
    master = next(file for file in files if file["kind"] == Kind.MASTER_WAV)
    told = {
        "duration_ms": round(1000 * len(sound.audio) / sound.rate),
        "audio_sha256": blobs.digest_of(master["key"]),
        "chords": chords,
    }
    files.append(_report(version, result, told))
    return {**told, "files": files}


def _beside(
    version: Version, result: GenerationResult, sound: Sound, progress: Progress
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Store everything but the master, and return it with the chords."""
    files = [
        _put(result.midi, Kind.MIDI, ".mid", "audio/midi"),
        _put(result.archive, Kind.ARCHIVE, ".json.gz", "application/gzip"),
        *_peaks(sound),
    ]
    chords: list[dict[str, Any]] = []
    if result.score is not None:
        facts = _facts(version, result)
        chords = _chords(facts)
        files += [*_lead_sheets(version, result), _stems_zip(sound, facts, result.midi)]
    progress(0.35, 1.0)
    files += _stems(sound)
    progress(0.6, 1.0)
    return files, chords


def _stems(sound: Sound) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="stems-") as folder:
        path = Path(folder) / "stem.flac"
        for name, samples in sound.stems.items():
            write_flac(samples, sound.rate, path, bits=STEM_BITS)
            yield _put(path.read_bytes(), Kind.STEM, ".flac", "audio/flac", name)


def _stems_zip(sound: Sound, facts: SongFacts, midi: bytes) -> dict[str, Any]:
    with tempfile.TemporaryFile(prefix="stems-") as archive:
        write_stems_zip(archive, sound.stems, sound.mix, sound.rate, facts=facts, midi=midi)
        size = archive.tell()
        archive.seek(0)
        key = blobs.put(archive, suffix=".zip")
    return _row(Kind.STEMS_ZIP, key, "application/zip", size)


def _lead_sheets(version: Version, result: GenerationResult) -> Iterator[dict[str, Any]]:
    if result.score is None:
        return
    title = version.song.title
    pdf = lead_sheet_pdf(result.score, title=title)
    yield _put(pdf, Kind.LEAD_SHEET, ".pdf", "application/pdf")
    xml = lead_sheet_musicxml(result.score, title=title)
    yield _put(xml, Kind.MUSICXML, ".musicxml", "application/vnd.recordare.musicxml+xml")


def _peaks(sound: Sound) -> Iterator[dict[str, Any]]:
    zoom = peaks_zoom(sound.audio, sound.rate, samples_per_point=ZOOM_SAMPLES_PER_POINT)
    found = {Kind.PEAKS_OVERVIEW: peaks_overview(sound.audio, sound.rate), Kind.PEAKS_ZOOM: zoom}
    for kind, peaks in found.items():
        text = json.dumps(peaks_as_json(peaks), separators=(",", ":"))
        yield _put(text.encode(), kind, ".json", "application/json")


def _facts(version: Version, result: GenerationResult) -> SongFacts:
    """Return what README and metadata of the stems say."""
    if result.score is None:
        msg = "an engine without notes has no facts of them"
        raise ValueError(msg)
    shares = result.attribution.song
    rows = version.sources.exclude(isrc="").order_by("position")
    return song_facts(
        result.score,
        title=version.song.title,
        sources=tuple(
            SourceFact(row.title, row.artist, row.isrc, shares.get(row.isrc, 0)) for row in rows
        ),
        base_ppm=shares.get("base", 0),
        licence=LICENCE,
        engine=f"{version.engine} {version.engine_revision}",
        receipt=RECEIPT,
    )


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
    content: bytes, kind: str, suffix: str, content_type: str, name: str = ""
) -> dict[str, Any]:
    key = blobs.put(io.BytesIO(content), suffix=suffix)
    return _row(kind, key, content_type, len(content), name)


def _row(kind: str, key: str, content_type: str, size_bytes: int, name: str = "") -> dict[str, Any]:
    return {
        "kind": str(kind),
        "key": key,
        "content_type": content_type,
        "size_bytes": size_bytes,
        "name": name,
    }
