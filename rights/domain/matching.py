"""From what every source says of a track to one decision. Pure, in integers, with its reasons.

The rules and the measurements behind the figures stand in ``docs/algorithms/matching.md``. A
decision never looks at who uploaded the track; whether the recording may be used is asked later.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rights.domain.reasons import Reason, say, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Source = Literal["isrc", "index", "shazam", "acoustid"]
State = Literal["matched", "choose", "none", "problem"]
Doubt = Literal["", "several", "weak", "altered", "conflict"]

PPM = 1_000_000
STRONG_PPM = 800_000
"""From here on a candidate is strong: alone it ticks itself."""
OFFERED_PPM = 150_000
"""Below this a candidate is not even offered."""
DURATION_SLACK_MS = 2_000
DURATION_SLACK_PPM = 20_000
"""A duration fits within 2 s or 2 %, whichever is more."""
LONGER_SLACK_MS = 15_000
LONGER_SLACK_PPM = 100_000
"""A track this much longer than the recording (15 s or 10 %) holds something besides it."""
SKEW_ACCEPTED_PPM = 1_000
"""More skew than this (0.1 %) is altered audio, which a person has to confirm."""
TAG_HEARD_PPM = 990_000
"""The tag's ISRC when our own index heard the same recording."""
TAG_FITS_PPM = 900_000
"""The tag's ISRC when the duration fits and the index does not know the recording."""
TAG_ALONE_PPM = 500_000
"""The tag's ISRC when the catalogue gives no duration to compare."""
TAG_OFF_PPM = 300_000
"""The tag's ISRC when the duration does not fit."""
TAG_REFUTED_PPM = 50_000
"""The tag's ISRC when the index knows that recording and did not hear it."""
METHODS = {"index": "fingerprint"}
"""Sources whose name in ``Match.method`` is another one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording that one source named. ``skew_ppm``: how much faster or higher it sounds."""

    source: Source
    isrc: str
    score_ppm: int
    skew_ppm: int = 0
    title: str = ""
    artist: str = ""


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What the catalogue, or our own books, know of an ISRC.

    ``is_indexed``: our index holds its fingerprint, so that not hearing it says something.
    """

    isrc: str
    duration_ms: int | None = None
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out about one track.

    Attributes
    ----------
    heard
        Hits of every source that listened; the tag of the file is not among them.
    catalogue
        By ISRC; an ISRC that is absent is not in the catalogue.
    silent
        Sources that should have answered and could not: down, limited, timed out.
    without_isrc
        Titles that a source named by a catalogue id that has no ISRC there.
    has_listened
        Whether any recogniser of sound gave an answer, a miss included.
    """

    duration_ms: int
    isrc_tag: str = ""
    heard: tuple[Heard, ...] = ()
    catalogue: Mapping[str, Catalogued] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    without_isrc: tuple[str, ...] = ()
    has_listened: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One recording, what all sources together say for it, best source first."""

    isrc: str
    score_ppm: int
    sources: tuple[Source, ...]
    skew_ppm: int
    duration_difference_ms: int | None
    reasons: tuple[Reason, ...]

    @property
    def is_strong(self) -> bool:
        """Whether it would tick itself if it were alone."""
        return self.score_ppm >= STRONG_PPM

    @property
    def is_altered(self) -> bool:
        """Whether the track sounds faster, slower, higher or lower than the recording."""
        return abs(self.skew_ppm) > SKEW_ACCEPTED_PPM

    @property
    def method(self) -> str:
        """The source that says most for it, by the name that is kept in ``Match.method``."""
        return METHODS.get(self.sources[0], self.sources[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """What to make of it. ``isrc`` and ``method`` stand only when ``state`` is ``matched``."""

    state: State
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...] = ()
    isrc: str = ""
    method: str = ""
    score_ppm: int = 0
    doubt: Doubt = ""
    problem_code: str = ""


def decide(findings: Findings) -> Decision:
    """Return the decision; the same findings in any order gives the same one."""
    candidates = rank(findings)
    strong = [candidate for candidate in candidates if candidate.is_strong]
    if len(strong) > 1:
        return _several(candidates, strong)
    if strong:
        return _one(findings, candidates, strong[0])
    if candidates:
        return _weak(findings, candidates)
    return _nothing(findings)


def rank(findings: Findings) -> tuple[Candidate, ...]:
    """Return the candidates that are in the catalogue, the likeliest first.

    Of equal scores the one whose duration lies nearer comes first, then by ISRC.
    """
    by_isrc: dict[str, list[Heard]] = defaultdict(list)
    for heard in findings.heard:
        if heard.isrc:
            by_isrc[heard.isrc].append(heard)
    if findings.isrc_tag:
        by_isrc[findings.isrc_tag].append(_tag(findings))
    weighed = [
        _weigh(findings.duration_ms, findings.catalogue[isrc], heard)
        for isrc, heard in by_isrc.items()
        if isrc in findings.catalogue
    ]
    offered = [candidate for candidate in weighed if candidate.score_ppm >= OFFERED_PPM]
    return tuple(sorted(offered, key=_order))


def duration_fits(track_ms: int, recording_ms: int) -> bool:
    """Say whether two durations are the same within 2 s or 2 % of the recording."""
    slack = _slack(recording_ms, DURATION_SLACK_MS, DURATION_SLACK_PPM)
    return abs(track_ms - recording_ms) <= slack


def agreement(scores_ppm: Iterable[int]) -> int:
    """Return how sure independent sources are together: 1 - Π(1 - score), rounded down."""
    doubt = PPM
    for score in scores_ppm:
        doubt = -(-doubt * (PPM - min(PPM, max(0, score))) // PPM)
    return PPM - doubt


def _tag(findings: Findings) -> Heard:
    """What the ISRC in the tags is worth, by what else is known."""
    isrc = findings.isrc_tag
    known = findings.catalogue.get(isrc, Catalogued(isrc))
    if any(heard.source == "index" and heard.isrc == isrc for heard in findings.heard):
        score = TAG_HEARD_PPM
    elif known.is_indexed:
        score = TAG_REFUTED_PPM
    elif known.duration_ms is None:
        score = TAG_ALONE_PPM
    elif duration_fits(findings.duration_ms, known.duration_ms):
        score = TAG_FITS_PPM
    else:
        score = TAG_OFF_PPM
    return Heard("isrc", isrc, score)


def _weigh(track_ms: int, known: Catalogued, heard: list[Heard]) -> Candidate:
    """Put together what every source says for one recording; of each source its best hit."""
    best: dict[Source, Heard] = {}
    for hit in sorted(heard, key=lambda hit: (hit.score_ppm, -abs(hit.skew_ppm), hit.skew_ppm)):
        best[hit.source] = hit
    ordered = sorted(best.values(), key=lambda hit: (-hit.score_ppm, hit.source))
    score = agreement(hit.score_ppm for hit in ordered)
    difference = None if known.duration_ms is None else track_ms - known.duration_ms
    reasons = [say(hit.source, score=hit.score_ppm) for hit in ordered]
    if difference is not None and known.duration_ms is not None:
        reasons.append(_duration_reason(track_ms, known.duration_ms))
        if difference > _slack(known.duration_ms, LONGER_SLACK_MS, LONGER_SLACK_PPM):
            score = min(score, STRONG_PPM - 1)
    skew = max((hit.skew_ppm for hit in ordered), key=lambda ppm: (abs(ppm), ppm))
    sources = tuple(hit.source for hit in ordered)
    return Candidate(known.isrc, score, sources, skew, difference, tuple(reasons))


def _duration_reason(track_ms: int, recording_ms: int) -> Reason:
    if duration_fits(track_ms, recording_ms):
        return say("duration_fits", difference=seconds(track_ms - recording_ms))
    if track_ms < recording_ms:
        return say("duration_shorter", difference=seconds(recording_ms - track_ms))
    return say("duration_longer", difference=seconds(track_ms - recording_ms))


def _one(findings: Findings, candidates: tuple[Candidate, ...], best: Candidate) -> Decision:
    """A single strong candidate ticks itself, unless the sound was altered; staff see mere tags."""
    if best.is_altered:
        told = (say("altered", skew=best.skew_ppm), *best.reasons)
        return Decision("choose", told, candidates, doubt="altered", score_ppm=best.score_ppm)
    reasons = list(best.reasons)
    is_unheard = best.sources == ("isrc",)  # only the tag says so, and a tag can be forged
    if is_unheard:
        reasons.append(say("not_recognised" if findings.has_listened else "not_listened"))
    if findings.isrc_tag and findings.isrc_tag != best.isrc:
        reasons.append(say("tag_differs", isrc=findings.isrc_tag))
    return Decision(
        "matched",
        tuple(reasons),
        candidates,
        isrc=best.isrc,
        method=best.method,
        score_ppm=best.score_ppm,
        doubt="weak" if is_unheard else "",
    )


def _several(candidates: tuple[Candidate, ...], strong: list[Candidate]) -> Decision:
    """Several strong: either one source names several, or the sources contradict each other."""
    heard_by = [set(candidate.sources) for candidate in strong]
    is_conflict = any(not one & other for one in heard_by for other in heard_by)
    doubt: Doubt = "conflict" if is_conflict else "several"
    told = (say(doubt, count=len(strong)),)
    return Decision("choose", told, candidates, doubt=doubt, score_ppm=candidates[0].score_ppm)


def _weak(findings: Findings, candidates: tuple[Candidate, ...]) -> Decision:
    best = candidates[0]
    reasons = [say("weak"), *best.reasons, *_silences(findings)]
    if best.is_altered:
        reasons.insert(0, say("altered", skew=best.skew_ppm))
    doubt: Doubt = "altered" if best.is_altered else "weak"
    return Decision("choose", tuple(reasons), candidates, doubt=doubt, score_ppm=best.score_ppm)


def _nothing(findings: Findings) -> Decision:
    """No candidate in the catalogue: say which kind of nothing it is."""
    if findings.silent:
        return _problem("service_down", *_silences(findings))
    if findings.without_isrc:
        return _problem("no_isrc", say("no_isrc", title=findings.without_isrc[0]))
    strong = [hit for hit in findings.heard if hit.isrc and hit.score_ppm >= STRONG_PPM]
    if strong:
        named = max(strong, key=lambda hit: (hit.score_ppm, hit.isrc))
        text = {"isrc": named.isrc, "title": named.title or named.isrc}
        return _problem("not_in_catalogue", say("not_in_catalogue", **text))
    return Decision("none", (say("nothing"),))


def _silences(findings: Findings) -> tuple[Reason, ...]:
    return tuple(say("silent", source=source) for source in sorted(set(findings.silent)))


def _problem(code: str, *reasons: Reason) -> Decision:
    return Decision("problem", reasons, problem_code=code)


def _order(candidate: Candidate) -> tuple[int, bool, int, str]:
    difference = candidate.duration_difference_ms
    return (-candidate.score_ppm, difference is None, abs(difference or 0), candidate.isrc)


def _slack(recording_ms: int, least_ms: int, ppm: int) -> int:
    return max(least_ms, recording_ms * ppm // PPM)
