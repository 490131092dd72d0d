"""Ten files become one song by the services and jobs of the portal; each step waits for its end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from config.jobs.models import Job
from config.jobs.selectors import job_progress
from config.jobs.services import job_cancel
from config.lib.errors import DomainError
from generation.management.song.errors import SongFailedError, SongStoppedError
from generation.management.song.hearing import gate_open
from generation.management.song.summary import portal_address
from generation.models import Version, VersionAsset
from generation.services.songs import SongOrder, song_generate
from library.models import Track
from library.services.tracks import tracks_delete
from library.services.uploads import upload_receive
from rights.models import Match, SongSet
from rights.services.matching import match_start
from rights.services.song_sets import song_set_create, song_set_delete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accounts.models import Membership
    from generation.management.song.registering import Registration
    from generation.management.song.request import SongFile, SongFolder, SongRequest
    from generation.management.song.telling import Teller

Kind = VersionAsset.Kind
LOOK_EVERY_S = 0.2
WRITTEN = (Kind.MP3, Kind.MASTER_WAV)
"""What the command writes beside what every song has; its stems come as single files."""
WHOLE = 100
READING_PART = 20  # of a hundred: the rest is the analysis
READ = {Track.State.ANALYSING, Track.State.READY}


@dataclass
class Brought:
    """One file and the track of the library that holds it."""

    file: SongFile
    track: Track
    is_new: bool


@contextmanager
def cancelled_on_the_way_out(brought: list[Brought], versions: list[Version]) -> Iterator[None]:
    """Stop what the block has begun, filling the two lists, if it is left early."""
    try:
        yield
    except BaseException:
        fresh = [one.track.pk for one in brought if one.is_new]
        jobs = {version.job_id for version in versions}
        jobs |= set(Track.objects.filter(pk__in=fresh).values_list("job", flat=True))
        jobs |= set(Match.objects.filter(track__in=fresh).values_list("job", flat=True))
        live = [number for number in jobs if number is not None]
        for job in Job.objects.filter(pk__in=live, state__in=Job.LIVE):
            job_cancel(job=job)
        unread = Track.objects.filter(pk__in=fresh, state__in=Track.IN_WORK)
        tracks_delete(tracks=unread, now=timezone.now())
        raise


def songs_bring(request: SongRequest, who: Membership, brought: list[Brought]) -> None:
    """Fill ``brought``: upload what the library does not hold; what it holds is not read again.

    Raises
    ------
    SongStoppedError
        If a file is refused, or there is no room.
    """
    mine = Track.objects.of(who.organisation)
    hashes = [file.sha256 for file in request.folder.files]
    known = {t.file_sha256: t for t in mine.filter(file_sha256__in=hashes, state__in=READ)}
    for file in request.folder.files:
        track = known.get(file.sha256)
        brought.append(Brought(file, track or _upload(file, who), is_new=track is None))


def _upload(file: SongFile, who: Membership) -> Track:
    try:
        with file.path.open("rb") as stream:
            upload = upload_receive(
                organisation=who.organisation,
                user=who.user,
                filename=file.name,
                stream=stream,
                size_bytes=file.path.stat().st_size,
                now=timezone.now(),
            )
    except DomainError as refused:
        raise SongStoppedError(f"{file.name}: {refused.message}") from None
    return Track.objects.get(upload=upload)


def songs_wait(
    brought: list[Brought], who: Membership, registration: Registration, teller: Teller
) -> None:
    """Wait until every song has been read and analysed; begin to identify what can be.

    Raises
    ------
    SongStoppedError
        If one cannot be used; those that can stay in the library, the others leave it.
    """
    teller.stage("ingest")
    asked: set[str] = set()
    seen: set[tuple[object, ...]] = set()
    while True:
        # The rows are wanted when one has moved or its progress would be shown.
        if (now := _states(brought)) != seen or teller.is_due:
            _refresh(brought)
            seen = now
        for one in brought:
            is_new = one.file.name not in asked and one.track.state in READ
            if is_new and registration.has(one.file.name, one.track):
                match_start(track=one.track, actor=who.user)
                asked.add(one.file.name)
        states = [one.track.state for one in brought]
        read = sum(state in READ for state in states)
        ready = states.count(Track.State.READY)
        if ready == len(asked) == len(brought):
            return
        if read == len(brought) and teller.current == "ingest":
            teller.stage("analyse")
        done = ready if teller.current == "analyse" else read
        teller.tell(_percent(brought), f"{done} of {len(brought)} songs")
        time.sleep(LOOK_EVERY_S)


def _percent(brought: Sequence[Brought]) -> int:
    """Return how far all of them are: reading is a fifth of the work, measuring the rest."""
    total = 0
    for one in brought:
        job = one.track.job
        part = job.progress_ppm / 10_000 if job is not None else 0
        if one.track.state == Track.State.READY:
            total += WHOLE
        elif one.track.state == Track.State.ANALYSING:
            total += READING_PART + round((WHOLE - READING_PART) * part / WHOLE)
        else:
            total += round(READING_PART * part / WHOLE)
    return min(WHOLE - 1, total // len(brought))


def _states(brought: Sequence[Brought]) -> set[tuple[object, ...]]:
    ids = [one.track.pk for one in brought]
    return set(Track.objects.filter(pk__in=ids).values_list("pk", "state", "job__state"))


def _refresh(brought: list[Brought]) -> None:
    """Read the tracks again; raise if one will not become ready by itself."""
    ids = [one.track.pk for one in brought]
    rows = Track.objects.select_related("job", "duplicate_of").in_bulk(ids)
    for one in brought:
        one.track = rows[one.track.pk]
        if one.track.state == Track.State.REFUSED:
            _refused(one, brought)
        elif one.track.job is not None and one.track.job.state in Track.GIVEN_UP:
            if one.track.state == Track.State.READY:
                continue
            raise SongFailedError(f"{one.file.name}: {job_progress(one.track.job).error}")


def _refused(one: Brought, brought: Sequence[Brought]) -> None:
    """Go on with the twin that the library holds already; without one the file cannot be used."""
    refusal, twin = one.track.refusal, one.track.duplicate_of
    tracks_delete(tracks=[one.track], now=timezone.now())
    same = [other for other in brought if twin is not None and other.track.pk == twin.pk]
    if same:
        raise SongStoppedError(
            f"{same[0].file.name} and {one.file.name} are the same recording; a song is made from "
            "ten different ones."
        )
    if twin is None:
        raise SongStoppedError(f"{one.file.name}: {refusal}")
    one.track, one.is_new = twin, False


def all_known(folder: SongFolder, who: Membership) -> bool:
    """Return whether the library holds every song of a folder, matched: nobody else need be asked."""
    hashes = {file.sha256 for file in folder.files}
    mine = Track.objects.of(who.organisation).filter(state__in=READ, file_sha256__in=hashes)
    matched = mine.filter(pk__in=Match.objects.filter(state=Match.State.MATCHED).values("track"))
    return set(matched.values_list("file_sha256", flat=True)) == hashes


def known_files(brought: Sequence[Brought]) -> set[str]:
    """Return the names of the files whose tracks are matched."""
    ids = [one.track.pk for one in brought]
    matched = Match.objects.filter(track__in=ids, state=Match.State.MATCHED)
    known = set(matched.values_list("track", flat=True))
    return {one.file.name for one in brought if one.track.pk in known}


def song_ask(
    request: SongRequest, brought: Sequence[Brought], who: Membership, teller: Teller
) -> Version:
    """Make a set of the ten, wait until each is matched and allowed, and ask for the song.

    Raises
    ------
    SongStoppedError
        If one is unknown, in doubt, blocked, or stands there twice; the set is put away again.
    """
    teller.stage("identify")
    try:
        song_set = song_set_create(
            organisation=who.organisation,
            name=request.folder.name,
            actor=who.user,
            tracks=[one.track for one in brought],
        )
    except DomainError as refused:
        raise SongStoppedError(refused.message) from None
    try:
        gate_open(song_set, [one.file.name for one in brought], who.user, teller)
        teller.stage("gate")
        song = song_generate(
            song_set=song_set,
            order=SongOrder(request.wish.options, files=WRITTEN),
            actor=who.user,
            idem=f"command-{uuid4()}",
            seed=request.wish.seed,
        )
    except DomainError as refused:
        _put_away(song_set, who)
        raise SongStoppedError(refused.message) from None
    except BaseException:
        _put_away(song_set, who)
        raise
    return song.versions.get()


def _put_away(song_set: SongSet, who: Membership) -> None:
    song_set.refresh_from_db()
    if song_set.frozen_at is None:
        song_set_delete(song_set=song_set, actor=who.user)


def song_wait(version: Version, teller: Teller) -> Version:
    """Wait until the version is ready.

    Raises
    ------
    SongStoppedError
        If it was refused or stopped.
    """
    teller.stage("generate")
    teller.note(f"It can be followed at {portal_address(version)}")
    states = Version.objects.values_list("state", "job__state")
    while (now := states.get(pk=version.pk))[0] == Version.State.PENDING:
        gave_up = now[1] in Version.GIVEN_UP
        if teller.is_due or gave_up:
            shown = job_progress(Job.objects.get(song_version=version))
            if gave_up:
                raise SongFailedError(shown.error or "The making of the song was cancelled.")
            teller.tell(shown.percent, shown.step, shown.eta_s)
        time.sleep(LOOK_EVERY_S)
    version.refresh_from_db()
    if version.state != Version.State.READY:
        raise SongFailedError(version.refusal or "The making of the song was cancelled.")
    return version
