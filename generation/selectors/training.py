"""Which recordings the base model may learn from, and from which measurement of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.engines.snapshot import TrainingRecording
from rights.models import Consent, Match, Recording
from rights.selectors.consents import consents_of
from rights.services.learning import is_learnable

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True)
class Trainable:
    """A recording with the rows that own it."""

    recording_id: UUID
    owner_id: UUID | None
    recording: TrainingRecording


def training_recordings(*, on: date) -> tuple[Trainable, ...]:
    """Return every recording whose owner lets it be trained on that day and that was measured.

    Measured means: a track of any workspace is matched to it in such a way that our own index may
    learn its sound (somebody outside heard it, or staff said so), and the track was analysed. Of
    several tracks the best match counts, then the smallest hash of the audio, so that the order of
    uploads changes nothing. Corrections by hand are left out: they are their makers' and can be
    anything.
    """
    words = Consent.objects.on(on).filter(may_train=True)
    asked = Recording.objects.filter(consents__in=words) | Recording.objects.filter(
        label__consents__in=words
    )
    recordings = list(asked.select_related("label").distinct())
    answers = consents_of(recordings, on)
    allowed = {each.pk: each for each in recordings if answers[each.pk].may_train}
    best = _measured(set(allowed))
    return tuple(
        Trainable(pk, allowed[pk].label_id, _training(allowed[pk], best[pk]))
        for pk in sorted(best, key=lambda pk: allowed[pk].isrc)
    )


def _measured(recordings: set[UUID]) -> dict[UUID, Match]:
    """Return the match whose track speaks for each recording."""
    found = (
        Match.objects.filter(
            recording__in=recordings,
            state=Match.State.MATCHED,
            track__deleted_at=None,
            track__analysis__isnull=False,
        )
        .select_related("track__analysis")
        .prefetch_related("candidates")
        .order_by("-score_ppm", "track__audio_sha256")
    )
    best: dict[UUID, Match] = {}
    for match in found:
        if match.recording_id not in best and match.recording_id and is_learnable(match=match):
            best[match.recording_id] = match
    return best


def _training(recording: Recording, match: Match) -> TrainingRecording:
    analysis = match.track.analysis
    return TrainingRecording(
        isrc=recording.isrc,
        title=recording.title,
        artist=recording.artist,
        owner=recording.label.name if recording.label is not None else "",
        analysis=analysis.data if analysis is not None else {},
    )
