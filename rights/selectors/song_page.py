"""One song of a set beside the recordings it may be, fact by fact."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from library.selectors.track_list import LISTED_ASSETS, TrackRow, clock, track_row
from rights.domain.matching import duration_fits
from rights.domain.names import name_normalised
from rights.models import Match, Recording
from rights.selectors.consents import consents_of
from rights.selectors.gate import match_of
from rights.selectors.match_page import CandidateCard, MatchPage, match_page
from rights.selectors.song_set_view import ConsentWords, consent_words, sure_in_words

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from library.models import Track
    from rights.models import SongSetEntry
    from rights.selectors.recording_card import RecordingCard


@dataclass(frozen=True)
class Side:
    """One fact of the file beside the recording's; ``verdict`` is "same", "differs" or ""."""

    label: str
    ours: str
    theirs: str
    verdict: str


@dataclass(frozen=True)
class Choice:
    """A candidate with its facts beside the file's, and how sure it is in words."""

    card: CandidateCard
    sides: tuple[Side, ...]
    sure: str


@dataclass(frozen=True)
class SongPage:
    """Everything the page shows. ``in_work`` ends as soon as somebody has to decide."""

    position: int
    row: TrackRow
    match: MatchPage | None
    choices: tuple[Choice, ...]
    sides: tuple[Side, ...]
    sure: str
    consent: ConsentWords | None
    search_text: str
    in_work: bool
    can_reopen: bool
    tag: str


def song_page(*, entry: SongSetEntry, user: User) -> SongPage:
    """Return the song at ``entry`` as ``user`` sees it; media links are theirs alone."""
    track = entry.track
    prefetch_related_objects([track], "assets")
    track.listed = [a for a in track.assets.all() if a.kind in LISTED_ASSETS]  # type: ignore[attr-defined]
    match = match_of(track)
    page = match_page(match) if match is not None else None
    recording = match.recording if match is not None else None
    answers = consents_of([recording] if recording else [], timezone.now().date())
    card = page.recording if page is not None else None
    lengths = _lengths(page)
    in_work = page is None or page.standing.state == Match.State.MATCHING
    return SongPage(
        position=entry.position,
        row=track_row(track, user),
        match=page,
        choices=tuple(_choice(track, each, lengths) for each in page.candidates) if page else (),
        sides=_sides(track, card, lengths) if card is not None else (),
        sure=sure_in_words(match.score_ppm) if match is not None else "",
        consent=consent_words(answers[recording.pk]) if recording else None,
        search_text=f"{track.title} {track.artist}".strip(),
        in_work=in_work,
        can_reopen=recording is not None,
        tag=_tag(track, match, page) if in_work else "",
    )


def _lengths(page: MatchPage | None) -> dict[UUID, int | None]:
    """Return the lengths of the recordings in ms, which the cards hold only in words."""
    cards = [each.recording for each in page.candidates] if page is not None else []
    if page is not None and page.recording is not None:
        cards.append(page.recording)
    named = Recording.objects.filter(pk__in=[card.id for card in cards])
    return dict(named.values_list("pk", "duration_ms"))


def _choice(track: Track, card: CandidateCard, lengths: dict[UUID, int | None]) -> Choice:
    return Choice(card, _sides(track, card.recording, lengths), sure_in_words(card.score_ppm))


def _sides(track: Track, card: RecordingCard, lengths: dict[UUID, int | None]) -> tuple[Side, ...]:
    tagged = str(track.tags.get("isrc", "")).replace("-", "").upper()
    return (
        _names(_("Title"), track.title, card.title),
        _names(_("Artist"), track.artist, card.artist),
        _names(_("Album"), track.album, card.album),
        _length(track, card, lengths.get(card.id)),
        _names("ISRC", tagged, card.isrc),
    )


def _names(label: str, ours: str, theirs: str) -> Side:
    verdict = ""
    if ours and theirs:
        is_same = name_normalised(ours) == name_normalised(theirs)
        verdict = "same" if is_same else "differs"
    return Side(label, ours, theirs, verdict)


def _length(track: Track, card: RecordingCard, recording_ms: int | None) -> Side:
    verdict = ""
    if track.duration_ms is not None and recording_ms is not None:
        verdict = "same" if duration_fits(track.duration_ms, recording_ms) else "differs"
    return Side(_("Length"), clock(track.duration_ms), card.duration, verdict)


def _tag(track: Track, match: Match | None, page: MatchPage | None) -> str:
    job = (match.job if match is not None else None) or track.job
    seen = (track.state, page.standing if page else "", job.progress_ppm // 10_000 if job else 0)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
