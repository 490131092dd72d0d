"""What of the library can go into a set: a list to tick, the ticked ones first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Case, Prefetch, Value, When

from library.models import Asset, Track
from library.selectors.track_list import LISTED_ASSETS, TrackRow, track_row
from library.selectors.track_query import TrackQuery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Membership, User
    from library.models import TrackQuerySet

SHOWN = 60
UNUSABLE = (Track.State.REFUSED, Track.State.FAILED)


@dataclass(frozen=True)
class PickerRow:
    """A song that can be ticked; ``is_found`` is false when only its tick keeps it in the list."""

    track: TrackRow
    is_chosen: bool


@dataclass(frozen=True)
class Picker:
    """Songs to choose from. ``left_out`` more fit the words than are shown."""

    rows: list[PickerRow]
    query: str
    free: int
    chosen: int
    left_out: int
    has_any: bool


def song_picker(
    *,
    membership: Membership,
    user: User,
    text: str,
    chosen: Iterable[UUID],
    free: int,
    inside: Iterable[UUID] = (),
) -> Picker:
    """Return what can be ticked: what is ticked already, then what fits ``text``, newest first.

    ``free`` is how many places the set has left, ``inside`` what is in it already. Five queries
    for any size.
    """
    usable = usable_tracks(membership).exclude(pk__in=list(inside))
    ticked = set(chosen)
    query = TrackQuery.parse({"q": text})
    fitting = query.apply(usable)
    first = Case(When(pk__in=list(ticked), then=Value(0)), default=Value(1))
    kept = usable.filter(pk__in=list(ticked)) | fitting if ticked else fitting
    assets = Asset.objects.filter(kind__in=LISTED_ASSETS)
    found = list(
        kept.select_related("job")
        .prefetch_related(Prefetch("assets", queryset=assets, to_attr="listed"))
        .order_by(first, "-created_at", "id")[: SHOWN + len(ticked)]
    )
    rows = [PickerRow(track_row(track, user), track.pk in ticked) for track in found]
    return Picker(
        rows=rows,
        query=query.text,
        free=free,
        chosen=sum(row.is_chosen for row in rows),
        left_out=max(0, kept.count() - len(rows)),
        has_any=bool(rows) or usable.exists(),
    )


def usable_tracks(membership: Membership) -> TrackQuerySet:
    """Return the workspace's songs that were not refused and whose reading has not failed."""
    mine = Track.objects.of(membership.organisation)
    gave_up = {"state__in": Track.IN_WORK, "job__state__in": Track.GIVEN_UP}
    return mine.exclude(state__in=UNUSABLE).exclude(**gave_up)


def ids_among(values: Iterable[str], *, most: int = 100) -> list[UUID]:
    """Return the ids among posted values, each once, in order; what is none is left out."""
    found: dict[UUID, None] = {}
    for value in list(values)[:most]:
        try:
            found[UUID(value)] = None
        except ValueError:
            continue
    return list(found)
