"""Songs as they stand after the engine's work: versions, bars, layers, files; without the engine."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import random
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from config.jobs import registry
from config.lib import blobs
from generation.models import (
    BaseModel,
    BaseModelItem,
    Song,
    Version,
    VersionAsset,
    VersionBar,
    VersionLayer,
    VersionSource,
)
from generation.selectors.wanted import ON_DEMAND
from generation.services.requests import KIND
from rights.domain.allocation import allocate
from rights.models import SongSet, SongSetEntry
from tests.jobs.factories import make_job
from tests.library.factories import make_analysis
from tests.rights.factories import make_song_set

if TYPE_CHECKING:
    from accounts.models import Organisation

NUMBERS = itertools.count(1)
PPM, BASE_PPM = 1_000_000, 330_000
FORM = (("intro", 4), ("verse", 8), ("chorus", 8), ("bridge", 4), ("chorus", 4), ("chorus", 4))
LAYERS = ("melody", "harmony", "drums", "bass", "accompaniment", "form", "sound")
STEMS = ("Lead", "Comp", "Pad", "Bass", "Kick", "Snare")
STEMS_LEFT = {"peak_dbfs": -112.0, "rms_dbfs": -122.0}
FILES = {
    "master_wav": ("audio/wav", ".wav"),
    "flac": ("audio/flac", ".flac"),
    "mp3": ("audio/mpeg", ".mp3"),
    "aac": ("audio/mp4", ".m4a"),
    "midi": ("audio/midi", ".mid"),
    "stems_zip": ("application/zip", ".zip"),
    "lead_sheet": ("application/pdf", ".pdf"),
    "musicxml": ("application/vnd.recordare.musicxml+xml", ".musicxml"),
    "report": ("application/json", ".json"),
}


def make_base_model() -> BaseModel:
    """Return the one base model: two patterns of the project, frozen."""
    found = BaseModel.objects.filter(revision="base-test").first()
    if found is not None:
        return found
    digest = hashlib.sha256(b"base").hexdigest()
    base = BaseModel.objects.create(
        revision="base-test", sha256=digest, artefact_key="sha256/ba/se/x", card={"patterns": 2}
    )
    for key in ("drums/one", "bass/one"):
        BaseModelItem.objects.create(
            base_model=base, kind="pattern", key=key, weight_ppm=500_000, sha256=digest
        )
    base.frozen_at = timezone.now()
    base.save(update_fields=["frozen_at"])
    return base


@transaction.atomic
def make_frozen_set(organisation: Organisation) -> SongSet:
    """Save a set of ten matched songs, frozen as the making of a song does."""
    song_set = make_song_set(organisation, 10, matched=True)
    entries = list(song_set.entries.select_related("track__match"))
    for entry in entries:
        entry.recording_id = entry.track.match.recording_id
    SongSetEntry.objects.bulk_update(entries, ["recording"])
    song_set.frozen_at = timezone.now()
    song_set.save(update_fields=["frozen_at"])
    return song_set


def measure(song_set: SongSet) -> None:
    """Let the ten be measured, without which nothing new is made of them."""
    for entry in song_set.entries.select_related("track"):
        make_analysis(entry.track)


def make_song(
    organisation: Organisation, title: str = "", *, song_set: SongSet | None = None
) -> Song:
    """Save a song without versions."""
    number = next(NUMBERS)
    return Song.objects.create(
        organisation=organisation,
        song_set=song_set or make_frozen_set(organisation),
        title=title or f"Made {number}",
        idem=f"made-{number}",
    )


def make_finished_song(organisation: Organisation, title: str = "", **fields: Any) -> Song:
    """Save a song with one ready version, which is its present one."""
    song = make_song(organisation, title, song_set=fields.pop("song_set", None))
    song.current = make_version(song, **fields)
    song.save(update_fields=["current"])
    return song


@transaction.atomic
def make_version(
    song: Song, *, state: str = "ready", files: dict[str, bytes] | None = None, **fields: Any
) -> Version:
    """Save a version in ``state`` with its sources; a ready one has bars, layers and files.

    ``files`` are contents by kind, and ``stem:<name>`` for stems; but for the waveform, what is not
    given is a row without a file behind it, and what is made on demand is not there.
    """
    number = song.versions.count() + 1
    ready = {
        "tempo_bpm": fields.pop("bpm", 120.0),
        "key_pitch_class": fields.pop("tonic", 9),
        "key_mode": fields.pop("mode", "minor"),
        "audio_sha256": fields.pop(
            "audio_sha256", hashlib.sha256(f"{song.pk} {number}".encode()).hexdigest()
        ),
    }
    job_state = {"pending": "queued", "ready": "succeeded"}.get(state, state)
    steps = list(registry.get(KIND).steps)
    job = fields.pop("job", None) or make_job(
        job_state, tenant=song.organisation_id, kind=KIND, title=song.title, steps=steps
    )
    wanted: dict[str, Any] = {"number": number, "seed": number, "idem": f"version-{number}"}
    wanted |= {"engine": "mosaic", "engine_revision": "1", "policy": "v1", "job": job}
    version = Version.objects.create(song=song, **(wanted | fields))
    _sources(version)
    if state == "ready":
        _make_ready(version, ready, files or {})
    elif state != "pending":
        Version.objects.filter(pk=version.pk).update(
            state=state,
            refusal_code="generation.quality" if state == "failed" else "",
            refusal="Five tries did not pass the checks." if state == "failed" else "",
        )
    version.refresh_from_db()
    return version


def _sources(version: Version) -> None:
    entries = version.song.song_set.entries.select_related("recording").order_by("position")
    weights = allocate(PPM - BASE_PPM, {e.position: e.weight_ppm for e in entries}).amounts
    rows = [
        VersionSource(
            version=version,
            position=entry.position,
            pool="references",
            recording=entry.recording,
            isrc=entry.recording.isrc,
            title=entry.recording.title,
            artist=entry.recording.artist,
            weight_ppm=weights[entry.position],
        )
        for entry in entries
    ]
    base = VersionSource(
        version=version, position=11, pool="catalogue", title="Base model", weight_ppm=BASE_PPM
    )
    VersionSource.objects.bulk_create([*rows, base])


def _make_ready(version: Version, ready: dict[str, Any], files: dict[str, bytes]) -> None:
    chance = random.Random(version.number)
    sources = {row.key: row for row in version.sources.all()}
    bar_ms = round(240_000 / ready["tempo_bpm"])
    bars: list[Any] = []
    at = 0
    for section, count in FORM:
        chosen = chance.sample([key for key in sources if key != "base"], 4)
        for _bar in range(count):
            weights = {key: chance.randint(1, 9) for key in chosen}
            shares = dict(allocate(670_000, weights).amounts) | {"base": 330_000}
            bars.append(
                VersionBar(
                    version=version,
                    number=len(bars) + 1,
                    start_ms=at,
                    end_ms=at + bar_ms,
                    section=section,
                    shares=shares,
                    why=_why(chosen),
                )
            )
            at += bar_ms
    VersionBar.objects.bulk_create(bars)
    layers = []
    for layer in LAYERS:
        weights = {key: chance.randint(0, 9) + (key == "base") for key in sources}
        shares = {key: ppm for key, ppm in allocate(PPM, weights).amounts.items() if ppm}
        layers.append(VersionLayer(version=version, layer=layer, shares=shares))
    VersionLayer.objects.bulk_create(layers)
    held: dict[str, int] = dict.fromkeys(sources, 0)
    for bar in bars:
        for key, ppm in bar.shares.items():
            held[key] += ppm
    for key, ppm in allocate(PPM, held).amounts.items():
        sources[key].share_ppm = ppm
    VersionSource.objects.bulk_update(sources.values(), ["share_ppm"])
    _files(version, files, duration_ms=at)
    Version.objects.filter(pk=version.pk).update(
        **ready,
        state="ready",
        used_seed=version.seed,
        base_model=make_base_model(),
        duration_ms=at,
        passed=True,
        ready_at=timezone.now(),
        figures=_figures(bar_ms),
    )


def _why(chosen: list[str]) -> list[dict[str, Any]]:
    """Return what a bar took of its sources: chords and a rhythm that an analysis found, and more."""
    found = {"bars": [9, 12], "at_ms": 15_000}
    return [
        {"layer": "melody", "what": "rhythm", "source": chosen[0], "percent": 60, **found},
        {"layer": "melody", "what": "glue", "source": "", "percent": 40},
        {"layer": "harmony", "what": "harmony", "source": chosen[1], "percent": 75, **found},
        {"layer": "harmony", "what": "base", "source": "base", "percent": 25},
        {"layer": "drums", "what": "drums", "source": chosen[2], "percent": 100},
        {
            "layer": "accompaniment",
            "what": "pad",
            "source": "base",
            "percent": 100,
            "name": "close-warm",
        },
    ]


def _figures(bar_ms: int) -> dict[str, Any]:
    sections, bar = [], 0
    for role, count in FORM:
        start_s, end_s = bar * bar_ms / 1000, (bar + count) * bar_ms / 1000
        sections.append({"role": role, "bars": count, "start_s": start_s, "end_s": end_s})
        bar += count
    return {
        "sections": sections,
        "chords": [],
        "lufs": -14.0,
        "true_peak_dbtp": -1.2,
        "stems": STEMS_LEFT,
    }


def _files(version: Version, files: dict[str, bytes], *, duration_ms: int) -> None:
    peaks = {
        "version": 2,
        "channels": 1,
        "sample_rate": 8000,
        "samples_per_pixel": 8 * duration_ms // 1000,
        "bits": 8,
        "length": 1000,
        "data": [
            side * (20 + 90 * ((at * 7919) % 101) // 101) for at in range(1000) for side in (-1, 1)
        ],
    }
    given = {"peaks_overview": json.dumps(peaks).encode()} | files
    rows = []
    at_once = [kind for kind in FILES if kind == "aac" or kind not in ON_DEMAND]
    for place in dict.fromkeys([*at_once, *(f"stem:{name}" for name in STEMS), *given]):
        kind, _colon, name = place.partition(":")
        content_type, suffix = FILES.get(kind, ("audio/mp4", ".m4a"))
        if kind == "peaks_overview":
            content_type, suffix = "application/json", ".json"
        content = given.get(place)
        nowhere = f"sha256/00/00/{0:064x}{suffix}"
        rows.append(
            VersionAsset(
                version=version,
                kind=kind,
                name=name,
                key=nowhere if content is None else blobs.put(io.BytesIO(content), suffix=suffix),
                content_type=content_type,
                size_bytes=len(content or b"nothing"),
            )
        )
    VersionAsset.objects.bulk_create(rows)
