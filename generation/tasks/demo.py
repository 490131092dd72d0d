"""Jobs of the demonstration: ``demo.piece`` renders one song, ``demo.seed`` conducts the whole.

The conductor asks for the ten, makes them known to the stand-ins, puts them into alice's library like
any upload, waits until they are read, analysed and identified, connects their labels, and asks for the
song. It does nothing a person could not do on the pages; killed anywhere, it goes on from there.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import gettext as _

from config.jobs.memory import give_back_freed_memory
from config.jobs.models import Job
from config.jobs.services import enqueue
from config.lib.errors import DomainError
from generation.demo_catalogue.piece import Piece, load_catalogue
from generation.demo_catalogue.rendered import is_rendered, song_key, song_path
from generation.demo_catalogue.songs import render_song
from generation.exceptions import DemoFailedError
from generation.rendering.fonts import SoundFont, find_soundfont
from generation.rendering.hands import one_hand
from generation.services.demo import (
    SONG_SEED,
    SONG_TITLE,
    demo_creator,
    demo_folder,
    demo_labels_seed,
    demo_set_make,
)
from generation.services.songs import SongOrder, song_generate
from library.models import Track
from library.services.uploads import upload_receive
from rights.models import Match
from rights.services.song_sets import song_set_accept_strong

if TYPE_CHECKING:
    from accounts.models import Membership
    from config.jobs.stages import Run
    from rights.models import SongSet

RENDERED_PPM, REGISTERED_PPM, UPLOADED_PPM = 500_000, 560_000, 600_000
ANALYSED_PPM, MATCHED_PPM = 850_000, 980_000
LOOK_EVERY_S = 0.5


def piece(run: Run) -> None:
    """Handle ``demo.piece``: render the song named by ``params``, if it is not there."""
    wanted, soundfont = _piece(run.params["piece"]), find_soundfont()

    def rendered() -> str:
        with one_hand():  # ten of these jobs are asked for at once
            path = render_song(
                wanted, demo_folder(), soundfont, lambda done: run.progress_part(done, 1)
            )
        give_back_freed_memory()  # what is next takes less: the songs are analysed
        return path.name

    run.stage(
        "render",
        rendered,
        input_key=song_key(wanted, soundfont),
        progress_ppm=1_000_000,
        is_present=lambda _name: is_rendered(wanted, demo_folder(), soundfont),
    )
    run.finish()


def seed(run: Run) -> None:
    """Handle ``demo.seed``."""
    creator, pieces, soundfont = demo_creator(), load_catalogue(), find_soundfont()
    paths = [song_path(one, demo_folder()) for one in pieces]
    run.stage(
        "render",
        lambda: _render(run, pieces, soundfont),
        input_key=_digest(song_key(one, soundfont) for one in pieces),
        progress_ppm=RENDERED_PPM,
        is_present=lambda _key: all(is_rendered(p, demo_folder(), soundfont) for p in pieces),
    )
    files = _digest(_sha256(path) for path in paths)
    run.stage("register", lambda: _register(paths), input_key=files, progress_ppm=REGISTERED_PPM)
    run.stage(
        "upload",
        lambda: _upload(creator, paths),
        input_key=files,
        progress_ppm=UPLOADED_PPM,
        is_present=lambda _key: len(_tracks(creator, paths)) == len(paths),
    )
    with run.holding():
        demo_labels_seed(names={one.release.label for one in pieces})
        song_set = demo_set_make(creator=creator, tracks=_tracks(creator, paths))
    run.stage("analyse", lambda: _analysed(run, creator, paths), progress_ppm=ANALYSED_PPM)
    run.stage("identify", lambda: _matched(run, song_set, creator), progress_ppm=MATCHED_PPM)

    def effect() -> dict[str, str]:
        song = song_generate(
            song_set=song_set,
            order=SongOrder({}, title=SONG_TITLE),
            actor=creator.user,
            idem=f"demo-{song_set.pk}"[:64],
            seed=SONG_SEED,
        )
        return {"song": str(song.pk)}

    run.finish(effect)


def _render(run: Run, pieces: Sequence[Piece], soundfont: SoundFont | None) -> str:
    """Ask for the songs that are missing, all at once, and wait until the workers have made them."""
    missing = [one for one in pieces if not is_rendered(one, demo_folder(), soundfont)]
    with run.holding():
        jobs = [
            enqueue(
                "demo.piece",
                {"piece": one.name},
                idem=f"demo.piece/{run.job.pk}/{song_key(one, soundfont)[:32]}",
                title=one.release.title,
            ).pk
            for one in missing
        ]
    failed = (Job.State.FAILED, Job.State.CANCELLED)

    def done() -> int:
        rows = Job.objects.filter(pk__in=jobs)
        if (lost := rows.filter(state__in=failed).first()) is not None:
            raise _failed(_("“%(title)s” could not be rendered."), title=lost.title)
        return len(pieces) - len(missing) + rows.filter(state=Job.State.SUCCEEDED).count()

    _wait(run, done, len(pieces))
    if not all(is_rendered(one, demo_folder(), soundfont) for one in pieces):
        raise _failed(_("The songs were rendered and are not there any more."))
    return _digest(song_key(one, soundfont) for one in pieces)


def _register(paths: Sequence[Path]) -> str:
    """Make the songs known to the stand-ins; real catalogues are never told."""
    try:
        call_command("sandbox_register", *map(str, paths), stdout=io.StringIO())
    except CommandError as refused:
        raise DomainError("generation.demo.not_registered", str(refused)) from None
    return _digest(path.name for path in paths)


def _upload(creator: Membership, paths: Sequence[Path]) -> str:
    """Put what the library lacks into it, as an upload of alice's."""
    there = {track.filename for track in _tracks(creator, paths)}
    for path in paths:
        if path.name in there:
            continue
        with path.open("rb") as stream:
            upload_receive(
                organisation=creator.organisation,
                user=creator.user,
                filename=path.name,
                stream=stream,
                size_bytes=path.stat().st_size,
                now=timezone.now(),
            )
    return _digest(path.name for path in paths)


