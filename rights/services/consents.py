"""Consent: said, ended, withdrawn as entered by mistake; asked before anything is made or sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from rights.exceptions import MatchStateError, RecordingBlockedError
from rights.models import Consent, Recording
from rights.selectors.consents import ConsentAnswer, consents_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from accounts.models import User
    from rights.models import Party


@dataclass(frozen=True)
class Said:
    """What somebody says: ``valid_to`` is the first day on which it holds no more.

    ``may_train`` lets patterns of the recordings join the base model; using one as one of ten needs
    no such word.
    """

    state: str
    valid_from: date
    said_by: str
    source: str
    terms: str = ""
    valid_to: date | None = None
    note: str = ""
    may_train: bool = False


@transaction.atomic
def consent_record(*, subject: Recording | Party, said: Said, actor: User | None) -> Consent:
    """Keep what was said about one recording, or about everything of one label.

    Raises
    ------
    IntegrityError
        If terms are missing or superfluous, or nobody said it.
    """
    field = "recording" if isinstance(subject, Recording) else "label"
    consent = Consent.objects.create(
        state=said.state,
        terms=said.terms.strip(),
        may_train=said.may_train,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        said_by=said.said_by.strip(),
        source=said.source,
        note=said.note,
        entered_by=actor,
        **{field: subject},
    )
    audit_record(
        action="rights.consent.recorded",
        actor=actor,
        organisation=None,
        target=consent,
        data={"state": said.state, "may_train": said.may_train, field: str(subject.pk)},
    )
    return consent


@transaction.atomic
def consent_end(*, consent: Consent, on: date, actor: User | None) -> Consent:
    """Let a consent hold until the day before ``on``; it may only become shorter.

    Raises
    ------
    MatchStateError
        If it ends before already, begins later, or was withdrawn.
    """
    mine = Consent.objects.select_for_update().get(pk=consent.pk)
    is_over = mine.valid_to is not None and mine.valid_to <= on
    if mine.withdrawn_at is not None or is_over or on < mine.valid_from:
        text = _("This consent does not hold on that day. Nothing was changed.")
        raise MatchStateError("rights.consent.over", text)
    mine.valid_to = on
    mine.save(update_fields=["valid_to"])
    audit_record(
        action="rights.consent.ended",
        actor=actor,
        organisation=None,
        target=mine,
        data={"on": on.isoformat()},
    )
    return mine


@transaction.atomic
def consent_withdraw(*, consent: Consent, reason: str, actor: User, now: datetime) -> Consent:
    """Take back what was entered by mistake; the row stays, with the reason.

    Raises
    ------
    MatchStateError
        If there is no reason, or it was withdrawn before.
    """
    mine = Consent.objects.select_for_update().get(pk=consent.pk)
    if mine.withdrawn_at is not None or not reason.strip():
        text = _("Say why it is withdrawn; what was withdrawn stays so. Nothing was changed.")
        raise MatchStateError("rights.consent.withdrawn", text)
    mine.withdrawn_at, mine.withdrawn_reason = now, reason.strip()
    mine.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit_record(action="rights.consent.withdrawn", actor=actor, organisation=None, target=mine)
    return mine


def consent_check(*, recordings: Iterable[Recording], on: date) -> dict[UUID, ConsentAnswer]:
    """Return the answers for ``on``, for a generation or a release to keep.

    Raises
    ------
    RecordingBlockedError
        If one of them is blocked; the message names each.
    """
    answers = consents_of(recordings, on)
    blocked = [answer.reason for answer in answers.values() if answer.is_blocked]
    if blocked:
        raise RecordingBlockedError("rights.recording.blocked", "\n".join(sorted(blocked)))
    return answers
