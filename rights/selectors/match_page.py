"""One match: what it may be, what every source said, who decided what and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from rights.domain.matching import STRONG_PPM
from rights.domain.reasons import NAMES, percent
from rights.models import Match
from rights.selectors.consents import consents_of
from rights.selectors.match_words import how_text, reasons_in_words, standing_of
from rights.selectors.recording_card import RecordingCard, difference_text, recording_card

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from library.models import Track
    from rights.models import MatchCandidate, MatchChange, MatchEvidence
    from rights.selectors.consents import ConsentAnswer
    from rights.selectors.match_words import Standing


@dataclass(frozen=True)
class CandidateCard:
    """A recording to choose; a blocked one is shown and cannot be chosen."""

    id: int
    rank: int
    recording: RecordingCard
    method: str
    score_ppm: int
    score: str
    is_strong: bool
    is_blocked: bool
    blocked_reason: str
    duration_difference: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceLine:
    """What one source answered; ``answer`` is everything it said, as JSON."""

    at: datetime
    round: int
    source: str
    outcome: str
    outcome_label: str
    found: str
    seconds: str
    from_cache: bool
    message: str
    answer: Any


@dataclass(frozen=True)
class ChangeLine:
    """Who turned what into what, and why."""

    at: datetime
    who: str
    before: str
    after: str
    recording: str
    reason: str


@dataclass(frozen=True)
class MatchPage:
    """Everything that can be said of one match."""

    id: UUID
    track: Track
    standing: Standing
    recording: RecordingCard | None
    how: str
    reasons: tuple[str, ...]
    candidates: tuple[CandidateCard, ...]
    evidence: tuple[EvidenceLine, ...]
    changes: tuple[ChangeLine, ...]


def match_candidates(match: Match) -> tuple[CandidateCard, ...]:
    """Return what the track may be, best first, in a fixed number of queries."""
    found = match.candidates.select_related("recording").prefetch_related("recording__listings")
    ranked = list(found.order_by("rank"))
    answers = consents_of([each.recording for each in ranked], timezone.now().date())
    return tuple(candidate_card(each, match.track, answers) for each in ranked)


def match_page(match: Match) -> MatchPage:
    """Return the whole story of a match, for its workspace and for staff."""
    recording = match.recording
    answers = consents_of([recording] if recording else [], timezone.now().date())
    changes = match.changes.select_related("actor", "to_recording").order_by("id")
    return MatchPage(
        id=match.pk,
        track=match.track,
        standing=standing_of(match.track, match, answers),
        recording=recording_card(recording) if recording else None,
        how=how_text(match),
        reasons=reasons_in_words(match.reasons),
        candidates=match_candidates(match),
        evidence=tuple(_evidence_line(each) for each in match.evidence.order_by("id")),
        changes=tuple(_change_line(each) for each in changes),
    )


def candidate_card(
    candidate: MatchCandidate, track: Track, answers: Mapping[UUID, ConsentAnswer]
) -> CandidateCard:
    """Put a candidate into words. Needs its recording with listings at hand."""
    recording = candidate.recording
    answer = answers[recording.pk]
    return CandidateCard(
        id=candidate.pk,
        rank=candidate.rank,
        recording=recording_card(recording),
        method=candidate.get_method_display(),
        score_ppm=candidate.score_ppm,
        score=percent(candidate.score_ppm),
        is_strong=candidate.score_ppm >= STRONG_PPM,
        is_blocked=answer.is_blocked,
        blocked_reason=answer.reason,
        duration_difference=difference_text(track.duration_ms, recording.duration_ms),
        reasons=reasons_in_words(candidate.evidence.get("reasons", [])),
    )


def _evidence_line(evidence: MatchEvidence) -> EvidenceLine:
    hits = evidence.answer.get("hits", []) if isinstance(evidence.answer, dict) else []
    source = NAMES.get(evidence.recogniser, evidence.recogniser)
    return EvidenceLine(
        at=evidence.at,
        round=evidence.round,
        source=_(source),
        outcome=evidence.outcome,
        outcome_label=evidence.get_outcome_display(),
        found=", ".join(str(hit.get("isrc") or hit.get("title")) for hit in hits),
        seconds=f"{evidence.took_ms // 1000}.{evidence.took_ms % 1000 // 100} s",
        from_cache=evidence.from_cache,
        message=_message(evidence),
        answer=evidence.answer,
    )


def _message(evidence: MatchEvidence) -> str:
    """Return why a source did not answer, in the reader's language where that is known."""
    if evidence.outcome not in ("error", "skipped") or not isinstance(evidence.answer, dict):
        return ""
    message = str(evidence.answer.get("message") or "")
    return _(message) if message else ""


def _change_line(change: MatchChange) -> ChangeLine:
    labels = dict(Match.State.choices)
    return ChangeLine(
        at=change.at,
        who=change.actor.name if change.actor else _("Tenfold"),
        before=str(labels.get(change.from_state, "")),
        after=str(labels.get(change.to_state, "")),
        recording=str(change.to_recording) if change.to_recording else "",
        reason=change.reason,
    )