def _analysed(run: Run, creator: Membership, paths: Sequence[Path]) -> str:
    failed = (Job.State.FAILED, Job.State.CANCELLED)

    def done() -> int:
        tracks = _tracks(creator, paths)
        for track in tracks:
            if track.job is not None and track.job.state in failed:
                raise _failed(_("“%(title)s” could not be read."), title=track.title)
        if len(tracks) < len(paths):
            raise _failed(_("A song of the demonstration was refused or deleted."))
        return sum(track.state == Track.State.READY for track in tracks)

    _wait(run, done, len(paths))
    return _digest(path.name for path in paths)


def _matched(run: Run, song_set: SongSet, creator: Membership) -> str:
    tracks = [entry.track_id for entry in song_set.entries.all()]

    def done() -> int:
        matches = Match.objects.filter(track__in=tracks)
        if not matches.filter(state=Match.State.MATCHING).exists():
            song_set_accept_strong(song_set=song_set, actor=creator.user)
            for match in matches.exclude(state=Match.State.MATCHED).select_related("track"):
                raise _failed(_("“%(title)s” was not recognised."), title=match.track.title)
        return matches.filter(state=Match.State.MATCHED).count()

    _wait(run, done, len(tracks))
    return _digest(map(str, tracks))


def _wait(run: Run, done: Callable[[], int], wanted: int) -> None:
    """Look until ``done()`` is ``wanted``; a job that is stopped or out of time is killed here."""
    while (there := done()) < wanted:
        run.progress_part(there, wanted)
        time.sleep(LOOK_EVERY_S)


def _tracks(creator: Membership, paths: Sequence[Path]) -> list[Track]:
    """Return the tracks of the library that are these files, in their order, as far as there are any."""
    sizes = {path.name: path.stat().st_size for path in paths}
    mine = Track.objects.of(creator.organisation).exclude(state=Track.State.REFUSED)
    rows = mine.filter(filename__in=sizes).select_related("job").order_by("-pk")
    found = {row.filename: row for row in rows if row.size_bytes == sizes[row.filename]}
    return [found[path.name] for path in paths if path.name in found]


def _piece(name: str) -> Piece:
    return next(one for one in load_catalogue() if one.name == name)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _failed(text: str, **values: str) -> DemoFailedError:
    return DemoFailedError(
        "generation.demo.stopped",
        text % values + " " + _("The demonstration stops here; run manage.py seed_demo --songs."),
    )
