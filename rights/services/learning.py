"""Which matches teach our own index the sound of a recording.

The index is believed by every later match, so it learns only what was heard by somebody outside, or
what staff say. A tag can be forged, and a search can be wrong, so neither teaches it anything.
"""

from __future__ import annotations

from config.jobs.services import enqueue
from rights.domain.matching import SKEW_ACCEPTED_PPM, STRONG_PPM
from rights.models import Match

KIND = "track.learn"
HEARD_OUTSIDE = frozenset({"shazam", "acoustid"})


def is_learnable(*, match: Match) -> bool:
    """Say whether our index may know the track's sound as the matched recording."""
    if match.state != Match.State.MATCHED or match.recording_id is None:
        return False
    if match.method == Match.Method.OVERRIDE:
        return True
    candidate = match.candidates.filter(recording=match.recording_id).first()
    if candidate is None or candidate.score_ppm < STRONG_PPM:
        return False
    told = candidate.evidence
    is_plain = match.doubt in ("", Match.Doubt.SEVERAL)
    is_altered = abs(told.get("skew_ppm", 0)) > SKEW_ACCEPTED_PPM
    return is_plain and not is_altered and bool(HEARD_OUTSIDE & set(told.get("sources", [])))


def learning_ask(*, match: Match) -> None:
    """Ask for the index to learn a match that a person has made, if it may; in the transaction."""
    if is_learnable(match=match):
        enqueue(
            KIND,
            {"match": str(match.pk)},
            idem=f"{KIND}:{match.pk}:{match.recording_id}",
            tenant=match.track.organisation_id,
            title=match.track.title,
        )
