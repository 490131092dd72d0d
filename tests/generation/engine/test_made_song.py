"""One song as Mosaic makes it, begun by a process that dies before it writes a file; seen from all sides.

The other process goes on in memory to the end, and so says what comes of it in one go. Here the job
finds what that process had finished and has to arrive at the same bytes. The song is made in a
transaction that is taken back at the end, once for all tests of this module, which only read.
"""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from config.jobs.models import Job, Stage
from config.jobs.stages import Run
from config.lib import blobs
from generation.attribution.settlement import settle
from generation.attribution.verification import verify
from generation.composition.archive import load
from generation.engines import registry, seeds
from generation.exports.stored import StoredFlac, lossy_of
from generation.models import Receipt, SourceSpectrum, Version, VersionAsset
from generation.selectors.receipt_page import receipt_find
from generation.selectors.wanted import ON_DEMAND
from generation.services.base_models import base_model_newest
from generation.services.edits import version_edit
from generation.services.files import file_want
from generation.services.songs import SongOrder, song_generate
from generation.services.sources import sources_usable
from generation.services.versions import version_begin
from generation.tasks.facts import tags_of
from generation.tasks.generate import generate
from generation.tasks.specs import spec_key, spec_of
from generation.tasks.wanted import make
from library.analysis.long_term import BANDS_HZ
from tests.cast import make_cast
from tests.generation.engine.ten import SHORT, asked, claimed, make_ten, taken
from tests.generation.engine.test_killed import KilledError, Mortal

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SEED = 5


