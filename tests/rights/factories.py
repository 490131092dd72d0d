"""Recordings, matches and song sets as they stand after the product's own work."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from rights.models import Consent, Match, Party, Recording, SongSet, SongSetEntry
from tests.library.factories import make_track

if TYPE_CHECKING:
    from accounts.models import Organisation
    from library.models import Track

NUMBERS = itertools.count(1)


def make_isrc(number: int | None = None) -> str:
    """Return a well-formed ISRC of a registrant that does not exist."""
    return f"QZTEN26{next(NUMBERS) if number is None else number:05d}"


def make_recording(title: str = "", **fields: Any) -> Recording:
    """Save a recording as Apple Music would have told of it."""
    number = next(NUMBERS)
    wanted = {
        "isrc": make_isrc(number),
        "title": title or f"Recording {number}",
        "artist": f"Artist {number}",
        "artists": [f"Artist {number}"],
        "duration_ms": 65_900,
        "origin": Recording.Origin.APPLE_MUSIC,
    }
    return Recording.objects.create(**(wanted | fields))


def make_party(name: str = "Rita Records", **fields: Any) -> Party:
    """Save a label."""
    wanted = {"name": name, "normalised_name": name.casefold(), "kind": Party.Kind.LABEL}
    return Party.objects.create(**(wanted | fields))


def make_match(track: Track, state: str = "matched", **fields: Any) -> Match:
    """Save the match of a track; a matched one gets a recording of its own."""
    wanted: dict[str, Any] = {"state": state}
    if state == Match.State.MATCHED:
        wanted |= {"method": "shazam", "score_ppm": 990_000, "confirmed_at": timezone.now()}
        wanted["recording"] = fields.pop("recording", None) or make_recording()
    if state == Match.State.PROBLEM:
        wanted |= {"problem_code": "service_down", "problem": "Apple Music does not answer."}
    return Match.objects.create(track=track, **(wanted | fields))


@transaction.atomic  # a set is whole at every commit
def make_song_set(organisation: Organisation, songs: int = 0, *, matched: bool = False) -> SongSet:
    """Save a song set of ``songs`` ready tracks, matched to recordings of their own or not at all."""
    song_set = SongSet.objects.create(organisation=organisation, name="Ten")
    share, rest = divmod(1_000_000, max(1, songs))
    for position in range(1, songs + 1):
        track = make_track(organisation)
        if matched:
            make_match(track)
        SongSetEntry.objects.create(
            song_set=song_set,
            position=position,
            track=track,
            weight_ppm=share + (position <= rest),
        )
    return song_set


def state_of(song_set: SongSet) -> list[tuple[Any, ...]]:
    """Return track, position and weight of every song, for a look at what a refusal left alone."""
    return list(
        song_set.entries.order_by("position").values_list("track", "position", "weight_ppm")
    )


def make_block(**subject: Any) -> Consent:
    """Return a consent that blocks a recording or all of a label, since long ago."""
    return Consent.objects.create(
        state="blocked", valid_from=date(2020, 1, 1), said_by="Rita", source="contract", **subject
    )
