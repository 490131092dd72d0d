"""What a round of identification found: evidence as it comes, candidates and the decision at once."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from rights.models import (
    Match,
    MatchCandidate,
    MatchChange,
    MatchEvidence,
    OutsideAnswer,
    RecognitionAnswer,
)
from rights.selectors.consents import consent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from rights.domain.matching import Decision
    from rights.models import Recording

BY_ITSELF = "Decided by the rules."


@dataclass(frozen=True)
class Answered:
    """What one source answered; ``answer`` is JSON, complete enough to decide from again."""

    recogniser: str
    revision: str
    audio_sha256: str
    outcome: str
    answer: dict[str, Any] = field(default_factory=dict)
    took_ms: int = 0
    from_cache: bool = False


def evidence_add(*, match: Match, round_number: int, answered: Answered) -> MatchEvidence:
    """Keep what a source answered in a round; one answer of each source, however often it ran."""
    same = {"match": match, "round": round_number, "recogniser": answered.recogniser}
    kept = MatchEvidence.objects.filter(**same).first()
    if kept is not None:
        return kept
    return MatchEvidence.objects.create(
        **same,
        revision=answered.revision,
        audio_sha256=answered.audio_sha256,
        outcome=answered.outcome,
        answer=answered.answer,
        took_ms=answered.took_ms,
        from_cache=answered.from_cache,
    )


@contextmanager
def audio_asked_once(*, audio_sha256: str, recogniser: str) -> Iterator[None]:
    """Hold the right to ask ``recogniser`` about this audio; others wait and find the answer.

    A lock of the connection, not of a transaction: the question goes over the network.
    """
    name = [f"rights.recognition:{recogniser}:{audio_sha256}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def answer_recall(*, audio_sha256: str, recogniser: str, revision: str) -> Answered | None:
    """Return what the source said of this audio before, or None."""
    key = {"audio_sha256": audio_sha256, "recogniser": recogniser, "revision": revision}
    kept = RecognitionAnswer.objects.filter(**key).first()
    if kept is None:
        return None
    return Answered(recogniser, revision, audio_sha256, kept.outcome, kept.answer, from_cache=True)


def answer_keep(*, answered: Answered) -> None:
    """Keep a hit or a miss for the same audio; errors and what was not asked are not answers."""
    if answered.outcome in {"hit", "miss"}:
        RecognitionAnswer.objects.get_or_create(
            audio_sha256=answered.audio_sha256,
            recogniser=answered.recogniser,
            revision=answered.revision,
            defaults={"outcome": answered.outcome, "answer": answered.answer},
        )


def answers_forget_misses(*, tracks: Iterable[UUID]) -> int:
    """Forget that nobody knew the audio of these tracks, and return how many answers that were.

    For when the source is known to have learnt it since; what it recognised stays. The memory of
    single windows does not tell whose they are, so there every miss goes, and is asked again.
    """
    OutsideAnswer.objects.filter(answer=json.dumps({"matches": []})).delete()
    heard = MatchEvidence.objects.filter(match__track__in=list(tracks)).values("audio_sha256")
    misses = RecognitionAnswer.objects.filter(audio_sha256__in=heard, outcome="miss")
    forgotten, _kinds = misses.delete()
    return forgotten


def match_decided(
    *,
    match: Match,
    round_number: int,
    decision: Decision,
    recordings: Mapping[str, Recording],
) -> Match:
    """Write the decision of a round, in the caller's transaction.

    When a person has decided meanwhile, or a newer round has begun, the decision is left to the
    evidence. A recording whose owner has blocked it is a problem, never a match.
    """
    mine = Match.objects.select_for_update().get(pk=match.pk)
    if mine.state != Match.State.MATCHING or mine.round != round_number:
        return mine
    candidates = [each for each in decision.candidates if each.isrc in recordings]
    MatchCandidate.objects.bulk_create(
        MatchCandidate(
            match=mine,
            recording=recordings[candidate.isrc],
            method=candidate.method,
            score_ppm=candidate.score_ppm,
            rank=rank,
            evidence={
                "sources": list(candidate.sources),
                "skew_ppm": candidate.skew_ppm,
                "reasons": _kept(candidate.reasons),
            },
        )
        for rank, candidate in enumerate(candidates, start=1)
    )
    mine.state, mine.doubt = decision.state, decision.doubt
    mine.reasons, mine.score_ppm = _kept(decision.reasons), decision.score_ppm
    mine.problem_code = decision.problem_code
    if decision.state == "problem":
        mine.problem = "\n".join(reason.text % reason.data for reason in decision.reasons)
    if decision.state == "matched":
        _tick(mine, recordings[decision.isrc], decision.method)
    mine.save()
    MatchChange.objects.create(
        match=mine,
        from_state=Match.State.MATCHING,
        to_state=mine.state,
        to_recording=mine.recording,
        method=mine.method,
        score_ppm=mine.score_ppm,
        reason=BY_ITSELF,
    )
    return mine


def _tick(match: Match, recording: Recording, method: str) -> None:
    """Let a strong match tick itself, unless the owner has blocked the recording."""
    match.recording, match.method = recording, method
    answer = consent_of(recording, timezone.now().date())
    if answer.is_blocked:
        match.state, match.problem_code = Match.State.PROBLEM, "blocked"
        match.problem = answer.reason
    else:
        match.confirmed_at = timezone.now()


def _kept(reasons: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "data": dict(reason.data)} for reason in reasons]
