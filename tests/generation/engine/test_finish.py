"""The success of a version: everything or nothing, and which version is the present one then."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.jobs.models import Job
from config.jobs.stages import Run
from config.lib.errors import DomainError
from generation.engines.base import Attribution, BarResult
from generation.exceptions import SourceLostError
from generation.models import Receipt, Version, VersionAsset
from generation.services.base_models import base_model_newest
from generation.services.edits import version_edit
from generation.services.songs import SongOrder, song_generate
from generation.services.versions import (
    MadeFile,
    Outcome,
    version_begin,
    version_finish,
    version_refused,
)
from generation.tasks.generate import generate
from rights.models import Consent
from tests.generation.engine.ten import SHORT, asked, claimed, make_ten

FILES = [MadeFile("midi", "sha256/aa/bb/x.mid", "audio/midi", 9)]


@pytest.fixture
def song(cast):
    return song_generate(
        song_set=make_ten(cast.studio),
        order=SongOrder(SHORT),
        actor=cast.alice,
        idem="once",
        seed=7,
        versions=2,
    )


def outcome(version, **changes):
    """Return what an engine could have made: every source at exactly its weight."""
    shares = {row.key: row.weight_ppm for row in version.sources.all()}
    bars = tuple(BarResult(n + 1, 2000 * n, 2000 * n + 2000, "verse", shares) for n in range(4))
    owed = Attribution("v1", "exact", shares, bars, {"melody": shares})
    columns = {
        "used_seed": 9,
        "tempo_bpm": 120.0,
        "key_pitch_class": 2,
        "key_mode": "minor",
        "duration_ms": 9000,
        "audio_sha256": "a" * 64,
        "figures": {"lufs": -14.0},
        "quality": {"passed": True, "tries": []},
        "passed": True,
    }
    return Outcome(columns=columns | changes, attribution=owed, files=FILES)


def finish(version, **changes):
    version_begin(version=version, base_model=base_model_newest(), revision="7")
    return version_finish(version=version, outcome=outcome(version, **changes))


def block(version):
    source = version.sources.get(position=5)
    Consent.objects.create(
        recording=source.recording,
        state="blocked",
        valid_from=timezone.now().date(),
        said_by="Rita",
        source="contract",
    )


def test_rows_files_receipt_and_present_version_come_together(song):
    version = asked(song)
    told = finish(version)
    version.refresh_from_db()
    song.refresh_from_db()
    assert told == {"song": str(song.pk), "version": str(version.pk)}
    assert (version.state, version.engine_revision, song.current) == ("ready", "7", version)
    assert version.ready_at is not None
    assert [s.share_ppm for s in version.sources.all()] == [67_000] * 10 + [330_000]
    assert version.bars.count() == 4
    assert list(version.layers.values_list("layer", flat=True)) == ["melody"]
    assert VersionAsset.objects.get().key == FILES[0].key
    assert version.receipt.body


def test_finished_twice_is_finished_once(song):
    version = asked(song)
    assert finish(version) == finish(version)
    assert Receipt.objects.count() == VersionAsset.objects.count() == 1


def test_the_second_of_two_leaves_the_first_present(song):
    finish(asked(song, 2))
    finish(asked(song, 1))
    song.refresh_from_db()
    assert song.current.number == 2


def test_an_edit_becomes_present_only_in_the_place_of_its_parent(song, cast):
    first, second = asked(song, 1), asked(song, 2)
    finish(first)
    finish(second)
    children = [
        version_edit(
            version=Version.objects.get(pk=parent.pk),
            edit={"kind": "tempo", "bpm": 100},
            actor=cast.alice,
            idem=f"edit {parent.number}",
        )
        for parent in (first, second)
    ]
    for child in reversed(children):
        finish(child)
    song.refresh_from_db()
    assert song.current == children[0]


def test_a_source_that_was_blocked_meanwhile_stops_the_success(song):
    version = asked(song)
    block(version)
    with pytest.raises(SourceLostError, match="Replace song 5"), transaction.atomic():
        finish(version)
    version.refresh_from_db()
    song.refresh_from_db()
    assert (version.state, song.current) == ("pending", None)
    assert not version.bars.exists()
    assert not VersionAsset.objects.exists()
    assert not Receipt.objects.exists()


def test_what_does_not_add_up_is_refused_whole(song):
    version = asked(song)
    wrong = outcome(version)
    wrong.attribution.song["base"] -= 1
    version_begin(version=version, base_model=base_model_newest(), revision="7")
    with pytest.raises(IntegrityError), transaction.atomic():
        version_finish(version=version, outcome=wrong)
    assert not version.bars.exists()


def test_a_job_whose_source_was_blocked_since_the_request_says_so_and_makes_nothing(song):
    version = asked(song)
    block(version)
    job = claimed(version)
    with pytest.raises(DomainError) as refused:
        generate(Run(job, job.attempt))
    version.refresh_from_db()
    assert (version.state, version.refusal_code) == ("failed", "generation.source.lost")
    assert version.refusal == refused.value.message
    assert "its owner does not allow its use" in version.refusal
    assert not job.stages.exists()
    assert not version.bars.exists()


def test_a_refusal_never_touches_what_is_ready(song):
    version = asked(song)
    finish(version)
    version_refused(version=version, refusal=DomainError("x", "Too late."))
    version.refresh_from_db()
    assert (version.state, version.refusal) == ("ready", "")


def test_a_retry_of_the_job_centre_brings_its_version_along(song, cast):
    from config.jobs.services import job_retry

    version = asked(song)
    version_refused(version=version, refusal=DomainError("x", "No."))
    Job.objects.filter(pk=version.job_id).update(state="failed", finished_at=timezone.now())
    new = job_retry(job=Job.objects.get(pk=version.job_id), idem="again")
    version.refresh_from_db()
    assert (version.job, version.state, version.refusal) == (new, "pending", "")
