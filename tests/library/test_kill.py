"""Kill -9 in the middle of an upload and of an analysis: both go on, and nothing happens twice.

Real processes: web server, supervisor, workers, the jail, and a database that commits.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.demo import demo_accounts_seed, demo_address
from config.lib import blobs
from config.postgres import var_dir
from library.models import Asset, Track, TrackAnalysis, Upload
from library.services.uploads import upload_receive
from tests.jobs.field import descendants, is_gone, wait_until
from tests.library.sounds import encoded, tone
from tests.library.studio import Studio, Visitor, free_port

pytestmark = pytest.mark.slow

SONG_S = 120  # so long that many looks at the database fall into its reading
KINDS = ["master", "original", "peaks_overview", "peaks_zoom"]


@pytest.fixture(scope="module")
def built():
    """Processes on a server of their own, with the cast in the database."""
    with TemporaryDirectory(prefix="studio-", dir=var_dir()) as folder:
        Path(folder).chmod(0o755)
        made = Studio(Path(folder) / "postgres")
        yield made
        made.dismiss()
        made.stop_server()


@pytest.fixture
def studio(built, django_db_blocker, monkeypatch, settings):
    """An empty library; what the test writes is committed where the processes see it."""
    with django_db_blocker.unblock():
        connection.close()
        where = {"NAME": "tenfold", "USER": "tenfold_app", "HOST": built.host, "PORT": ""}
        with monkeypatch.context() as patch:
            for key, value in (where | {"OPTIONS": {}}).items():
                patch.setitem(connection.settings_dict, key, value)
            folder = {**settings.STORAGES["default"], "OPTIONS": {"location": built.var / "media"}}
            settings.STORAGES = {**settings.STORAGES, "default": folder}
            settings.UPLOAD_DIR = str(built.uploads)
            yield built
            built.dismiss()
            built.clear()
            connection.close()


@pytest.fixture
def alice(studio):
    """Alice of the cast, and her workspace."""
    demo_accounts_seed()  # safe to run again: people stay from one test to the next
    alice = User.objects.get(email=demo_address("alice"))
    return alice, Organisation.objects.get(name="Alice's Studio")


def song(seconds: float) -> bytes:
    return encoded(tone(seconds), "wav")


def bring(alice, content: bytes) -> Track:
    """Upload as the plain form does, and return the track that waits for a worker."""
    person, organisation = alice
    upload = upload_receive(
        organisation=organisation,
        user=person,
        filename="song.wav",
        stream=io.BytesIO(content),
        size_bytes=len(content),
        now=timezone.now(),
    )
    return Track.objects.get(upload=upload)


def original(track: Track) -> bytes:
    [asset] = track.assets.filter(kind=Asset.Kind.ORIGINAL)
    with blobs.open_blob(asset.key) as stream:
        return stream.read()


def stages(studio, kind: str) -> list[tuple[str, int]]:
    """Return each finished stage of the job with the attempt that did its work."""
    return studio.rows(
        "SELECT s.name, s.attempt FROM jobs_stage s JOIN jobs_job j ON j.id = s.job_id"
        " WHERE j.kind = %s ORDER BY s.id",
        kind,
    )


def go_to_work(studio) -> psutil.Process:
    """Start the workers and do not wait for the reaper: when it comes, a song has been read."""
    return studio.start("supervise", "--queues", "cpu")


def ended(studio, kind: str) -> tuple[str, int]:
    wait_until(
        lambda: studio.rows("SELECT 1 FROM jobs_job WHERE kind = %s", kind), f"{kind} to be asked"
    )
    return studio.ended(studio.one("SELECT id FROM jobs_job WHERE kind = %s", kind))


def kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.kill()
    wait_until(lambda: all(is_gone(process) for process in processes), "the killed to be gone")


def assert_made_once(studio, track: Track, content: bytes) -> None:
    """One track with one set of files, the very bytes that were sent, measured once."""
    track.refresh_from_db()
    assert (Track.objects.count(), track.state) == (1, Track.State.READY)
    kinds = list(track.assets.order_by("kind").values_list("kind", flat=True))
    assert kinds == KINDS
    assert original(track) == content
    assert list(studio.uploads.iterdir()) == []
    # Each stage with the attempt that did its work: what was finished was not done again.
    assert stages(studio, "track.ingest") == [("store", 1), ("read", 2)]
    assert stages(studio, "track.analyse") == [("measure", 2)]
    analysis = TrackAnalysis.objects.get()
    assert track.analysis == analysis
    assert analysis.audio_sha256 == track.audio_sha256


def test_killed_web_server_and_killed_children_cost_a_piece_and_an_attempt(studio, alice):
    content = song(SONG_S)
    track = assert_upload_goes_on(studio, alice, content)
    go_to_work(studio)
    studio.in_step("track.ingest", "read").kill()
    assert ended(studio, "track.ingest") == ("succeeded", 2)
    studio.in_step("track.analyse", "measure").kill()
    assert ended(studio, "track.analyse") == ("succeeded", 2)
    assert_made_once(studio, track, content)


def test_clusters_killed_while_they_read_and_measure_are_replaced(studio, alice):
    content = song(SONG_S)
    track = bring(alice, content)
    supervisor = go_to_work(studio)
    for kind, step in (("track.ingest", "read"), ("track.analyse", "measure")):
        child = studio.in_step(kind, step)
        tree = descendants(supervisor.pid)
        assert child in tree
        kill_all(tree)
        assert ended(studio, kind) == ("succeeded", 2)
    assert_made_once(studio, track, content)


def assert_upload_goes_on(studio, alice, content: bytes) -> Track:
    """Send a file whose web server dies in the second piece; return the one track it becomes."""
    client = Client()
    client.force_login(alice[0])
    port = free_port()
    visitor = Visitor(port, client.cookies["sessionid"].value)
    server = studio.serve(port)
    begun = visitor.ask("POST", reverse("library:tus"), Upload_Length=str(len(content)))
    url, half = begun.headers["Location"], 1_000_000
    assert visitor.piece(url, 0, content[:half]).status == 204
    partial = studio.uploads / str(Upload.objects.get().pk)
    rest = len(content) - half
    with visitor.begin_piece(url, half, length=rest, first=content[half : half + 700_000]):
        wait_until(lambda: partial.stat().st_size > half, "the piece to reach the disk")
        kill_all([server, *descendants(server.pid)])
    assert Track.objects.count() == 0
    studio.serve(port)
    stands = visitor.ask("HEAD", url)
    assert (stands.status, stands.headers["Upload-Offset"]) == (200, str(half))
    assert visitor.piece(url, half, content[half:]).status == 204
    assert visitor.piece(url, half, content[half : half + 99]).status == 409  # it came already
    assert Upload.objects.get().state == Upload.State.RECEIVED
    return Track.objects.get()
