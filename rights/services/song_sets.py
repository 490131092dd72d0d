"""Song sets: made, filled, ordered, weighted, frozen. Each change holds the row of the set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from library.models import Track
from rights.constants import SONGS
from rights.domain.matching import STRONG_PPM
from rights.domain.weights import weight_of_newcomer, weights_scaled
from rights.exceptions import MatchStateError, RecordingBlockedError, SongSetRefusedError
from rights.models import Match, SongSet, SongSetEntry
from rights.selectors.consents import consents_of
from rights.selectors.gate import gate_of, recordings_of
from rights.services.matching import match_confirm, match_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from accounts.models import Organisation, User

NAME_MAX = 120


@transaction.atomic
def song_set_create(
    *, organisation: Organisation, name: str, actor: User, tracks: Iterable[Track] = ()
) -> SongSet:
    """Make a set, with tracks of the library if any are given, and begin to identify them.

    Raises
    ------
    SongSetRefusedError
        If there are more than ten, or one cannot be used.
    """
    shown = " ".join(name.split())[:NAME_MAX] or _("New song set")
    song_set = SongSet.objects.create(organisation=organisation, name=shown, created_by=actor)
    audit_record(
        action="rights.song_set.created", actor=actor, organisation=organisation, target=song_set
    )
    return song_set_add(song_set=song_set, tracks=tracks, actor=actor)


@transaction.atomic
def song_set_add(*, song_set: SongSet, tracks: Iterable[Track], actor: User) -> SongSet:
    """Put tracks at the end and begin to identify them; one that is in already stays where it is.

    Raises
    ------
    SongSetRefusedError
        If the set would hold more than ten, is frozen, or a track is not the workspace's to use.
    """
    mine = _lock(song_set)
    entries = list(mine.entries.all())
    inside = {entry.track_id for entry in entries}
    fresh = list({t.pk: t for t in tracks if t.pk not in inside}.values())
    if len(entries) + len(fresh) > SONGS:
        text = _("A set holds %(songs)s songs. %(free)s places are free; nothing was added.")
        free = {"songs": SONGS, "free": SONGS - len(entries)}
        raise SongSetRefusedError("rights.song_set.full", text % free)
    weight = weight_of_newcomer([entry.weight_ppm for entry in entries])
    for track in fresh:
        _check_usable(mine, track)
    joining = [SongSetEntry(song_set=mine, track=track, weight_ppm=weight) for track in fresh]
    _save(entries, joining)
    for track in fresh:
        match_start(track=track, actor=actor)
    return mine


@transaction.atomic
def song_set_remove(*, song_set: SongSet, entry: SongSetEntry, actor: User) -> SongSet:
    """Take a song out; the others close up. Taken out before, nothing happens."""
    mine = _lock(song_set)
    entries = list(mine.entries.all())
    kept = [each for each in entries if each.pk != entry.pk]
    if len(kept) < len(entries):
        mine.entries.filter(pk=entry.pk).delete()
        _save(kept)
        _trail("rights.song_set.song_removed", mine, actor, track=str(entry.track_id))
    return mine


@transaction.atomic
def song_set_replace(
    *, song_set: SongSet, entry: SongSetEntry, track: Track, actor: User
) -> SongSet:
    """Put another track in the place of one, with its weight.

    Raises
    ------
    SongSetRefusedError
        If the place is gone, the track is in the set already, or it is not the workspace's to use.
    """
    mine = _lock(song_set)
    _check_usable(mine, track)
    held = mine.entries.filter(pk=entry.pk).first()
    if held is None:
        text = _("That song is not in the set any more. Reload the page; nothing was changed.")
        raise SongSetRefusedError("rights.song_set.gone", text)
    if mine.entries.filter(track=track).exclude(pk=held.pk).exists():
        text = _("“%(title)s” is in the set already. Nothing was changed.")
        raise SongSetRefusedError("rights.song_set.twice", text % {"title": track.title})
    held.track = track
    held.save(update_fields=["track"])
    match_start(track=track, actor=actor)
    return mine


@transaction.atomic
def song_set_reorder(*, song_set: SongSet, order: Sequence[int], actor: User) -> SongSet:
    """Bring the songs into the order of their entries' ids.

    Raises
    ------
    SongSetRefusedError
        If ``order`` does not name each of the set's songs once.
    """
    mine = _lock(song_set)
    entries = {entry.pk: entry for entry in mine.entries.all()}
    if sorted(order) != sorted(entries):
        text = _("The set has changed meanwhile. Reload the page and order it again.")
        raise SongSetRefusedError("rights.song_set.order", text)
    _save([entries[pk] for pk in order])
    return mine


@transaction.atomic
def song_set_weights(*, song_set: SongSet, weights: Mapping[int, int], actor: User) -> SongSet:
    """Weigh the songs in proportion to ``weights``, whole numbers by entry id.

    They are scaled to one million by the largest remainder; all zeros mean equal weights.

    Raises
    ------
    SongSetRefusedError
        If ``weights`` does not name each song once, or one is negative.
    """
    mine = _lock(song_set)
    entries = list(mine.entries.all())
    if set(weights) != {entry.pk for entry in entries} or min(weights.values(), default=0) < 0:
        text = _("Give every song of the set a weight that is not negative. Nothing was changed.")
        raise SongSetRefusedError("rights.song_set.weights", text)
    for entry in entries:
        entry.weight_ppm = weights[entry.pk]
    _save(entries)
    _trail("rights.song_set.weighted", mine, actor)
    return mine


def song_set_accept_strong(*, song_set: SongSet, actor: User) -> int:
    """Confirm the first candidate of every song that has strong ones to choose from.

    Altered audio and sources that contradict each other are left to be looked at one by one.
    Returns how many were confirmed; what somebody else confirms or blocks meanwhile is left out.
    """
    waiting = Match.objects.filter(
        track__song_set_entries__song_set=song_set,
        state=Match.State.CHOOSE,
        doubt=Match.Doubt.SEVERAL,
        candidates__rank=1,
        candidates__score_ppm__gte=STRONG_PPM,
    ).order_by("pk")
    accepted = 0
    for match in waiting:
        best = match.candidates.select_related("recording").filter(rank=1).first()
        if best is None:
            continue
        try:
            match_confirm(match=match, recording=best.recording, actor=actor)
        except (MatchStateError, RecordingBlockedError):
            continue
        accepted += 1
    return accepted


@transaction.atomic
def song_set_rename(*, song_set: SongSet, name: str, actor: User) -> SongSet:
    """Give the set another name."""
    mine = _lock(song_set)
    mine.name = " ".join(name.split())[:NAME_MAX] or mine.name
    mine.save(update_fields=["name"])
    return mine


@transaction.atomic
def song_set_delete(*, song_set: SongSet, actor: User) -> SongSet:
    """Put the set away; its tracks and their matches stay.

    Raises
    ------
    SongSetRefusedError
        If it is frozen.
    """
    mine = _lock(song_set)
    mine.deleted_at = timezone.now()
    mine.save(update_fields=["deleted_at"])
    _trail("rights.song_set.deleted", mine, actor)
    return mine


@transaction.atomic
def song_set_freeze(*, song_set: SongSet, actor: User) -> SongSet:
    """Fix the ten for ever: order, weights, and what each is matched to at this moment.

    Frozen before, it is returned as it is.

    Raises
    ------
    SongSetRefusedError
        If the gate is closed; the message says what is missing.
    """
    mine = SongSet.objects.select_for_update().get(pk=song_set.pk)
    if mine.frozen_at is not None:
        return mine
    entries = list(mine.entries.select_related("track__match__recording"))
    # Under the locks of the matches nobody reopens one between the look and the freeze.
    tracks = [entry.track_id for entry in entries]
    locked = Match.objects.select_for_update(of=("self",)).select_related("recording")
    fresh = {match.track_id: match for match in locked.filter(track__in=tracks).order_by("pk")}
    for entry in entries:
        if entry.track_id in fresh:
            entry.track.match = fresh[entry.track_id]
    gate = gate_of(entries, consents_of(recordings_of(entries), timezone.now().date()))
    if not gate.open or mine.deleted_at is not None:
        raise SongSetRefusedError("rights.song_set.gate", "\n".join(gate.reasons))
    for entry in entries:
        entry.recording = fresh[entry.track_id].recording
    SongSetEntry.objects.bulk_update(entries, ["recording"])
    mine.frozen_at = timezone.now()
    mine.save(update_fields=["frozen_at"])
    _trail("rights.song_set.frozen", mine, actor)
    return mine


def _lock(song_set: SongSet) -> SongSet:
    """Return the row, held until the commit, if it may be changed."""
    mine = SongSet.objects.select_for_update().get(pk=song_set.pk)
    if mine.frozen_at is not None:
        text = _("A song was made from this set, so it stays as it is. Copy it to change it.")
        raise SongSetRefusedError("rights.song_set.frozen", text)
    if mine.deleted_at is not None:
        raise SongSetRefusedError("rights.song_set.deleted", _("This set was deleted."))
    return mine


def _check_usable(song_set: SongSet, track: Track) -> None:
    is_mine = track.organisation_id == song_set.organisation_id
    if is_mine and track.deleted_at is None and track.state not in ("refused", "failed"):
        return
    text = _("“%(title)s” cannot be used. Choose another song of your library.")
    shown = track.title if is_mine else "?"
    raise SongSetRefusedError("rights.song_set.track", text % {"title": shown})


def _save(entries: Sequence[SongSetEntry], joining: Sequence[SongSetEntry] = ()) -> None:
    """Number the songs as they stand, newcomers last; scale their weights; write all of them."""
    songs = [*entries, *joining]
    scaled = weights_scaled([song.weight_ppm for song in songs])
    for position, (song, weight) in enumerate(zip(songs, scaled, strict=True), start=1):
        song.position, song.weight_ppm = position, weight
    SongSetEntry.objects.bulk_update(entries, ["position", "weight_ppm"])
    SongSetEntry.objects.bulk_create(joining)


def _trail(action: str, song_set: SongSet, actor: User, **data: str) -> None:
    audit_record(
        action=action, actor=actor, organisation=song_set.organisation, target=song_set, data=data
    )