@pytest.fixture(autouse=True)
def _private_storage():
    """The files of this module are those of its one song."""


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The finished song, and what each killed attempt had left."""
    media = {**settings.STORAGES["default"]}
    media["OPTIONS"] = {"location": str(tmp_path_factory.mktemp("made"))}
    stored = {**settings.STORAGES, "default": media}
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES=stored),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        # One try: every other one would be played once more for every kill.
        patch.setattr(seeds, "TRIES", 1)
        cast = make_cast()
        song_set = make_ten(cast.studio)
        song = song_generate(
            song_set=song_set,
            order=SongOrder(SHORT, files=["mp3", "master_wav"]),
            actor=cast.alice,
            idem="once",
            seed=SEED,
        )
        version = asked(song)
        told, finished = in_another_process(version)
        job = claimed(version)
        _leave(job, version, finished)
        run = Counting(job, job.attempt)
        generate(run)
        song.refresh_from_db()
        yield SimpleNamespace(
            song=song, version=asked(song), cast=cast, told=told, found=finished, worked=run.worked
        )
        transaction.set_rollback(True)


def in_another_process(version):
    """Make the song in one go elsewhere: return hashes of it, and what the engine had finished."""
    version_begin(version=version, base_model=base_model_newest(), revision="1")
    version.refresh_from_db()
    spec = spec_of(version, sources_usable(version.song.song_set))
    bare = replace(spec, sources=tuple(replace(source, audio=None) for source in spec.sources))
    done = subprocess.run(
        [sys.executable, "-m", "tests.generation.engine.memory"],
        input=pickle.dumps((bare, tags_of(version))),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    told, kept = pickle.loads(done.stdout)  # noqa: S301 - our own process
    key = spec_key(registry.card_of(version.engine), spec)
    return told, {(stage, f"{key}/{part}"): content for (stage, part), content in kept.items()}


def _leave(job, version, finished):
    """Leave on the job what an attempt had finished that was killed as it began to encode."""
    for (stage, input_key), content in finished.items():
        key = blobs.put(io.BytesIO(content), suffix=".bin")
        Stage.objects.create(job=job, name=stage, input_key=input_key, artefact=key, attempt=1)


class Counting(Run):
    """An attempt that notes which stages it had to do itself."""

    def __init__(self, job, attempt):
        super().__init__(job, attempt)
        self.worked = []

    def stage(self, name, work, **how):
        def noted():
            self.worked.append(name)
            return work()

        return super().stage(name, noted, **how)


def files(made, kind):
    """Return the contents of the files of one kind by their names."""
    found = {}
    for asset in made.version.assets.filter(kind=kind):
        with blobs.open_blob(asset.key) as stream:
            found[asset.name] = stream.read()
        assert len(found[asset.name]) == asset.size_bytes
    return found


def test_what_the_killed_process_had_finished_is_not_done_again(made):
    assert {stage for stage, _key in made.found} == {"compose", "perform", "mix", "judge"}
    assert made.worked == ["encode", "attribute", "receipt"]


def test_the_song_is_the_one_that_another_process_makes_in_one_go(made):
    kept = dict(made.version.assets.values_list("kind", "key"))
    told = dict(made.told)
    assert made.version.audio_sha256 == told.pop("master")
    assert told == {kind: blobs.digest_of(kept[kind]) for kind in told}


def test_everything_is_there_and_the_song_has_its_present_version(made):
    version = made.version
    assert (version.state, made.song.current) == ("ready", version)
    assert version.job.state == Job.State.SUCCEEDED
    assert version.job.result == {"song": str(made.song.pk), "version": str(version.pk)}
    kinds = set(version.assets.values_list("kind", flat=True))
    assert kinds == set(VersionAsset.Kind.values) - {"receipt", *ON_DEMAND} | {"mp3", "master_wav"}
    stems = set(files(made, "stem"))
    assert {"Lead", "Bass", "Kick", "Snare"} <= stems
    assert 40_000 <= version.duration_ms <= 70_000
    assert version.base_model.revision.startswith("base-1.0+")
    assert version.engine_revision


def test_every_share_is_within_a_point_of_its_weight_and_all_sum_to_a_million(made):
    for source in made.version.sources.all():
        assert abs(source.share_ppm - source.weight_ppm) <= 10_000, source.key
    for row in (*made.version.bars.all(), *made.version.layers.all()):
        assert sum(row.shares.values()) == 1_000_000
    owed = {source.key: source.share_ppm for source in made.version.sources.all()}
    seconds = [(bar.end_ms - bar.start_ms, bar.shares) for bar in made.version.bars.all()]
    whole = sum(length for length, _shares in seconds)
    for key, share in owed.items():
        mean = sum(length * shares.get(key, 0) for length, shares in seconds) / whole
        assert abs(mean - share) < 20, key


def test_the_receipt_is_signed_over_the_rows_and_the_master(made):
    receipt = made.version.receipt
    checked = verify(receipt.body.encode(), audio_sha256=made.version.audio_sha256)
    assert checked.valid, checked
    told = json.loads(receipt.body)
    assert told["audio_sha256"] == made.version.audio_sha256
    assert len(told["bars"]) == made.version.bars.count()
    assert not verify(receipt.body.encode(), audio_sha256="0" * 64).valid


def test_figures_and_report_say_what_the_song_is(made):
    version = made.version
    [report] = map(json.loads, files(made, "report").values())
    assert report["tempo_bpm"] == version.tempo_bpm
    assert report["sections"] == version.figures["sections"]
    assert sum(section["bars"] for section in report["sections"]) == version.bars.count()
    assert report["chords"] == version.figures["chords"]
    assert report["quality"] == version.quality
    assert abs(version.figures["lufs"] + 14) <= 0.5
    kept = [one for one in version.quality["tries"] if one["kept"]]
    assert [one["seed"] for one in kept] == [version.used_seed]
    assert version.quality["tries"][0]["seed"] == version.seed == SEED
    names = {one["name"] for one in (*kept[0]["notes"], *kept[0]["heard"])}
    assert {"steps", "length_off", "loudness_lufs", "octaves_off_db", "beats_f"} <= names


def test_the_archive_of_stems_can_be_made_of_what_is_stored(made):
    with transaction.atomic():
        job = file_want(version=made.version, kind="stems_zip")
        make(Run(taken(job), job.attempt))
        [content] = files(made, "stems_zip").values()
        transaction.set_rollback(True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        stems = json.loads(archive.read("metadata.json"))["stems"]
    assert len([name for name in names if name.endswith(".wav")]) == len(files(made, "stem"))
    assert any(name.endswith(".mid") for name in names)
    assert stems["sum_minus_mix_peak_dbfs"] < -100


def test_the_mp3_that_was_asked_for_with_the_song_is_the_one_that_is_made_later(made):
    [flac], [mp3] = files(made, "flac").values(), files(made, "mp3").values()
    with transaction.atomic():
        made.version.assets.get(kind="mp3").delete()
        make(Run(taken(job := file_want(version=made.version, kind="mp3")), job.attempt))
        [later] = files(made, "mp3").values()
        transaction.set_rollback(True)
    assert mp3 == later == lossy_of(flac, "mp3_320", made.song.title)


def test_the_wav_that_was_asked_for_with_the_song_is_the_one_that_was_signed(made):
    [wav] = files(made, "master_wav").values()
    assert hashlib.sha256(wav).hexdigest() == made.version.audio_sha256
    with transaction.atomic():
        made.version.assets.get(kind="master_wav").delete()
        make(Run(taken(job := file_want(version=made.version, kind="master_wav")), job.attempt))
        [later] = files(made, "master_wav").values()
        transaction.set_rollback(True)
    assert wav == later


def test_the_master_tells_whose_song_it_is_and_where_its_receipt_is(made):
    [content] = files(made, "flac").values()
    said = StoredFlac(io.BytesIO(content)).tags()
    assert (said.title, said.artist) == (made.song.title, "Alice's Studio with Tenfold")
    assert said.comment.endswith(f"/verify/{made.version.pk}")
    assert receipt_find(str(made.version.pk)) == made.version.receipt


def test_what_was_measured_of_the_masters_is_kept_for_the_next_song(made):
    assert SourceSpectrum.objects.count() == 2
    assert all(len(row.levels_db) == len(BANDS_HZ) for row in SourceSpectrum.objects.all())


def test_an_attempt_that_comes_too_late_changes_nothing(made):
    kept = Version.objects.filter(pk=made.version.pk).values().get()
    with transaction.atomic():
        job = claimed(made.version)
        generate(Run(job, job.attempt))
        assert Version.objects.filter(pk=made.version.pk).values().get() == kept
        assert Receipt.objects.count() == 1
        transaction.set_rollback(True)


def test_an_edit_begins_with_the_notes_of_its_parent(made):
    with transaction.atomic():
        child = version_edit(
            version=made.version,
            edit={"kind": "tempo", "bpm": 97},
            actor=made.cast.alice,
            idem="edit",
        )
        job = claimed(child)
        with pytest.raises(KilledError):
            generate(Mortal(job, job.attempt, dies_in="perform"))
        with blobs.open_blob(job.stages.get(name="compose").artefact) as stream:
            edited = load(stream.read())
        transaction.set_rollback(True)
    parent = load(files(made, "archive")[""])
    assert edited.score.plan.bpm == 97
    assert [(e.tick, e.pitch) for e in edited.score.events] == [
        (e.tick, e.pitch) for e in parent.score.events
    ]
    assert settle(edited.shares) == settle(parent.shares)
