"""The ten a song is made from: may they still be used, and how much each is to get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.constants import CATALOGUE_PPM, REFERENCES_PPM
from generation.exceptions import SourceLostError, VersionRefusedError
from generation.models import VersionSource
from rights.domain.allocation import allocate
from rights.selectors.consents import consents_of
from rights.selectors.gate import gate_of, match_of, recordings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from generation.models import Version
    from rights.models import SongSet, SongSetEntry


def sources_usable(song_set: SongSet) -> list[SongSetEntry]:
    """Return the ten of a frozen set in order, with track, analysis, match and recording.

    Asked when a song is requested, when its job begins and once more when it is about to be
    finished: consent and matches may change in between.

    Raises
    ------
    SourceLostError
        If one is blocked, deleted, matched to something else by now, or not measured.
    """
    entries = list(
        song_set.entries.select_related("track__match__recording", "track__analysis", "recording")
        .prefetch_related("track__corrections")
        .order_by("position")
    )
    gate = gate_of(entries, consents_of(recordings_of(entries), timezone.now().date()))
    reasons = list(gate.reasons)
    if moved := _positions(entries, _is_matched_anew):
        text = ngettext(
            "Song %(places)s is matched to another recording than when the set was fixed.",
            "Songs %(places)s are matched to other recordings than when the set was fixed.",
            len(moved),
        )
        reasons.append(text % {"places": ", ".join(map(str, moved))})
    if vague := _positions(entries, lambda entry: entry.track.analysis is None):
        text = ngettext(
            "Song %(places)s has not been measured yet.",
            "Songs %(places)s have not been measured yet.",
            len(vague),
        )
        reasons.append(text % {"places": ", ".join(map(str, vague))})
    if reasons:
        text = _(
            "No new music can be made from this set any more: %(reasons)s What was made before "
            "is safe. Copy the set, put that right there and make the song from the copy."
        )
        raise SourceLostError("generation.source.lost", text % {"reasons": " ".join(reasons)})
    return entries


def sources_weighed(
    entries: Sequence[SongSetEntry], weights: Mapping[str, int] | None = None
) -> list[VersionSource]:
    """Return what each of the ten and the base catalogue is to get, as rows without a version.

    ``weights`` are whole numbers by ISRC and only their proportions count; without them those of
    the set hold.

    Raises
    ------
    VersionRefusedError
        If ``weights`` does not name each of the ten once, one is negative, or all are zero.
    """
    recordings = [entry.recording for entry in entries if entry.recording is not None]
    wished = weights or {
        entry.recording.isrc: entry.weight_ppm for entry in entries if entry.recording is not None
    }
    names = {recording.isrc for recording in recordings}
    if set(wished) != names or min(wished.values()) < 0 or not any(wished.values()):
        text = _(
            "Give each of the ten songs a weight of zero or more, and at least one of them more "
            "than zero. Nothing was changed."
        )
        raise VersionRefusedError("generation.weights", text)
    parts = allocate(REFERENCES_PPM, {isrc: wished[isrc] for isrc in sorted(wished)}).amounts
    rows = [
        VersionSource(
            position=position,
            pool=VersionSource.Pool.REFERENCES,
            recording=recording,
            isrc=recording.isrc,
            title=recording.title,
            artist=recording.artist,
            weight_ppm=parts[recording.isrc],
        )
        for position, recording in enumerate(recordings, start=1)
    ]
    base = VersionSource(
        position=len(rows) + 1,
        pool=VersionSource.Pool.CATALOGUE,
        title=_("Base catalogue"),
        weight_ppm=CATALOGUE_PPM,
    )
    return [*rows, base]


def weights_of(version: Version) -> dict[str, int]:
    """Return the weights of a version within the pool of the ten, by ISRC."""
    rows = version.sources.filter(pool=VersionSource.Pool.REFERENCES)
    return dict(rows.values_list("isrc", "weight_ppm"))


def _is_matched_anew(entry: SongSetEntry) -> bool:
    match = match_of(entry.track)
    now = match.recording_id if match is not None else None
    return entry.recording_id is not None and now != entry.recording_id


def _positions(entries: Sequence[SongSetEntry], holds: Callable[[SongSetEntry], bool]) -> list[int]:
    return [entry.position for entry in entries if holds(entry)]
