"""The library page: rows whose every word is ready, so that a template only places them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.domain.keys import ALL, MusicalKey
from library.models import Asset, Track
from library.selectors.playback import PLAYED, file_url, play_url
from library.selectors.track_query import SORTS, TrackQuery

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.paginator import Page

    from accounts.models import Membership, User

PER_PAGE = 50
MINUS = "\N{MINUS SIGN}"
LISTED_ASSETS = (*PLAYED, Asset.Kind.COVER)
HEADINGS = {
    "title": gettext_lazy("Title"),
    "artist": gettext_lazy("Artist"),
    "duration": gettext_lazy("Length"),
    "bpm": gettext_lazy("BPM"),
    "key": gettext_lazy("Key"),
    "loudness": gettext_lazy("Loudness"),
    "date": gettext_lazy("Added"),
    "state": gettext_lazy("State"),
}
# As a person would ask first; the other way round is a click on the heading of the table.
ORDERS = {
    "-date": gettext_lazy("Newest first"),
    "date": gettext_lazy("Oldest first"),
    "title": gettext_lazy("Title"),
    "artist": gettext_lazy("Artist"),
    "duration": gettext_lazy("Length"),
    "bpm": gettext_lazy("BPM"),
    "key": gettext_lazy("Key"),
    "-loudness": gettext_lazy("Loudest first"),
    "state": gettext_lazy("State"),
}


@dataclass(frozen=True)
class TrackRow:
    """One track in words."""

    id: UUID
    url: str
    title: str
    artist: str
    duration: str
    bpm: str
    key: str
    camelot: str
    loudness: str
    added: str
    state: str
    state_label: str
    refusal: str
    cover_url: str
    play_url: str
    job_url: str
    percent: int


@dataclass(frozen=True)
class Heading:
    """A column that the list can be sorted by."""

    label: str
    url: str
    direction: str  # "ascending", "descending" or "" (aria-sort)
    is_figure: bool


@dataclass(frozen=True)
class TrackListPage:
    """Everything the page shows."""

    rows: list[TrackRow]
    page: Page[Track]
    query: TrackQuery
    query_prefix: str
    query_pairs: list[tuple[str, str]]
    list_url: str
    here_url: str
    table_url: str
    grid_url: str
    clear_url: str
    orders: list[tuple[str, str]]
    order: str
    headings: list[Heading]
    keys: list[tuple[str, str]]
    states: list[tuple[str, str]]
    total: int
    in_work: int
    has_any: bool


def track_list(*, membership: Membership, user: User, query: TrackQuery) -> TrackListPage:
    """Return one page of the organisation's tracks, in the same number of queries for any size."""
    mine = Track.objects.of(membership.organisation)
    assets = Asset.objects.filter(kind__in=LISTED_ASSETS)
    found = (
        query.apply(mine)
        .select_related("job")
        .prefetch_related(Prefetch("assets", queryset=assets, to_attr="listed"))
    )
    page = Paginator(found, PER_PAGE).get_page(query.page)
    total = page.paginator.count
    has_any = bool(total) or (query.is_filtered and mine.exists())
    prefix = query.address()
    orders = {value: str(label) for value, label in ORDERS.items()}
    if query.order not in orders:  # turned round by a heading of the table
        orders[query.order] = _("%s, reversed") % HEADINGS[query.sort]
    return TrackListPage(
        rows=[track_row(track, user) for track in page.object_list],
        page=page,
        query=query,
        query_prefix=f"{prefix}&" if prefix else "",
        query_pairs=parse_qsl(prefix),
        list_url=reverse("library:home"),
        here_url=_url(query, page=page.number),
        table_url=_url(query, view="table"),
        grid_url=_url(query, view="grid"),
        clear_url=_url(
            TrackQuery(view=query.view, sort=query.sort, is_descending=query.is_descending)
        ),
        orders=list(orders.items()),
        order=query.order,
        headings=[_heading(column, query) for column in HEADINGS if column in SORTS],
        keys=[(key.camelot, f"{key.camelot} · {key}") for key in sorted(ALL, key=_on_the_wheel)],
        states=[(value, str(label)) for value, label in Track.State.choices],
        total=total,
        in_work=mine.in_work().count(),
        has_any=has_any,
    )


def list_tag(membership: Membership) -> str:
    """Return what changes whenever a track in work moves; "" when none is in work."""
    moving = (
        Track.objects.of(membership.organisation)
        .in_work()
        .order_by("pk")
        .values_list("pk", "state", "job__progress_ppm")
    )
    text = ";".join(f"{pk}:{state}:{(ppm or 0) // 10_000}" for pk, state, ppm in moving)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def track_row(track: Track, user: User) -> TrackRow:
    """Put one track into words. Needs ``job`` and the listed assets at hand."""
    files = {asset.kind: asset for asset in track.listed}  # type: ignore[attr-defined]
    cover = files.get(Asset.Kind.COVER)
    key = key_of(track)
    state, label = state_of(track)
    return TrackRow(
        id=track.pk,
        url=reverse("library:track-detail", args=[track.pk]),
        title=track.title,
        artist=track.artist,
        duration=clock(track.duration_ms),
        bpm=f"{track.tempo_bpm:.0f}" if track.tempo_bpm else "",
        key=str(key) if key else "",
        camelot=key.camelot if key else "",
        loudness=f"{track.loudness_lufs:.1f}".replace("-", MINUS) if track.loudness_lufs else "",
        added=date_format(track.created_at, "DATE_FORMAT"),
        state=state,
        state_label=label,
        refusal=track.refusal,
        cover_url=file_url(cover, track, user) if cover else "",
        play_url=play_url(track, track.listed, user),  # type: ignore[attr-defined]
        job_url=reverse("accounts:job-detail", args=[track.job.public_id]) if track.job else "",
        percent=track.job.progress_ppm // 10_000 if track.job else 0,
    )


def state_of(track: Track) -> tuple[str, str]:
    """Return the state as people see it: work whose job gave up has failed."""
    if track.state in Track.IN_WORK and track.job and track.job.state in Track.GIVEN_UP:
        return Track.State.FAILED, str(Track.State.FAILED.label)
    return track.state, track.get_state_display()


def clock(duration_ms: int | None) -> str:
    """Return ``3:07`` for 187,000 ms, and nothing for an unknown length."""
    if duration_ms is None:
        return ""
    minutes, seconds = divmod(duration_ms // 1000, 60)  # whole seconds, as the player counts
    return f"{minutes}:{seconds:02d}"


def key_of(track: Track) -> MusicalKey | None:
    """Return the key that was measured, if there is a clear one."""
    if track.key_pitch_class is None:
        return None
    return MusicalKey(track.key_pitch_class, track.key_mode)


def _url(query: TrackQuery, **changes: object) -> str:
    address = query.address(**changes)
    return reverse("library:home") + (f"?{address}" if address else "")


def _heading(column: str, query: TrackQuery) -> Heading:
    direction = ""
    if query.sort == column:
        direction = "descending" if query.is_descending else "ascending"
    return Heading(
        label=str(HEADINGS[column]),
        url=f"{reverse('library:home')}?{query.sorted_by(column)}",
        direction=direction,
        is_figure=column in {"duration", "bpm", "loudness"},
    )


def _on_the_wheel(key: MusicalKey) -> tuple[int, str]:
    return int(key.camelot[:-1]), key.camelot[-1]
