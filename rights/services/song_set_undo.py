"""Take back a removal, of a song from its set or of a whole set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.audit import audit_record
from rights.models import SongSet
from rights.services.song_sets import song_set_add, song_set_reorder, song_set_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from accounts.models import User
    from library.models import Track


@transaction.atomic
def song_set_bring_back(
    *,
    song_set: SongSet,
    track: Track,
    position: int,
    weights: Mapping[UUID, int],
    actor: User,
) -> SongSet:
    """Put ``track`` back at ``position``; ``weights`` are those before the removal, by track.

    If the songs are not the same ones as then, the weights stay as they are now.

    Raises
    ------
    SongSetRefusedError
        As ``song_set_add``; nothing is changed then.
    """
    song_set_add(song_set=song_set, tracks=[track], actor=actor)
    entries = list(song_set.entries.order_by("position"))
    order = [entry.pk for entry in entries if entry.track_id != track.pk]
    [back] = [entry.pk for entry in entries if entry.track_id == track.pk]
    order.insert(max(0, position - 1), back)
    song_set_reorder(song_set=song_set, order=order, actor=actor)
    if {entry.track_id for entry in entries} == set(weights):
        old = {entry.pk: weights[entry.track_id] for entry in entries}
        song_set_weights(song_set=song_set, weights=old, actor=actor)
    return song_set


@transaction.atomic
def song_set_restore(*, song_set: SongSet, actor: User) -> SongSet:
    """Bring a deleted set back as it was; one that is there stays as it is."""
    mine = SongSet.objects.select_for_update().get(pk=song_set.pk)
    if mine.deleted_at is not None:
        mine.deleted_at = None
        mine.save(update_fields=["deleted_at"])
        audit_record(
            action="rights.song_set.restored",
            actor=actor,
            organisation=mine.organisation,
            target=mine,
        )
    return mine
