"""The base model: built from the pack and from what owners let be trained on, frozen, never changed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from config.lib import blobs
from generation.composition.errors import SourceTooVagueError
from generation.engines.snapshot import Snapshot, TrainingRecording, write_snapshot
from generation.models import BaseModel, BaseModelItem
from generation.selectors.training import training_recordings
from rights.domain.allocation import PPM, allocate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from generation.selectors.training import Trainable

LOCK = "SELECT pg_advisory_xact_lock(hashtext('generation.base_model'))"
RULE = (
    "A recording belongs to it when its owner said so (consent with may_train, on the day of the "
    "build), somebody outside heard that the measured audio is that recording, and it was measured "
    "clearly enough. An item weighs as many parts as it holds units; an authored pattern is one."
)


@dataclass(frozen=True)
class Built:
    """A base model and what could not be used, by ISRC, with the reason."""

    base_model: BaseModel
    is_new: bool
    left_out: dict[str, str]


def base_model_build(*, on: date | None = None, with_recordings: bool = True) -> Built:
    """Build and freeze the base model of today; the same inputs give the one that exists.

    Parameters
    ----------
    on
        The day whose consents hold; today if none is given.
    with_recordings
        False builds from the pack alone.
    """
    day = on or timezone.now().date()
    trainable = training_recordings(on=day) if with_recordings else ()
    usable, left_out = _usable(trainable)
    snapshot = write_snapshot([one.recording for one in usable])
    key = blobs.put(io.BytesIO(snapshot.content), suffix=".json")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        known = BaseModel.objects.filter(sha256=snapshot.sha256).first()
        if known is not None:
            return Built(known, is_new=False, left_out=left_out)
        made = _freeze(snapshot, key, usable)
    return Built(made, is_new=True, left_out=left_out)


def base_model_newest() -> BaseModel:
    """Return the newest frozen base model, building one from the pack alone if there is none."""
    newest = BaseModel.objects.exclude(frozen_at=None).order_by("-pk").first()
    return newest or base_model_build(with_recordings=False).base_model


def _usable(trainable: Sequence[Trainable]) -> tuple[list[Trainable], dict[str, str]]:
    """Return what was measured clearly enough, and why the rest was not."""
    usable, left_out = [], {}
    for one in trainable:
        try:
            write_snapshot([one.recording])
        except SourceTooVagueError as vague:
            left_out[one.recording.isrc] = vague.message
        else:
            usable.append(one)
    return usable, left_out


def _freeze(snapshot: Snapshot, key: str, usable: Sequence[Trainable]) -> BaseModel:
    rows = {one.recording.isrc: one for one in usable}
    weights = allocate(PPM, {item.key: item.units for item in snapshot.items}).amounts
    made = BaseModel.objects.create(
        revision=snapshot.revision,
        sha256=snapshot.sha256,
        artefact_key=key,
        card=_card(snapshot, [one.recording for one in usable]),
    )
    BaseModelItem.objects.bulk_create(
        BaseModelItem(
            base_model=made,
            kind=item.kind,
            key=item.key,
            recording_id=rows[item.key].recording_id if item.key in rows else None,
            owner_id=rows[item.key].owner_id if item.key in rows else None,
            weight_ppm=weights[item.key],
            sha256=item.sha256,
        )
        for item in snapshot.items
    )
    made.frozen_at = timezone.now()
    made.save(update_fields=["frozen_at"])
    return made


def _card(snapshot: Snapshot, recordings: Sequence[TrainingRecording]) -> dict[str, Any]:
    patterns = [item for item in snapshot.items if item.kind == "pattern"]
    return {
        "title": "Tenfold base model",
        "revision": snapshot.revision,
        "sha256": snapshot.sha256,
        "patterns": len(patterns),
        "patterns_owner": "Tenfold",
        "patterns_licence": "the project's own; commercial use yes",
        "recordings": len(recordings),
        "owners": sorted({one.owner for one in recordings if one.owner}),
        "units": sum(item.units for item in snapshot.items),
        "rule": RULE,
        "commercial_use": "yes",
    }
