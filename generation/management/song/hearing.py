"""Who owns the ten: wait for their matches, take what is beyond doubt, and say what stands in the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.utils import timezone

from config.jobs.models import Job
from generation.management.song.errors import SongStoppedError
from rights.models import Match, SongSetEntry
from rights.selectors.consents import consents_of
from rights.selectors.gate import gate_of, match_of, recordings_of
from rights.services.matching import match_retry
from rights.services.song_sets import song_set_accept_strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from generation.management.song.telling import Teller
    from rights.models import SongSet

LOOK_EVERY_S = 0.1
WHOLE = 100
AGAIN = (Match.State.NONE, Match.State.PROBLEM)
UNKNOWN = "Identify it in the portal, or, where the catalogue is a stand-in, make it known with --register."


def gate_open(song_set: SongSet, names: Sequence[str], actor: User, teller: Teller) -> None:
    """Wait until every song of ``song_set`` has been heard, and the gate is open.

    ``names`` are those of the files, in the order of the set.

    Raises
    ------
    SongStoppedError
        If the gate stays closed: what is missing, with the names of the files.
    """
    for entry in _entries(song_set):
        match = match_of(entry.track)
        if match is not None and match.state in AGAIN:  # the catalogue may know more by now
            match_retry(match=match, actor=actor)
    while waiting := _still_heard(song_set):
        heard = len(names) - waiting
        teller.tell(WHOLE * heard // len(names), f"{heard} of {len(names)} songs")
        time.sleep(LOOK_EVERY_S)
    entries = _entries(song_set)
    if song_set_accept_strong(song_set=song_set, actor=actor):
        entries = _entries(song_set)
    gate = gate_of(entries, consents_of(recordings_of(entries), timezone.now().date()))
    if gate.open:
        return
    said = []
    for reason, places in zip(gate.reasons, gate.places, strict=True):
        files = [names[place - 1] for place in places if place <= len(names)]
        said.append(f"{', '.join(files)}: {reason}")
    unknown = any(_state(entry) == Match.State.NONE for entry in entries)
    raise SongStoppedError(" ".join([*said, UNKNOWN] if unknown else said))


def _entries(song_set: SongSet) -> list[SongSetEntry]:
    found = SongSetEntry.objects.filter(song_set=song_set).order_by("position")
    return list(found.select_related("track__match__recording", "track__match__job"))


def _state(entry: SongSetEntry) -> str:
    match = match_of(entry.track)
    return Match.State.MATCHING if match is None else str(match.state)


def _still_heard(song_set: SongSet) -> int:
    """Return how many are still being identified; a job that gave up is waited for no longer."""
    states = SongSetEntry.objects.filter(song_set=song_set).values_list(
        "track__match__state", "track__match__job__state"
    )
    unheard = (None, Match.State.MATCHING)
    return sum(match in unheard and job not in Job.TERMINAL for match, job in states)
