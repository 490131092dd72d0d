"""Say which recording a track is by what a search of Apple Music has shown.

The catalogue is asked first and outside any transaction; then the match is confirmed as always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from rights.exceptions import MatchStateError
from rights.models import Match
from rights.selectors.storefronts import storefront_of
from rights.services.apple_music import PAGE_PATIENCE_S, apple_music
from rights.services.catalogue_lookup import Wanted, recording_from_song, recordings_find
from rights.services.matching import match_confirm

if TYPE_CHECKING:
    from accounts.models import User
    from rights.catalogue.types import Song
    from rights.models import Recording


def match_search_confirm(
    *,
    match: Match,
    apple_music_id: str,
    actor: User,
    storefront: str = "",
    method: str = Match.Method.SEARCH,
) -> Match:
    """Confirm the song with this id in the storefront of the track's workspace, or another.

    Raises
    ------
    CatalogueError
        If Apple Music does not answer, or knows no such song.
    MatchStateError
        If the song has no ISRC, or another recording is confirmed already.
    RecordingBlockedError
        If its owner does not allow it.
    """
    home = storefront_of(match.track.organisation)
    client = apple_music(patience_s=PAGE_PATIENCE_S)
    song = client.song(apple_music_id, storefront or home)
    recording = _recording_of(match, song, home, storefront or home)
    return match_confirm(match=match, recording=recording, actor=actor, method=method)


def _recording_of(match: Match, song: Song, home: str, storefront: str) -> Recording:
    """Return the recording, looked up in the workspace's own storefront where it is sold there."""
    if not song.isrc:
        words = _(
            "Apple Music lists “%(title)s” without an ISRC, so its owner cannot be found. "
            "Choose another edition of it. Nothing was changed."
        )
        raise MatchStateError("rights.match.no_isrc", words % {"title": song.title})
    if storefront != home:
        wanted = Wanted(isrc=song.isrc, artist=song.artist)
        found = recordings_find(
            wanted=[wanted], storefront=home, duration_ms=match.track.duration_ms
        )
        if song.isrc in found.recordings:
            return found.recordings[song.isrc]
    return recording_from_song(song=song, others=(), storefront=storefront)
