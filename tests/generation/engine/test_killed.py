"""A job that makes a song dies in every stage: what it had finished is found again, nothing is seen.

The job is the real one; its engine is quick, so that every stage is as cheap as the next. What Mosaic
does after a death is in ``test_made_song``.
"""

from __future__ import annotations

import json

import pytest

from config.jobs.models import Job
from config.jobs.stages import LeaseLostError, Run
from config.lib import blobs
from generation.engines import registry
from generation.models import Receipt, VersionAsset, VersionBar
from generation.services import requests
from generation.services.songs import SongOrder, song_generate
from generation.tasks.generate import generate
from tests.generation.engine.hasty import CARD, PATH
from tests.generation.engine.ten import SHORT, asked, claimed, make_ten

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
STAGES = ("compose", "perform", "mix", "judge", "encode", "attribute", "receipt", "finish")


class KilledError(BaseException):
    """What a handler cannot catch, as little as SIGKILL."""


class Mortal(Run):
    """An attempt that is killed as a stage begins, or right before its success would commit."""

    def __init__(self, job, attempt, *, dies_in):
        super().__init__(job, attempt)
        self.dies_in = dies_in

    def stage(self, name, work, **how):
        if name == self.dies_in:
            raise KilledError(name)
        return super().stage(name, work, **how)

    def finish(self, effect=None):
        if self.dies_in == "finish":
            with self.holding():
                effect()
                raise KilledError("finish")
        super().finish(effect)


@pytest.fixture
def song(cast, monkeypatch):
    monkeypatch.setitem(registry._ENGINES, CARD.key, (CARD, PATH))
    monkeypatch.setattr(requests, "DEFAULT", CARD.key)
    return song_generate(
        song_set=make_ten(cast.studio),
        order=SongOrder(SHORT),
        actor=cast.alice,
        idem="once",
        seed=7,
    )


def done(job):
    return list(dict.fromkeys(job.stages.order_by("pk").values_list("name", flat=True)))


def test_killed_in_every_stage_it_goes_on_nothing_half_made_is_seen_and_who_comes_late_writes_nothing(
    song,
):
    version = asked(song)
    for number, stage in enumerate(STAGES):
        job = claimed(version)
        with pytest.raises(KilledError, match=stage):
            generate(Mortal(job, job.attempt, dies_in=stage))
        assert done(job) == list(STAGES[:number]), stage
        assert asked(song).state == "pending"
        for seen in (VersionBar, Receipt, VersionAsset):
            assert not seen.objects.exists(), (stage, seen)
    artefacts = dict(job.stages.values_list("name", "artefact"))
    assert set(job.stages.values_list("attempt", flat=True)) == set(range(2, 9))

    late, job = claimed(version), claimed(version)
    generate(Run(job, job.attempt))
    version, song = asked(song), version.song
    song.refresh_from_db()
    assert (version.state, song.current) == ("ready", version)
    assert version.job.state == Job.State.SUCCEEDED
    assert dict(job.stages.values_list("name", "artefact")) == artefacts, "nothing was done twice"
    with blobs.open_blob(artefacts["encode"]) as stream:
        written = {file["key"] for file in json.load(stream)["files"]}
    assert set(version.assets.values_list("key", flat=True)) == written
    assert json.loads(version.receipt.body)["audio_sha256"] == version.audio_sha256

    with pytest.raises(LeaseLostError):
        generate(Run(late, late.attempt))
    assert asked(song).ready_at == version.ready_at
    assert Receipt.objects.count() == 1
