"""Files that are made on demand: from what is stored, once, and gone after a week."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import av
import numpy as np
import pytest
import soundfile
from django.utils import timezone

from config.jobs.models import Job
from config.jobs.stages import Run
from config.lib import blobs
from generation.composition.archive import dump
from generation.composition.midi import write_midi
from generation.exceptions import FileRefusedError
from generation.exports.encode import encode, master_sha256
from generation.exports.stems import StemWriter
from generation.exports.tags import Tags
from generation.models import VersionAsset
from generation.services.files import file_want
from generation.services.retention import generation_sweep
from generation.tasks.wanted import make
from tests.generation.exports.signals import RATE, chirp
from tests.generation.finished import make_finished_song
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db
TAGS = Tags("Tide", "Alice's Studio with Tenfold", "Receipt: https://tenfold.example/verify/1")
KINDS = ("master_wav", "mp3", "stems_zip")
NOW = timezone.now()


@pytest.fixture(scope="module")
def stored(made, tmp_path_factory):
    """What the making of a song leaves in storage, of a second and a half of sound."""
    path = tmp_path_factory.mktemp("stem") / "stem.flac"
    audio = chirp()
    writer = StemWriter(audio, RATE)
    files = {}
    for name in ("Lead", "Bass"):
        writer.write(name, audio / 2, path)
        files[f"stem:{name}"] = path.read_bytes()
    return files | {
        "flac": encode(audio, RATE, "flac", TAGS),
        "midi": write_midi(made.score),
        "archive": dump(made),
    }


@pytest.fixture
def version(cast, stored):
    return of_sound(cast, stored, master_sha256(chirp(), RATE, TAGS))


def of_sound(cast, stored, audio_sha256):
    song = make_finished_song(cast.studio, "Tide", files=stored, audio_sha256=audio_sha256)
    # Of the six stems of the factory only these have a file behind them.
    song.current.assets.filter(kind="stem").exclude(name__in=("Lead", "Bass")).delete()
    return song.current


def attempt(job):
    """Let a worker have the job, and give what its handler is given."""
    lease = timezone.now() + timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=job.attempt + 1, started_at=timezone.now(), lease_until=lease
    )
    job.refresh_from_db()
    return Run(job, job.attempt)


def made_of(version, kind):
    """Make a file as people get it."""
    make(attempt(file_want(version=version, kind=kind)))
    asset = version.assets.get(kind=kind)
    with blobs.open_blob(asset.key) as stream:
        content = stream.read()
    assert asset.size_bytes == len(content)
    return asset, content


def test_the_wav_is_the_file_that_the_receipt_was_signed_for(version):
    asset, content = made_of(version, "master_wav")
    assert blobs.digest_of(asset.key) == version.audio_sha256
    assert (asset.content_type, asset.key[-4:]) == ("audio/wav", ".wav")
    assert soundfile.info(io.BytesIO(content)).subtype == "PCM_24"


def test_a_master_that_is_not_the_signed_one_is_never_handed_out(cast, stored):
    version = of_sound(cast, stored, "0" * 64)
    job = file_want(version=version, kind="master_wav")
    with pytest.raises(FileRefusedError, match="not the one that the receipt was signed for"):
        make(attempt(job))
    assert not version.assets.filter(kind="master_wav").exists()


def test_the_mp3_has_the_present_title_and_the_address_of_the_receipt(version):
    version.song.title = "Ebb"
    version.song.save(update_fields=["title"])
    asset, content = made_of(version, "mp3")
    with av.open(io.BytesIO(content)) as container:
        said = container.metadata
    assert (said["title"], said["artist"], said["comment"]) == ("Ebb", TAGS.artist, TAGS.comment)
    assert asset.content_type == "audio/mpeg"


def test_the_archive_of_stems_holds_their_samples_the_notes_and_the_credits(version, made):
    asset, content = made_of(version, "stems_zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        wavs = [name for name in archive.namelist() if name.endswith(".wav")]
        assert [name.split("_")[1] for name in wavs] == ["Bass", "Lead"]
        lead, rate = soundfile.read(io.BytesIO(archive.read(wavs[1])), dtype="float64")
        assert archive.read("MIDI/Tide.mid") == write_midi(made.score)
        told = json.loads(archive.read("metadata.json"))
        readme = archive.read("README.txt").decode()
    assert (rate, asset.content_type) == (RATE, "application/zip")
    assert np.abs(lead - chirp() / 2).max() <= 2.0**-20
    assert told["stems"]["sum_minus_mix_peak_dbfs"] == -112.0
    shares = {row.isrc: row.share_ppm for row in version.sources.exclude(isrc="")}
    assert {one["isrc"]: one["share_ppm"] for one in told["sources"]} == shares
    assert told["receipt"].endswith(f"/verify/{version.pk}")
    assert f"{version.song.organisation.name} with Tenfold" in readme


@pytest.mark.parametrize("kind", KINDS)
def test_made_again_after_a_week_it_is_the_same_file(version, kind):
    first, _content = made_of(version, kind)
    assert generation_sweep(now=NOW + timedelta(days=6)).files_removed == 0
    assert generation_sweep(now=NOW + timedelta(days=8)).files_removed == 1
    assert not version.assets.filter(kind=kind).exists()
    assert not blobs.exists(first.key)
    again, _content = made_of(version, kind)
    assert (again.key, again.size_bytes) == (first.key, first.size_bytes)


def test_what_cannot_be_made_again_is_not_removed(version):
    made_of(version, "mp3")
    version.assets.filter(kind="flac").delete()
    assert generation_sweep(now=NOW + timedelta(days=8)).files_removed == 0
    assert version.assets.filter(kind="mp3").exists()


def test_the_mp3_that_is_played_stays_until_there_is_an_aac(version):
    version.assets.filter(kind="aac").delete()
    made_of(version, "mp3")
    assert generation_sweep(now=NOW + timedelta(days=800)).files_removed == 0
    assert version.assets.filter(kind="mp3").exists()
    made_of(version, "aac")
    assert generation_sweep(now=NOW + timedelta(days=800)).files_removed == 1
    assert set(version.assets.filter(kind__in=("mp3", "aac")).values_list("kind", flat=True)) == {
        "aac"
    }


def test_an_aac_can_be_asked_for_where_the_song_was_made_with_an_mp3(version):
    version.assets.filter(kind="aac").delete()
    asset, content = made_of(version, "aac")
    with av.open(io.BytesIO(content)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        assert container.metadata["title"] == version.song.title
    assert (asset.content_type, asset.key[-4:]) == ("audio/mp4", ".m4a")


def test_while_a_file_is_being_made_nothing_is_removed(version):
    made_of(version, "mp3")
    make_job("running", tenant=version.song.organisation_id, kind="song.file")
    assert generation_sweep(now=NOW + timedelta(days=8)).files_removed == 0


def test_what_is_made_at_once_stays_for_good(version):
    kinds = set(version.assets.values_list("kind", flat=True))
    generation_sweep(now=NOW + timedelta(days=800))
    assert set(version.assets.values_list("kind", flat=True)) == kinds


def test_asked_for_twice_it_is_one_job_and_there_it_is_none(version):
    job = file_want(version=version, kind="mp3")
    assert file_want(version=version, kind="mp3") == job
    assert file_want(version=version, kind="master_wav") != job
    make(attempt(job))
    assert file_want(version=version, kind="mp3") is None


def test_an_attempt_that_was_killed_before_the_end_goes_on_with_what_it_wrote(version):
    class Killed(Run):
        def finish(self, effect=None):
            raise KeyboardInterrupt

    job = file_want(version=version, kind="mp3")
    first = attempt(job)
    with pytest.raises(KeyboardInterrupt):
        make(Killed(first.job, first.attempt))
    assert not version.assets.filter(kind="mp3").exists()
    written = first.job.stages.get(name="write")
    make(attempt(first.job))
    assert version.assets.get(kind="mp3").key == written.artefact
    assert first.job.stages.get(name="write").attempt == 1


def test_two_workers_with_one_job_leave_one_file(version):
    job = file_want(version=version, kind="mp3")
    make(attempt(job))
    Job.objects.filter(pk=job.pk).update(finished_at=None, state="queued")
    make(attempt(job))
    assert VersionAsset.objects.filter(version=version, kind="mp3").count() == 1
