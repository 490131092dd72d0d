"""The gate of ten: may a song be made from this set, and if not, what exactly is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from library.models import Track
from rights.constants import SONGS
from rights.models import Match

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from rights.models import Recording, SongSetEntry
    from rights.selectors.consents import ConsentAnswer


@dataclass(frozen=True)
class Gate:
    """``open`` only for ten matched songs of ten recordings that nobody blocks.

    ``reasons`` says in sentences what is missing, most pressing last to do first; empty when open.
    ``places`` holds beside each reason the positions it is about, ascending, never none; those of
    songs that are still to be added are the empty ones.
    """

    open: bool
    matched: int
    reasons: tuple[str, ...]
    places: tuple[tuple[int, ...], ...]


def match_of(track: Track) -> Match | None:
    """Return the match of a track that was read along with it, or None."""
    found: Match | None = getattr(track, "match", None)
    return found


def recordings_of(entries: Sequence[SongSetEntry]) -> list[Recording]:
    """Return the recordings the songs are matched to, blocked ones included."""
    matches = [match_of(entry.track) for entry in entries]
    return [match.recording for match in matches if match is not None and match.recording]


def twins_of(entries: Sequence[SongSetEntry]) -> dict[int, int]:
    """Return, for the position of a recording's every later song, the position of its first."""
    places: dict[UUID, list[int]] = defaultdict(list)
    for entry in entries:
        match = match_of(entry.track)
        if match is not None and match.state == Match.State.MATCHED and match.recording_id:
            places[match.recording_id].append(entry.position)
    return {later: found[0] for found in places.values() for later in found[1:]}


def gate_of(entries: Sequence[SongSetEntry], answers: Mapping[UUID, ConsentAnswer]) -> Gate:
    """Return the gate for songs in order, read along with their tracks, matches and recordings."""
    twins = twins_of(entries)
    counts: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        counts[_standing(entry, answers, twins)].append(entry.position)
    matched = len(counts.pop("matched", []))
    found = [(_sentence(what, places), tuple(places)) for what, places in counts.items()]
    missing = SONGS - len(entries)
    if missing > 0:
        text = ngettext("Add %(count)s more song.", "Add %(count)s more songs.", missing)
        empty = tuple(range(len(entries) + 1, SONGS + 1))
        found.insert(0, (text % {"count": missing}, empty))
    return Gate(
        open=matched == SONGS == len(entries),
        matched=matched,
        reasons=tuple(text for text, _places in found),
        places=tuple(places for _text, places in found),
    )


def _standing(
    entry: SongSetEntry, answers: Mapping[UUID, ConsentAnswer], twins: Mapping[int, int]
) -> str:
    match = match_of(entry.track)
    if entry.track.deleted_at is not None:
        return "deleted"
    if match is None or match.state == Match.State.MATCHING:
        return "unread" if entry.track.state in ("refused", "failed") else "matching"
    if match.recording_id is not None and is_blocked(match, answers):
        return "blocked"
    if entry.position in twins:
        return "twin"
    return str(match.state)


def is_blocked(match: Match, answers: Mapping[UUID, ConsentAnswer]) -> bool:
    """Say whether the matched recording must not be used today."""
    answer = answers.get(match.recording_id) if match.recording_id else None
    return answer is not None and answer.is_blocked


def _sentence(what: str, places: list[int]) -> str:
    """Return what to do about the songs in ``places``, named by their numbers."""
    count = len(places)
    songs = {
        "matching": ngettext(
            "Song %(places)s is still being identified.",
            "Songs %(places)s are still being identified.",
            count,
        ),
        "choose": ngettext(
            "Choose the right recording for song %(places)s.",
            "Choose the right recordings for songs %(places)s.",
            count,
        ),
        "none": ngettext(
            "Search for song %(places)s, or remove it: nobody knows it.",
            "Search for songs %(places)s, or remove them: nobody knows them.",
            count,
        ),
        "problem": ngettext(
            "Song %(places)s has a problem; its row says which.",
            "Songs %(places)s have problems; their rows say which.",
            count,
        ),
        "blocked": ngettext(
            "Replace song %(places)s: its owner does not allow its use.",
            "Replace songs %(places)s: their owners do not allow their use.",
            count,
        ),
        "twin": ngettext(
            "Song %(places)s is a recording that is in the set already. Replace it.",
            "Songs %(places)s are recordings that are in the set already. Replace them.",
            count,
        ),
        "unread": ngettext(
            "Song %(places)s could not be read. Replace it.",
            "Songs %(places)s could not be read. Replace them.",
            count,
        ),
        "deleted": ngettext(
            "Song %(places)s was deleted from the library. Replace it or bring it back.",
            "Songs %(places)s were deleted from the library. Replace them or bring them back.",
            count,
        ),
    }
    return songs[what] % {"places": _listed(places)}


def _listed(places: list[int]) -> str:
    """Return "3", "3 and 5", "3, 5 and 7"."""
    words = [str(place) for place in places]
    if len(words) == 1:
        return words[0]
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
