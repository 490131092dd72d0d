"""A recording as people recognise it: cover, names, length, preview, where it is sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from library.selectors.track_list import clock
from rights.selectors.catalogue_files import artwork_path, preview_path

if TYPE_CHECKING:
    from uuid import UUID

    from rights.models import CatalogueListing, Recording

ARTWORK_PX = 160
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class RecordingCard:
    """Every string ready to print; what is not known is empty.

    ``artwork_url`` is a square of 160 pixels; ``artwork_colour`` six hexadecimal digits.
    ``apple_music_url`` is where a person can hear the whole of it.
    """

    id: UUID
    isrc: str
    title: str
    artist: str
    album: str
    label: str
    year: str
    duration: str
    duration_ms: int | None
    artwork_url: str
    artwork_colour: str
    preview_url: str
    apple_music_id: str
    apple_music_url: str
    is_explicit: bool


def recording_card(recording: Recording) -> RecordingCard:
    """Put a recording into words. Needs ``listings`` at hand, prefetched for lists."""
    address = listing_of(recording)
    version = f" ({recording.version})" if recording.version else ""
    return RecordingCard(
        id=recording.pk,
        isrc=recording.isrc,
        title=recording.title + version,
        artist=recording.artist,
        album=recording.album,
        label=recording.label_name,
        year=str(recording.release_date.year) if recording.release_date else "",
        duration=clock(recording.duration_ms),
        duration_ms=recording.duration_ms,
        artwork_url=artwork_at(recording.artwork_url, ARTWORK_PX),
        artwork_colour=recording.artwork_colour,
        preview_url=preview_path(recording.preview_url),
        apple_music_id=address.apple_music_id if address else "",
        apple_music_url=address.url if address else "",
        is_explicit=recording.explicit,
    )


def listing_of(recording: Recording) -> CatalogueListing | None:
    """Return the address people are sent to: a preferred and playable one first."""
    known = sorted(
        recording.listings.all(),
        key=lambda each: (not each.preferred, not each.playable, each.apple_music_id),
    )
    return known[0] if known else None


def artwork_at(template: str, pixels: int) -> str:
    """Return the address of a cover in a size, on our own site; the catalogue gives a template."""
    return artwork_path(template, pixels)


def difference_text(track_ms: int | None, recording_ms: int | None) -> str:
    """Return "+0.4 s" for a file that is longer than the recording; "" when one is unknown."""
    if track_ms is None or recording_ms is None:
        return ""
    tenths = round((track_ms - recording_ms) / 100)
    sign = MINUS if tenths < 0 else "+" if tenths else "±"
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10} s"
