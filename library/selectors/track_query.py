"""What a person asked the library for, read from the address and written back into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.dateparse import parse_date

from library.constants import BPM_MAX
from library.domain.keys import BY_CAMELOT, MusicalKey
from library.models import Track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from library.models import TrackQuerySet

TEXT_MAX = 100
VIEWS = ("table", "grid")
SORTS: dict[str, F | Lower] = {
    "date": F("created_at"),
    "title": Lower("title"),
    "artist": Lower("artist"),
    "duration": F("duration_ms"),
    "bpm": F("tempo_bpm"),
    "key": F("key_pitch_class"),
    "loudness": F("loudness_lufs"),
    "state": F("state"),
}


@dataclass(frozen=True)
class TrackQuery:
    """Search, filters, order and view. What cannot be understood is left out, never an error."""

    text: str = ""
    bpm_from: int | None = None
    bpm_to: int | None = None
    key: MusicalKey | None = None
    with_neighbours: bool = False
    state: str = ""
    since: date | None = None
    sort: str = "date"
    is_descending: bool = True
    view: str = "table"
    page: int = 1

    @classmethod
    def parse(cls, get: Mapping[str, str]) -> TrackQuery:
        """Read the query part of an address."""
        order = get.get("sort", "-date")
        sort = order.removeprefix("-")
        known = sort in SORTS
        return cls(
            text=get.get("q", "").strip()[:TEXT_MAX],
            bpm_from=_number(get.get("bpm_from"), BPM_MAX),
            bpm_to=_number(get.get("bpm_to"), BPM_MAX),
            key=BY_CAMELOT.get(get.get("key", "").upper()),
            with_neighbours=get.get("near") == "1",
            state=get.get("state", "") if get.get("state") in Track.State.values else "",
            since=_date(get.get("since", "")),
            sort=sort if known else "date",
            is_descending=order.startswith("-") if known else True,
            view=get.get("view", "") if get.get("view") in VIEWS else "table",
            page=_number(get.get("page"), 100_000) or 1,
        )

    @property
    def order(self) -> str:
        """Return the order as the address names it, ``-date`` for the newest first."""
        return "-" * self.is_descending + self.sort

    @property
    def is_filtered(self) -> bool:
        """Return whether anything narrows the list."""
        return any(
            [self.text, self.bpm_from, self.bpm_to, self.key, self.state, self.since is not None]
        )

    def address(self, **changes: object) -> str:
        """Return the query part for this list with ``changes``; a change starts at page one."""
        wanted = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        pairs = {
            "q": wanted.text,
            "bpm_from": wanted.bpm_from or "",
            "bpm_to": wanted.bpm_to or "",
            "key": wanted.key.camelot if wanted.key else "",
            "near": "1" if wanted.with_neighbours else "",
            "state": wanted.state,
            "since": wanted.since.isoformat() if wanted.since else "",
            "sort": wanted.order,
            "view": wanted.view,
            "page": wanted.page if wanted.page > 1 else "",
        }
        usual = {"sort": "-date", "view": "table"}
        return urlencode({k: v for k, v in pairs.items() if v not in ("", usual.get(k))})

    def sorted_by(self, column: str) -> str:
        """Return the query part that sorts by ``column``, the other way round if it does now."""
        turned = self.sort == column and not self.is_descending
        return self.address(sort=column, is_descending=turned)

    def apply(self, tracks: TrackQuerySet) -> TrackQuerySet:
        """Narrow and order ``tracks``."""
        condition = Q()
        for word in self.text.split():
            condition &= (
                Q(title__icontains=word) | Q(artist__icontains=word) | Q(album__icontains=word)
            )
        if self.bpm_from:
            condition &= Q(tempo_bpm__gte=self.bpm_from)
        if self.bpm_to:
            condition &= Q(tempo_bpm__lt=self.bpm_to + 1)
        if self.key:
            keys = [self.key, *(self.key.neighbours if self.with_neighbours else ())]
            same = Q(pk__in=[])
            for key in keys:
                same |= Q(key_pitch_class=key.pitch_class, key_mode=key.mode)
            condition &= same
        if self.state:
            tracks = tracks.shown_as(self.state)
        if self.since:
            condition &= Q(created_at__date__gte=self.since)
        order = SORTS[self.sort]
        ordered = order.desc(nulls_last=True) if self.is_descending else order.asc(nulls_last=True)
        return tracks.filter(condition).order_by(ordered, "-created_at", "id")


def _number(text: str | None, largest: int) -> int | None:
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 6:
        return None
    return min(int(text), largest) or None


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
