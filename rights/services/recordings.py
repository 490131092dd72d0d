"""Recordings: found or made by their ISRC; every fact kept with its source, the best believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from rights.domain.facts import FIELDS, TEXT_MAX, Fact, believed, is_told
from rights.models import CatalogueListing, OwnerHint, Party, Recording, RecordingFact
from rights.services.parties import party_find_or_create

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from rights.catalogue.types import Album, Song
    from rights.domain.hints import NameHint

CONFIDENT_PPM = 900_000
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True)
class Told:
    """What one source tells of one recording. ``values`` go by the names of ``facts.FIELDS``."""

    isrc: str
    source: str
    values: Mapping[str, object]
    confidence_ppm: int = CONFIDENT_PPM
    raw_ref: str = ""
    origin: str = Recording.Origin.APPLE_MUSIC


@dataclass(frozen=True)
class Listed:
    """Under which id a storefront sells it."""

    storefront: str
    apple_music_id: str
    url: str = ""
    playable: bool = True
    preferred: bool = False
    fetched_at: datetime = field(default_factory=timezone.now)


@transaction.atomic
def recording_upsert(
    *, told: Told, listings: Iterable[Listed] = (), hints: Iterable[NameHint] = ()
) -> Recording:
    """Return the recording of ``told.isrc`` with what is believed of it now.

    A fact that its source said before is not written again. The columns follow from all facts
    alone (``rights.domain.facts``), so the order in which sources answer does not matter.

    Raises
    ------
    IntegrityError
        If the ISRC is none, or no source ever told a title.
    """
    with connection.cursor() as cursor:  # two jobs may meet the same recording for the first time
        cursor.execute(LOCK, [f"rights.recording:{told.isrc}"])
    recording = Recording.objects.select_for_update().filter(isrc=told.isrc).first()
    is_new = recording is None
    if recording is None:
        title = str(told.values.get("title") or "")[: TEXT_MAX["title"]]
        recording = Recording.objects.create(
            isrc=told.isrc, origin=told.origin, title=title, artist=""
        )
    has_more = _facts_add(recording, told)
    if has_more or is_new:
        _believe(recording)
    _list(recording, listings)
    hints_add(recording=recording, hints=hints)
    return recording


def told_by_song(song: Song) -> Told:
    """Return what Apple Music tells of a recording: the song, and its release if it came along."""
    release: Album | None = song.release
    values: dict[str, object] = {
        "title": song.title,
        "artist": song.artist,
        "album": song.album,
        "duration_ms": song.duration_ms,
        "release_date": song.release_date.isoformat() if song.release_date else None,
        "explicit": song.explicit,
        "artwork_url": song.artwork_url,
        "artwork_colour": song.artwork_colour.lower(),
        "preview_url": song.preview_url,
        "artists": [song.artist] if song.artist else [],
    }
    if release is not None:
        values |= {"label_name": release.label, "p_line": release.p_line, "upc": release.upc}
    return Told(song.isrc, "apple_music", values, raw_ref=f"apple_music:song:{song.id}")


def listed(songs: Iterable[Song], *, storefront: str, preferred_id: str) -> list[Listed]:
    """Return the addresses of one recording in one storefront; one of them is preferred."""
    return [
        Listed(storefront, song.id, song.url, song.playable, song.id == preferred_id)
        for song in songs
    ]


def hints_add(*, recording: Recording, hints: Iterable[NameHint]) -> None:
    """Keep hints of ownership; one that its source gave before is not written again."""
    known = set(recording.owner_hints.values_list("source", "role", "normalised"))
    fresh = {(hint.source, hint.role, hint.normalised): hint for hint in hints}
    OwnerHint.objects.bulk_create(
        OwnerHint(
            recording=recording,
            source=hint.source,
            role=hint.role,
            name=hint.name[:255],
            normalised=hint.normalised[:255],
            confidence_ppm=hint.confidence_ppm,
            raw_ref=hint.raw_ref[:200],
        )
        for key, hint in fresh.items()
        if key not in known
    )


def _facts_add(recording: Recording, told: Told) -> bool:
    """Write what is new; return whether anything was."""
    last: dict[str, object] = {}
    for fact in recording.facts.filter(source=told.source).order_by("id"):
        last[fact.field] = fact.value
    fresh = [
        RecordingFact(
            recording=recording,
            field=name,
            value=value,
            source=told.source,
            confidence_ppm=told.confidence_ppm,
            raw_ref=told.raw_ref[:200],
        )
        for name, value in told.values.items()
        if name in FIELDS and is_told(value) and last.get(name) != value
    ]
    RecordingFact.objects.bulk_create(fresh)
    return bool(fresh)


def _believe(recording: Recording) -> None:
    """Fill the columns from the facts."""
    facts = [Fact(f.field, f.value, f.source, f.pk) for f in recording.facts.all()]
    for name, value in believed(facts).items():
        setattr(recording, name, _column(name, value))
    if recording.label_name:
        recording.label = party_find_or_create(name=recording.label_name, kind=Party.Kind.LABEL)
    recording.save()


def _column(name: str, value: object) -> Any:
    if name == "release_date":
        return date.fromisoformat(str(value))
    if name in TEXT_MAX:
        return str(value)[: TEXT_MAX[name]]
    return value


def _list(recording: Recording, listings: Iterable[Listed]) -> None:
    """Keep the addresses; a preferred one takes the place of the one before."""
    for address in listings:
        if address.preferred:
            recording.listings.filter(storefront=address.storefront, preferred=True).exclude(
                apple_music_id=address.apple_music_id
            ).update(preferred=False)
        CatalogueListing.objects.update_or_create(
            storefront=address.storefront,
            apple_music_id=address.apple_music_id,
            defaults={
                "recording": recording,
                "url": address.url[:1000],
                "playable": address.playable,
                "preferred": address.preferred,
                "fetched_at": address.fetched_at,
            },
        )
