"""The base model: whose recordings join it, what each weighs, and that the same inputs are the same."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.lib import blobs
from generation.engines.snapshot import TrainingRecording, read_snapshot, write_snapshot
from generation.models import BaseModel
from generation.services.base_models import base_model_build, base_model_newest
from rights.models import Match, MatchCandidate
from rights.services.consents import Said, consent_record
from tests.generation.songs import analysis
from tests.library.factories import make_analysis, make_track
from tests.rights.factories import make_match, make_party, make_recording

TODAY = timezone.now().date()


def measured(organisation, recording, number=1, *, sources=("shazam",), score_ppm=990_000):
    """Save an analysed track that somebody outside heard as ``recording``."""
    track = make_track(organisation)
    found = make_analysis(track)
    found.data = analysis(number)
    found.save(update_fields=["data"])
    match = make_match(track, recording=recording, score_ppm=score_ppm)
    MatchCandidate.objects.create(
        match=match,
        recording=recording,
        rank=1,
        score_ppm=score_ppm,
        evidence={"sources": list(sources)},
    )
    return match


def let_train(subject, *, state="allowed", may_train=True, days=0):
    said = Said(
        state, TODAY - timedelta(days=days), "Rita", "contract", terms="", may_train=may_train
    )
    return consent_record(subject=subject, said=said, actor=None)


def names(base):
    return set(base.items.filter(kind="recording").values_list("key", flat=True))


def test_without_any_consent_it_is_the_pack_and_adds_up(db):
    base = base_model_newest()
    assert base.frozen_at is not None
    assert (base.card["recordings"], base.card["patterns"]) == (0, base.items.count())
    assert base.items.count() > 250
    assert sum(base.items.values_list("weight_ppm", flat=True)) == 1_000_000
    assert not base.items.exclude(owner=None).exists()
    assert blobs.digest_of(base.artefact_key) == base.sha256
    assert base_model_newest() == base


def test_recordings_join_with_their_owner_and_weigh_by_their_units(cast):
    label = make_party()
    own, of_label = make_recording("Own"), make_recording("Of the label", label=label)
    measured(cast.studio, own, 1)
    measured(cast.studio, of_label, 2)
    let_train(own)
    let_train(label)
    base = base_model_build().base_model
    assert names(base) == {own.isrc, of_label.isrc}
    item = base.items.get(key=of_label.isrc)
    assert (item.owner, item.recording) == (label, of_label)
    assert base.items.get(key=own.isrc).owner is None
    pattern = base.items.filter(kind="pattern").first()
    assert item.weight_ppm > 20 * pattern.weight_ppm
    assert sum(base.items.values_list("weight_ppm", flat=True)) == 1_000_000
    assert base.card["owners"] == [label.name]


@pytest.mark.parametrize(
    "spoil",
    [
        "no word",
        "allowed but not for training",
        "blocked by the label, nothing said of it",
        "nobody heard it outside",
        "a weak match",
        "not matched",
        "deleted",
        "tomorrow",
    ],
)
def test_a_recording_stays_out_without_consent_or_without_proof(cast, spoil):
    label = make_party()
    recording = make_recording(label=label)
    heard = {"nobody heard it outside": {"sources": ("tags",)}, "a weak match": {"score_ppm": 1}}
    match = measured(cast.studio, recording, **heard.get(spoil, {}))
    if spoil == "allowed but not for training":
        let_train(recording, may_train=False)
        let_train(label)
    elif spoil.startswith("blocked"):
        let_train(label)
        let_train(label, state="blocked", may_train=False)
    elif spoil == "tomorrow":
        let_train(recording, days=-1)
    elif spoil != "no word":
        let_train(recording)
    if spoil == "not matched":
        Match.objects.filter(pk=match.pk).update(
            state="none", recording=None, method="", score_ppm=0, confirmed_at=None
        )
    if spoil == "deleted":
        match.track.deleted_at = timezone.now()
        match.track.save(update_fields=["deleted_at"])
    assert names(base_model_build().base_model) == set()


def test_what_cannot_be_measured_is_left_out_with_the_reason(cast):
    recording = make_recording()
    match = measured(cast.studio, recording)
    vague = match.track.analysis
    vague.data = {
        **analysis(1),
        "beats": {**analysis(1)["beats"], "confidence": 0.0},
    }
    vague.data["key"] = {**vague.data["key"], "confidence": 0.0}
    vague.save(update_fields=["data"])
    let_train(recording)
    built = base_model_build()
    assert set(built.left_out) | names(built.base_model) == {recording.isrc}


def test_the_same_inputs_are_the_same_model_and_a_withdrawn_word_makes_another(cast):
    recording = make_recording()
    measured(cast.studio, recording)
    measured(cast.charlies, recording, 4, score_ppm=900_000)
    consent = let_train(recording)
    first = base_model_build()
    again = base_model_build()
    assert (again.base_model, again.is_new) == (first.base_model, False)
    consent.withdrawn_at, consent.withdrawn_reason = timezone.now(), "By mistake."
    consent.save()
    without = base_model_build().base_model
    assert names(without) == set()
    assert names(first.base_model) == {recording.isrc}
    assert base_model_newest() == without


def recordings(*numbers):
    return [
        TrainingRecording(f"QZTEN26{n:05d}", f"T{n}", "A", "Rita", analysis(n)) for n in numbers
    ]


def test_a_snapshot_is_the_same_whatever_the_order_and_reads_back_whole():
    one, other = write_snapshot(recordings(1, 2)), write_snapshot(recordings(2, 1))
    assert one == other
    pack = read_snapshot(one.content)
    assert (pack.revision, pack.sha256) == (one.revision, one.sha256)
    ids = {unit.id for unit in pack.source.drums}
    assert any("QZTEN2600001" in each for each in ids)
    assert any("QZTEN2600001" not in each for each in ids)
    assert one.sha256 != write_snapshot(recordings(1)).sha256


def test_a_snapshot_of_another_format_is_not_read():
    content = json.loads(write_snapshot([]).content) | {"format": 2}
    with pytest.raises(ValueError, match="format 2"):
        read_snapshot(json.dumps(content).encode())


def test_the_command_says_what_it_froze(db):
    out = io.StringIO()
    call_command("base_model_build", stdout=out)
    base = BaseModel.objects.get()
    assert f"{base.revision}: frozen now" in out.getvalue()
    assert base.sha256 in out.getvalue()
    call_command("base_model_build", "--pack-only", stdout=out)
    assert "exists already" in out.getvalue()
    with pytest.raises(CommandError, match="is no day"):
        call_command("base_model_build", "--on", "tomorrow")
    assert BaseModel.objects.count() == 1
