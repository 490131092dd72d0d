"""Recordings for what was heard: from our own books first, then from Apple Music.

Speaks HTTP, so nothing of it is called inside a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from rights.catalogue.matching import pick_song
from rights.catalogue.types import CatalogueError
from rights.models import Recording
from rights.services.apple_music import apple_music
from rights.services.owner_hints import hints_of
from rights.services.recordings import listed, recording_upsert, told_by_song

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rights.catalogue.types import AppleMusic, Song

KEPT = timedelta(days=30)
"""What Apple Music said of a recording is asked again after this."""


@dataclass(frozen=True)
class Wanted:
    """What a source named: an ISRC, or at least an id of Apple Music."""

    isrc: str = ""
    apple_music_id: str = ""
    title: str = ""
    artist: str = ""
    label: str = ""
    source: str = ""


@dataclass
class Found:
    """What became of it: recordings by ISRC, and the ISRCs of ids that were named without one.

    ``error`` is a sentence when Apple Music could not be asked.
    """

    recordings: dict[str, Recording] = field(default_factory=dict)
    isrc_of_id: dict[str, str] = field(default_factory=dict)
    without_isrc: list[str] = field(default_factory=list)
    error: str = ""
    answer: list[dict[str, Any]] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """Return what the evidence says: a hit, a miss or an error."""
        if self.error:
            return "error"
        return "hit" if self.recordings else "miss"


def recordings_own(*, isrcs: Sequence[str]) -> Found:
    """Return what our own books know, and ask nobody."""
    found = Found({each.isrc: each for each in Recording.objects.filter(isrc__in=isrcs)})
    _tell(found)
    return found


def recordings_find(*, wanted: Iterable[Wanted], storefront: str, duration_ms: int | None) -> Found:
    """Return the recordings of ``wanted``, made or brought up to date where Apple knows them.

    When Apple Music does not answer, what our own books know is returned, with the error.
    """
    found = Found()
    asked = list(wanted)
    client = apple_music()
    try:
        named = _with_isrcs(client, asked, storefront, found)
        known = _known([each.isrc for each in named], storefront)
        found.recordings |= {isrc: r for isrc, (r, is_fresh) in known.items() if is_fresh}
        missing = [each for each in named if each.isrc not in found.recordings]
        if missing:
            _from_apple(client, missing, storefront, duration_ms, found)
    except CatalogueError as error:
        found.error = error.message
    isrcs = [each.isrc for each in asked if each.isrc]
    stale = _known([*isrcs, *found.isrc_of_id.values()], storefront)
    for isrc, (recording, _is_fresh) in stale.items():
        found.recordings.setdefault(isrc, recording)
    _tell(found)
    return found


def recording_from_song(*, song: Song, others: Sequence[Song], storefront: str) -> Recording:
    """Keep what Apple Music says of a song, all its ids and the hints at its owner."""
    told = told_by_song(song)
    addresses = listed([song, *others], storefront=storefront, preferred_id=song.id)
    return recording_upsert(told=told, listings=addresses, hints=hints_of(song))


def _with_isrcs(
    client: AppleMusic, asked: Sequence[Wanted], storefront: str, found: Found
) -> list[Wanted]:
    """Return those with an ISRC; of ids without one Apple Music is asked."""
    named = {each.isrc: each for each in asked if each.isrc}
    ids = {e.apple_music_id: e for e in asked if e.apple_music_id and not e.isrc}
    for song in client.songs(list(ids), storefront) if ids else ():
        if song.isrc:
            found.isrc_of_id[song.id] = song.isrc
            named.setdefault(song.isrc, Wanted(song.isrc, song.id, song.title, song.artist))
        else:
            found.without_isrc.append(song.title)
    return list(named.values())


def _known(isrcs: Sequence[str], storefront: str) -> dict[str, tuple[Recording, bool]]:
    """Return our own recordings, each with whether Apple Music need not be asked again."""
    since = timezone.now() - KEPT
    known: dict[str, tuple[Recording, bool]] = {}
    for recording in Recording.objects.filter(isrc__in=isrcs).prefetch_related("listings"):
        is_fresh = any(
            each.storefront == storefront and each.fetched_at > since
            for each in recording.listings.all()
        )
        known[recording.isrc] = (recording, is_fresh)
    return known


def _from_apple(
    client: AppleMusic,
    missing: Sequence[Wanted],
    storefront: str,
    duration_ms: int | None,
    found: Found,
) -> None:
    answers = client.songs_by_isrc([each.isrc for each in missing], storefront)
    for each in missing:
        songs = answers.get(each.isrc, [])
        best = pick_song(songs, artist=each.artist, duration_ms=duration_ms)
        # An excerpt fits no length; which recording it is was decided by its sound.
        best = best or pick_song(songs, artist=each.artist, duration_ms=None)
        if best is None:
            continue
        whole = best if best.release is not None else client.song(best.id, storefront)
        others = [song for song in songs if song.id != best.id]
        found.recordings[each.isrc] = recording_from_song(
            song=whole, others=others, storefront=storefront
        )


def _tell(found: Found) -> None:
    """Write down for the evidence what was found."""
    found.answer = [
        {
            "isrc": recording.isrc,
            "title": recording.title,
            "artist": recording.artist,
            "duration_ms": recording.duration_ms,
        }
        for _isrc, recording in sorted(found.recordings.items())
    ]
