"""A match in words: its state, how it was found, how sure, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from library.models import Track
from rights.domain.reasons import NAMES, TEXTS, percent
from rights.models import Match
from rights.selectors.gate import is_blocked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from rights.selectors.consents import ConsentAnswer

GAVE_UP = ("failed", "cancelled")


@dataclass(frozen=True)
class Standing:
    """What a row shows: one of ``Match.State``, and the sentence when it is a problem.

    ``problem_code`` is ``blocked``, ``no_isrc``, ``not_in_catalogue``, ``service_down``,
    ``job_failed``, ``unreadable``, ``deleted`` or ``twin``.
    """

    state: str
    label: str
    problem_code: str = ""
    problem: str = ""
    can_retry: bool = False


def standing_of(
    track: Track,
    match: Match | None,
    answers: Mapping[UUID, ConsentAnswer],
    *,
    twin_of: int | None = None,
) -> Standing:
    """Return how a track stands, as people see it. Needs track, match and the match's job."""
    if track.deleted_at is not None:
        text = _("This song was deleted from the library. Bring it back, or replace it.")
        return _problem("deleted", text)
    if match is None or match.state == Match.State.MATCHING:
        return _in_work(track, match)
    if match.recording_id is not None and is_blocked(match, answers):
        return _problem("blocked", answers[match.recording_id].reason)
    if match.state == Match.State.PROBLEM:
        words = " ".join(reasons_in_words(match.reasons)) or match.problem
        if match.problem_code == "blocked":  # blocked then, not today: it can be confirmed now
            text = _("The owner had blocked this recording and allows it now. Identify it again.")
            return _problem("unblocked", text, can_retry=True)
        return _problem(match.problem_code, words, can_retry=match.problem_code == "service_down")
    if twin_of is not None:
        text = _("This is the same recording as song %(place)s. Replace one of the two.")
        return _problem("twin", text % {"place": twin_of})
    can_retry = match.state in (Match.State.NONE, Match.State.CHOOSE)
    return Standing(match.state, match.get_state_display(), can_retry=can_retry)


def _in_work(track: Track, match: Match | None) -> Standing:
    if track.state in (Track.State.REFUSED, Track.State.FAILED):
        words = track.refusal or _("This song could not be read. Try it again in the library.")
        return _problem("unreadable", words)
    if track.job is not None and track.state in Track.IN_WORK and track.job.state in GAVE_UP:
        return _problem("unreadable", _("Reading this song stopped. Try it again in the library."))
    if match is not None and match.job is not None and match.job.state in GAVE_UP:
        text = _("The identification stopped half-way. What was found is kept; try again.")
        return _problem("job_failed", text, can_retry=True)
    return Standing(Match.State.MATCHING, str(Match.State.MATCHING.label))


def reasons_in_words(reasons: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return kept reasons as sentences in the language of the reader.

    A code that this version does not know any more is left out.
    """
    return tuple(
        _(TEXTS[reason["code"]]) % _translated(reason["data"])
        for reason in reasons
        if reason["code"] in TEXTS
    )


def how_text(match: Match) -> str:
    """Return how a match was made: "Shazam, 99 %, ticked by itself"."""
    if match.state != Match.State.MATCHED:
        return ""
    parts = [str(Match.Method(match.method).label)]
    if match.score_ppm:
        parts.append(percent(match.score_ppm))
    if match.confirmed_by is not None:
        parts.append(_("confirmed by %(name)s") % {"name": match.confirmed_by.name})
    else:
        parts.append(_("ticked by itself"))
    return ", ".join(parts)


def _translated(data: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(data.get("name", ""))
    return {**data, "name": _(name)} if name in NAMES.values() else data


def _problem(code: str, text: str, *, can_retry: bool = False) -> Standing:
    return Standing(Match.State.PROBLEM, str(Match.State.PROBLEM.label), code, text, can_retry)
