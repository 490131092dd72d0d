"""May a recording be used on a day: its own consent beats its label's, the stricter one wins."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from rights.models import Consent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from rights.models import Recording

State = Literal["unknown", "allowed", "allowed_with_terms", "blocked"]
STRICTNESS = {"allowed": 1, "allowed_with_terms": 2, "blocked": 3}


@dataclass(frozen=True)
class ConsentAnswer:
    """``unknown`` is no refusal: the money of such a recording is held until its owner is known.

    ``may_train`` only if everybody who is heard says so: silence is no consent to training.
    ``reason`` is a sentence for people when the state is ``blocked``, else empty.
    """

    state: State
    terms: str = ""
    reason: str = ""
    by: str = ""
    consent: int | None = None
    may_train: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether the recording must not be used."""
        return self.state == "blocked"


UNKNOWN = ConsentAnswer("unknown")


def consent_of(recording: Recording, on: date) -> ConsentAnswer:
    """Return what was said about one recording for the day ``on``."""
    return consents_of([recording], on)[recording.pk]


def consents_of(recordings: Iterable[Recording], on: date) -> dict[UUID, ConsentAnswer]:
    """Return the answers by recording, in two queries for any number of them."""
    asked = {recording.pk: recording for recording in recordings}
    labels = {recording.label_id for recording in asked.values() if recording.label_id}
    own: dict[UUID | None, list[Consent]] = defaultdict(list)
    of_label: dict[UUID | None, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.on(on).filter(recording__in=asked):
        own[consent.recording_id].append(consent)
    if labels:
        for consent in Consent.objects.on(on).filter(label__in=labels).select_related("label"):
            of_label[consent.label_id].append(consent)
    return {
        pk: _answer(own[pk] or of_label[recording.label_id], recording)
        for pk, recording in asked.items()
    }


def _answer(said: list[Consent], recording: Recording) -> ConsentAnswer:
    if not said:
        return UNKNOWN
    last = max(said, key=lambda consent: (STRICTNESS[consent.state], consent.pk))
    reason = ""
    if last.state == Consent.State.BLOCKED:
        text = _(
            "%(who)s does not allow “%(title)s” to be used for making new music. "
            "Remove it or replace it with another song; the rest of your set is untouched."
        )
        reason = text % {"who": last.said_by, "title": recording.title}
    state: State = last.state  # type: ignore[assignment]  # the CHECK of the table knows no other
    may_train = all(consent.may_train for consent in said)
    return ConsentAnswer(state, last.terms, reason, last.said_by, last.pk, may_train)
