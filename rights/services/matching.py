"""What happens to a match: begun, decided, confirmed, reopened, overruled.

Every change takes the row's lock, writes a ``MatchChange`` with its reason and, when a person did
it, an entry of the trail. What a job finds out after somebody has decided stays evidence and
changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from library.models import Track
from rights.exceptions import MatchStateError, RecordingBlockedError, StaffOnlyError
from rights.models import Match, MatchChange
from rights.policies import can_override_match
from rights.selectors.consents import consent_of
from rights.services.learning import learning_ask

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from config.jobs.models import Job
    from rights.models import Recording

State = Match.State
KIND = "track.identify"
OVER = (Track.State.REFUSED, Track.State.FAILED)


@transaction.atomic
def match_start(*, track: Track, actor: User | None) -> Match:
    """Begin to identify a track, now or as soon as it has been analysed; asked twice, once.

    Raises
    ------
    MatchStateError
        If the track was refused or deleted: there is nothing to listen to.
    """
    if track.deleted_at is not None or track.state in OVER:
        text = _("“%(title)s” cannot be identified, for it could not be read or was deleted.")
        raise MatchStateError("rights.match.no_track", text % {"title": track.title})
    match, is_new = Match.objects.get_or_create(track=track)
    if is_new:
        _write(match, actor, "Begun.", was=("", None))
        _listen(match)
    return match


@transaction.atomic
def match_retry(*, match: Match, actor: User | None) -> Match:
    """Identify again from the start; what was found before stays as evidence.

    Pressed twice, it begins one round. A confirmed match is reopened first, not overwritten.

    Raises
    ------
    MatchStateError
        If the match is confirmed.
    """
    mine = _lock(match)
    if mine.state == State.MATCHED:
        text = _("This song is matched already. Reopen it first if it is matched wrongly.")
        raise MatchStateError("rights.match.matched", text)
    is_in_work = mine.job is not None and mine.job.state in {"queued", "running"}
    if mine.state == State.MATCHING and (is_in_work or mine.job is None):
        return mine
    _again(mine, actor, "Identified again.")
    return mine


def match_track_ready(*, track: Track) -> None:
    """Begin what has waited for the track to be analysed; called in that transaction."""
    match = Match.objects.select_for_update().filter(track=track, state=State.MATCHING).first()
    if match is not None and match.job_id is None:
        _listen(match, track=track)


@transaction.atomic
def match_confirm(
    *,
    match: Match,
    recording: Recording,
    actor: User,
    method: str = "",
) -> Match:
    """Say that the track is ``recording``, one of its candidates; said again, nothing happens.

    ``method`` is given when the recording was found by a search or a link instead.

    Raises
    ------
    MatchStateError
        If another recording is confirmed already, or this one is not among the candidates.
    RecordingBlockedError
        If its owner does not allow it.
    """
    mine = _lock(match)
    if mine.state == State.MATCHED:
        if mine.recording_id == recording.pk:
            return mine
        text = _("This song is matched already. Reopen it first to choose another recording.")
        raise MatchStateError("rights.match.matched", text)
    candidate = mine.candidates.filter(recording=recording).first()
    if candidate is None and not method:
        text = _("This recording is not among the candidates any more. Reload the page.")
        raise MatchStateError("rights.match.not_a_candidate", text)
    _refuse_blocked(recording)
    mine.method = method or (candidate.method if candidate else "")
    mine.score_ppm = candidate.score_ppm if candidate else 0
    _settle(mine, recording, actor, reason="Confirmed by a person.")
    _trail("rights.match.confirmed", mine, actor)
    return mine


@transaction.atomic
def match_reopen(*, match: Match, actor: User) -> Match:
    """Take a confirmation back; the candidates of the last round are offered again.

    Song sets that are frozen keep the recording they were frozen with.

    Raises
    ------
    MatchStateError
        If nothing is confirmed.
    """
    mine = _lock(match)
    is_blocked = mine.state == State.PROBLEM and mine.recording_id is not None
    if mine.state != State.MATCHED and not is_blocked:
        text = _("Nothing is confirmed for this song, so there is nothing to reopen.")
        raise MatchStateError("rights.match.not_matched", text)
    was = (mine.state, mine.recording_id)
    mine.recording = mine.confirmed_by = mine.confirmed_at = None
    mine.problem_code = mine.problem = mine.method = ""
    mine.state = State.CHOOSE if mine.candidates.exists() else State.NONE
    mine.save()
    _write(mine, actor, "Reopened by a person.", was=was)
    _trail("rights.match.reopened", mine, actor)
    return mine


@transaction.atomic
def match_override(*, match: Match, recording: Recording, actor: User, reason: str) -> Match:
    """Let staff say which recording it is, whatever was said before.

    Raises
    ------
    StaffOnlyError
        If ``actor`` is not staff.
    MatchStateError
        If there is no reason.
    RecordingBlockedError
        If the owner does not allow it: staff cannot overrule an owner.
    """
    if not can_override_match(actor):
        raise StaffOnlyError("rights.staff_only", _("Only staff may overrule a match."))
    if not reason.strip():
        text = _("Say why the match is overruled. Nothing was changed.")
        raise MatchStateError("rights.match.no_reason", text)
    mine = _lock(match)
    _refuse_blocked(recording)
    # What a person of the workspace confirms stays in the staff's queue; what staff say does not.
    mine.method, mine.score_ppm, mine.doubt = Match.Method.OVERRIDE, 0, Match.Doubt.NONE
    _settle(mine, recording, actor, reason=reason.strip())
    _trail("rights.match.overridden", mine, actor)
    return mine


def match_follow_retry(*, old: Job, new: Job) -> None:
    """Point the match at the job that tries again; called in the transaction of the retry."""
    Match.objects.filter(job=old).update(job=new)


def _lock(match: Match) -> Match:
    return (
        Match.objects.select_for_update(of=("self",))
        .select_related("track", "job")
        .get(pk=match.pk)
    )


def _listen(match: Match, *, track: Track | None = None) -> None:
    """Ask for the round of identification, once the track is ready."""
    heard = track or Track.objects.get(pk=match.track_id)
    if heard.state != Track.State.READY:
        return
    match.job = enqueue(
        KIND,
        {"match": str(match.pk), "round": match.round},
        idem=f"{KIND}:{match.pk}:{match.round}",
        tenant=heard.organisation_id,
        title=heard.title,
    )
    match.save(update_fields=["job", "updated_at"])


def _again(match: Match, actor: User | None, reason: str) -> None:
    was = (match.state, match.recording_id)
    match.round += 1
    match.state, match.doubt, match.reasons = State.MATCHING, "", []
    match.problem_code = match.problem = match.method = ""
    match.recording = match.confirmed_by = match.confirmed_at = match.job = None
    match.score_ppm = 0
    match.save()
    match.candidates.all().delete()
    _write(match, actor, reason, was=was)
    _listen(match)


def _settle(match: Match, recording: Recording, actor: User | None, *, reason: str) -> None:
    was = (match.state, match.recording_id)
    match.state, match.recording = State.MATCHED, recording
    match.confirmed_by, match.confirmed_at = actor, timezone.now()
    match.problem_code = match.problem = ""
    match.save()
    _write(match, actor, reason, was=was)
    learning_ask(match=match)


def _write(match: Match, actor: User | None, reason: str, *, was: tuple[str, UUID | None]) -> None:
    from_state, from_recording = was
    MatchChange.objects.create(
        match=match,
        from_state=from_state,
        from_recording_id=from_recording,
        to_state=match.state,
        to_recording=match.recording,
        method=match.method,
        score_ppm=match.score_ppm,
        actor=actor,
        reason=reason,
    )


def _refuse_blocked(recording: Recording) -> None:
    answer = consent_of(recording, timezone.now().date())
    if answer.is_blocked:
        raise RecordingBlockedError("rights.recording.blocked", answer.reason)


def _trail(action: str, match: Match, actor: User) -> None:
    recording = str(match.recording_id) if match.recording_id else ""
    audit_record(
        action=action,
        actor=actor,
        organisation=match.track.organisation,
        target=match,
        data={"recording": recording, "method": match.method},
    )
