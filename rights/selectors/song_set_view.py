"""What the page of a set shows beside its rows: consent, how sure, what is missing and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from config.jobs import registry
from rights.constants import SONGS
from rights.domain.matching import STRONG_PPM
from rights.models import Match, Recording, SongSetEntry
from rights.selectors.consents import consents_of
from rights.selectors.song_set_page import SongRow, SongSetPage, song_set_page

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import SongSet
    from rights.selectors.consents import ConsentAnswer

PPM_PER_PERCENT = 10_000
SURE_PPM = 980_000
KINDS = ("track.identify", "track.analyse", "track.ingest")
"""Jobs whose steps a row in work may show."""
BADGES: dict[str, str] = {
    Match.State.MATCHED: "success",
    Match.State.CHOOSE: "info",
    Match.State.NONE: "warning",
    Match.State.PROBLEM: "error",
}


@dataclass(frozen=True)
class ConsentWords:
    """Whether the recording may be used, for a badge: ``kind`` is its look, ``more`` its reason."""

    kind: str
    text: str
    more: str = ""


@dataclass(frozen=True)
class RowView:
    """A row and what is said beside it. ``weight`` is in percent, as the field holds it."""

    row: SongRow
    badge: str
    sure: str
    consent: ConsentWords | None
    weight: str
    step: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Missing:
    """One thing that keeps the gate closed, and the row in which it is mended."""

    text: str
    target: str


@dataclass(frozen=True)
class SongSetView:
    """Everything the page shows."""

    page: SongSetPage
    rows: tuple[RowView, ...]
    empty: tuple[int, ...]
    missing: tuple[Missing, ...]
    total: str
    percent: int
    said: str


def song_set_view(song_set: SongSet, *, user: User) -> SongSetView:
    """Return the set as ``user`` sees it; the same number of queries for any content."""
    page = song_set_page(song_set, user=user)
    scores = dict(
        SongSetEntry.objects.filter(song_set=song_set).values_list("pk", "track__match__score_ppm")
    )
    ids = [row.recording.id for row in page.rows if row.recording is not None]
    answers = consents_of(Recording.objects.filter(pk__in=ids), timezone.now().date())
    rows = tuple(
        RowView(
            row=row,
            badge=BADGES.get(row.state, "neutral"),
            sure=sure_in_words(scores.get(row.entry) or 0) if row.how else "",
            consent=consent_words(answers.get(row.recording.id)) if row.recording else None,
            weight=percent_text(row.weight_ppm),
            step=step_text(row),
            is_first=row.position == 1,
            is_last=row.position == len(page.rows),
        )
        for row in page.rows
    )
    return SongSetView(
        page=page,
        rows=rows,
        empty=tuple(range(len(rows) + 1, SONGS + 1)),
        missing=tuple(_missing(page)),
        total=percent_text(sum(row.weight_ppm for row in page.rows)),
        percent=page.gate.matched * 100 // SONGS,
        said=_("%(matched)s of %(songs)s matched") % {"matched": page.gate.matched, "songs": SONGS},
    )


def step_text(row: SongRow) -> str:
    """Return what is being done with a song that is in work, in words."""
    for kind in KINDS:
        if row.step in registry.get(kind).steps:
            return str(registry.get(kind).steps[row.step])
    return row.track.state_label


def consent_words(answer: ConsentAnswer | None) -> ConsentWords:
    """Return whether a recording may be used, in words."""
    state = answer.state if answer is not None else "unknown"
    by = answer.by if answer is not None else ""
    if state == "blocked":
        return ConsentWords("error", _("Use blocked"), _("Blocked by %(who)s") % {"who": by})
    if state == "allowed_with_terms":
        terms = answer.terms if answer is not None else ""
        return ConsentWords("info", _("Allowed with terms"), f"{by}: {terms}")
    if state == "allowed":
        return ConsentWords("success", _("Use allowed"), _("Allowed by %(who)s") % {"who": by})
    text = _("Nobody has spoken for it yet. It can be used; its owner's money is held for them.")
    return ConsentWords("neutral", _("Owner not heard yet"), text)


def sure_in_words(score_ppm: int) -> str:
    """Return how sure a match is, as people say it; nothing for what a person found by hand."""
    if not score_ppm:
        return ""
    if score_ppm >= SURE_PPM:
        return _("Practically certain")
    return _("Sure") if score_ppm >= STRONG_PPM else _("A guess")


def percent_text(ppm: int) -> str:
    """Return parts per million as percent without superfluous zeros: 100000 is "10"."""
    whole, part = divmod(ppm, PPM_PER_PERCENT)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".")


def _missing(page: SongSetPage) -> list[Missing]:
    """Return each reason of the gate with the first row, or empty place, that it is about."""
    return [
        Missing(text, f"song-{place}" if place <= len(page.rows) else f"place-{place}")
        for text, (place, *_others) in zip(page.gate.reasons, page.gate.places, strict=True)
    ]
