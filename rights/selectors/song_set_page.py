"""The page of a song set: ten rows and the gate, in the same number of queries for any content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils import timezone

from library.models import Asset
from library.selectors.track_list import LISTED_ASSETS, track_row
from rights.constants import SONGS
from rights.domain.matching import STRONG_PPM
from rights.domain.reasons import percent
from rights.models import Match, MatchCandidate, SongSet, SongSetEntry
from rights.selectors.consents import consents_of
from rights.selectors.gate import Gate, gate_of, match_of, recordings_of, twins_of
from rights.selectors.match_page import CandidateCard, candidate_card
from rights.selectors.match_words import how_text, reasons_in_words, standing_of
from rights.selectors.recording_card import RecordingCard, difference_text, recording_card

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User
    from library.selectors.track_list import TrackRow
    from rights.selectors.consents import ConsentAnswer


@dataclass(frozen=True)
class SongRow:
    """One of the ten, every string ready to print.

    ``recording`` is what the song is matched to, or what it is refused for. ``candidates`` are
    offered while there is a choice. ``reasons`` say why it stands as it does.
    """

    entry: int
    position: int
    track: TrackRow
    match: UUID | None
    state: str
    state_label: str
    problem_code: str
    problem: str
    doubt: str
    recording: RecordingCard | None
    duration_difference: str
    how: str
    score: str
    reasons: tuple[str, ...]
    candidates: tuple[CandidateCard, ...]
    twin_of: int | None
    percent: int
    step: str
    weight_ppm: int
    weight: str
    can_retry: bool
    can_reopen: bool


@dataclass(frozen=True)
class SongSetPage:
    """Everything the page shows. ``free`` places are still empty; ``in_work`` rows will move."""

    id: UUID
    name: str
    rows: tuple[SongRow, ...]
    free: int
    gate: Gate
    frozen_at: datetime | None
    in_work: int
    strong_waiting: int
    tag: str


def song_set_page(song_set: SongSet, *, user: User) -> SongSetPage:
    """Return the page of a set as ``user`` sees it; media links are theirs alone."""
    entries = _entries(song_set)
    offered = [c.recording for e in entries for c in _candidates(match_of(e.track))]
    answers = consents_of([*recordings_of(entries), *offered], timezone.now().date())
    twins = twins_of(entries)
    rows = tuple(_row(entry, answers, twins.get(entry.position), user) for entry in entries)
    return SongSetPage(
        id=song_set.pk,
        name=song_set.name,
        rows=rows,
        free=SONGS - len(rows),
        gate=gate_of(entries, answers),
        frozen_at=song_set.frozen_at,
        in_work=sum(row.state == Match.State.MATCHING for row in rows),
        strong_waiting=sum(_is_strong_choice(row) for row in rows),
        tag=_tag(song_set, rows),
    )


def song_set_tag(song_set: SongSet, *, user: User) -> str:
    """Return what changes whenever the page does, for polling."""
    return song_set_page(song_set, user=user).tag


def _entries(song_set: SongSet) -> list[SongSetEntry]:
    assets = Asset.objects.filter(kind__in=LISTED_ASSETS)
    candidates = MatchCandidate.objects.select_related("recording").prefetch_related(
        "recording__listings"
    )
    return list(
        song_set.entries.select_related(
            "track__job", "track__match__recording", "track__match__job"
        )
        .select_related("track__match__confirmed_by")
        .prefetch_related(
            Prefetch("track__assets", queryset=assets, to_attr="listed"),
            Prefetch("track__match__candidates", queryset=candidates, to_attr="offered"),
            "track__match__recording__listings",
        )
        .order_by("position")
    )


def _candidates(match: Match | None) -> list[MatchCandidate]:
    """Return the candidates that are offered: only while there is a choice."""
    if match is None or match.state != Match.State.CHOOSE:
        return []
    found: list[MatchCandidate] = match.offered  # type: ignore[attr-defined]
    return sorted(found, key=lambda candidate: candidate.rank)


def _row(
    entry: SongSetEntry,
    answers: Mapping[UUID, ConsentAnswer],
    twin_of: int | None,
    user: User,
) -> SongRow:
    track, match = entry.track, match_of(entry.track)
    standing = standing_of(track, match, answers, twin_of=twin_of)
    recording = match.recording if match is not None else None
    job = match.job if match is not None and match.job is not None else track.job
    is_moving = standing.state == Match.State.MATCHING and job is not None
    return SongRow(
        entry=entry.pk,
        position=entry.position,
        track=track_row(track, user),
        match=match.pk if match is not None else None,
        state=standing.state,
        state_label=standing.label,
        problem_code=standing.problem_code,
        problem=standing.problem,
        doubt=match.doubt if match is not None else "",
        recording=recording_card(recording) if recording is not None else None,
        duration_difference=difference_text(
            track.duration_ms, recording.duration_ms if recording is not None else None
        ),
        how=how_text(match) if match is not None else "",
        score=percent(match.score_ppm) if match is not None and match.score_ppm else "",
        reasons=reasons_in_words(match.reasons) if match is not None else (),
        candidates=tuple(candidate_card(c, track, answers) for c in _candidates(match)),
        twin_of=twin_of,
        percent=job.progress_ppm // 10_000 if is_moving and job is not None else 0,
        step=job.step if is_moving and job is not None else "",
        weight_ppm=entry.weight_ppm,
        weight=percent(entry.weight_ppm, places=2),
        can_retry=standing.can_retry,
        can_reopen=recording is not None,
    )


def _is_strong_choice(row: SongRow) -> bool:
    is_several = row.state == Match.State.CHOOSE and row.doubt == Match.Doubt.SEVERAL
    return is_several and bool(row.candidates) and row.candidates[0].score_ppm >= STRONG_PPM


def _tag(song_set: SongSet, rows: tuple[SongRow, ...]) -> str:
    """Hash what can change; not the media links, which are new at every look."""
    parts = [f"{song_set.name}:{song_set.frozen_at}"]
    for row in rows:
        chosen = row.recording.id if row.recording else ""
        offered = ",".join(f"{c.recording.id}{c.is_blocked}" for c in row.candidates)
        seen = (row.entry, row.track.title, row.state, row.problem, chosen, offered, row.how)
        parts.append(repr((*seen, row.percent, row.step, row.weight_ppm)))
    return hashlib.sha256(";".join(parts).encode()).hexdigest()[:16]
