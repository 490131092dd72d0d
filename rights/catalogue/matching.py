"""Which of the songs that Apple lists under one ISRC stands for it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.names import name_normalised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rights.catalogue.types import Song

DURATION_TOLERANCE_MS = 2000
# Of two equal ones: the date that is not known comes after all that are.
NO_DATE = "9999-99-99"
VARIOUS = frozenset(
    {"various artists", "various", "verschiedene interpreten", "artistes divers", "varios artistas"}
)


def pick_song(songs: Iterable[Song], *, artist: str, duration_ms: int | None) -> Song | None:
    """Return the song that people mean, or None when there is none of this length.

    One ISRC is often listed several times: single, album, compilation, clean and explicit. Kept are
    songs within two seconds of ``duration_ms`` (all, when it or theirs is not known). Of those the
    first by: exact artist, not on a compilation, playable, earliest release, album before single of
    the same day, then the lowest id so that the answer is always the same.
    """
    wanted = name_normalised(artist) if artist.strip() else ""
    fitting = [song for song in songs if fits(song, duration_ms)]
    return min(fitting, key=lambda song: _order(song, wanted), default=None)


def fits(song: Song, duration_ms: int | None) -> bool:
    """Say whether the lengths agree to two seconds, as far as both are known."""
    if song.duration_ms is None or duration_ms is None:
        return True
    return abs(song.duration_ms - duration_ms) <= DURATION_TOLERANCE_MS


def is_compilation(song: Song) -> bool:
    """Say whether the song's release gathers others' songs."""
    if song.release is None:
        return False
    return song.release.is_compilation or name_normalised(song.release.artist) in VARIOUS


def _order(song: Song, wanted: str) -> tuple[bool, bool, bool, str, bool, int, str]:
    return (
        bool(wanted) and name_normalised(song.artist) != wanted,
        is_compilation(song),
        not song.playable,
        _day(song),
        song.release is not None and song.release.is_single,
        len(song.id),
        song.id,
    )


def _day(song: Song) -> str:
    """Return a date that sorts; the release's own date is the one that differs between listings.

    A year without a month counts as its end, so that a date known to the day comes first.
    """
    text = (song.release.release_text if song.release else "") or song.release_text
    return (text + NO_DATE[len(text) :]) if text else NO_DATE
