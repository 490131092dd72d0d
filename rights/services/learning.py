"""What is learned from a match: whose name a recogniser printed, which sound our index may know.

The index is believed by every later match, so it learns only what was heard by somebody outside, or
what staff say. A tag can be forged, and a search can be wrong, so neither teaches it anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.jobs.services import enqueue
from rights.domain.matching import SKEW_ACCEPTED_PPM, STRONG_PPM
from rights.models import Match
from rights.services.owner_hints import label_hint
from rights.services.recordings import hints_add

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rights.models import Recording
    from rights.services.identification import Testified

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


def hints_heard(*, story: Iterable[Testified], recordings: Mapping[str, Recording]) -> None:
    """Keep the labels that recognisers printed as hints at the owner."""
    for said in story:
        for hit in said.answer.get("hits", []):
            recording = recordings.get(hit["isrc"])
            if recording is not None and hit.get("label"):
                hint = label_hint(hit["label"], source=said.recogniser)
                hints_add(recording=recording, hints=[hint])
