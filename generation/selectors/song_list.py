"""The list of an organisation's songs: search, state, one page at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.models import Song, SongQuerySet, Version
from generation.selectors.playback import played, played_assets
from generation.selectors.song_head import asset_url, track_of
from generation.selectors.words import facts_text
from rights.models import SongSet

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.paginator import Page
    from django.utils.functional import _StrPromise

    from accounts.models import Membership, User

PER_PAGE = 24
TEXT_MAX = 100
STATES: dict[str, _StrPromise] = {
    "ready": gettext_lazy("Ready"),
    "making": gettext_lazy("In the making"),
    "stopped": gettext_lazy("Nothing came of it"),
}


@dataclass(frozen=True)
class SongListQuery:
    """What the address asks for; what cannot be read is left out."""

    text: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def parse(cls, given: dict[str, str]) -> SongListQuery:
        """Read an address."""
        page = given.get("page", "")
        state = given.get("state", "")
        return cls(
            text=given.get("q", "").replace("\x00", "").strip()[:TEXT_MAX],
            state=state if state in STATES else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.state)

    @property
    def prefix(self) -> str:
        """Return the address without its page, to put ``page=`` behind."""
        found = urlencode({k: v for k, v in (("q", self.text), ("state", self.state)) if v})
        return f"{found}&" if found else ""


@dataclass(frozen=True)
class SongRow:
    """One song in words."""

    id: UUID
    url: str
    title: str
    by: str
    facts: str
    set_name: str
    made: str
    versions: str
    state: str
    state_label: str
    badge: str
    play_url: str
    track: str


@dataclass(frozen=True)
class SongListPage:
    """Everything the page shows."""

    rows: tuple[SongRow, ...]
    page: Page[Song]
    query: SongListQuery
    states: tuple[tuple[str, str], ...]
    total: int
    has_any: bool
    list_url: str
    here_url: str


def songs_tag(membership: Membership) -> str:
    """Return what changes whenever the list would by itself; "" when nothing is in the making."""
    mine = Song.objects.of(membership.organisation)
    in_work = Version.objects.filter(song__in=mine).in_work().order_by("pk")
    keys = [str(pk) for pk in in_work.values_list("pk", flat=True)]
    return hashlib.sha256(";".join(keys).encode()).hexdigest()[:16] if keys else ""


def song_list(*, membership: Membership, user: User, query: SongListQuery) -> SongListPage:
    """Return one page of songs, in the same number of queries for any number of them."""
    mine = Song.objects.of(membership.organisation)
    found = _filtered(mine, query)
    shown = (
        found.annotate(made_count=Count("versions", filter=Q(versions__state="ready")))
        .annotate(in_work=_in_work())
        .order_by("-created_at", "id")
        .select_related("current", "song_set")
        .prefetch_related(Prefetch("current__assets", queryset=played_assets(), to_attr="listed"))
    )
    page = Paginator(shown, PER_PAGE).get_page(query.page)
    total = page.paginator.count
    list_url = reverse("generation:song-list")
    return SongListPage(
        rows=tuple(_row(song, user) for song in page.object_list),
        page=page,
        query=query,
        states=tuple((value, str(label)) for value, label in STATES.items()),
        total=total,
        has_any=bool(total) or (query.is_filtered and mine.exists()),
        list_url=list_url,
        here_url=f"{list_url}?{query.prefix}page={page.number}",
    )


def set_to_begin_with(membership: Membership) -> SongSet | None:
    """Return the newest set, which is where a first song begins, or None."""
    mine = SongSet.objects.filter(organisation=membership.organisation, deleted_at=None)
    return mine.order_by("-created_at").first()


def _in_work() -> Exists:
    return Exists(Version.objects.filter(song=OuterRef("pk")).in_work())


def _filtered(songs: SongQuerySet, query: SongListQuery) -> SongQuerySet:
    found = songs
    if query.text:
        named = Q(title__icontains=query.text) | Q(song_set__name__icontains=query.text)
        found = found.filter(named)
    if query.state == "ready":
        found = found.exclude(current=None)
    elif query.state == "making":
        found = found.filter(_in_work())
    elif query.state == "stopped":
        found = found.filter(current=None).exclude(_in_work())
    return found


def _row(song: Song, user: User) -> SongRow:
    version = song.current
    is_in_work = bool(song.in_work)  # type: ignore[attr-defined]
    state = "making" if is_in_work else "ready" if version is not None else "stopped"
    files = version.listed if version is not None else []  # type: ignore[attr-defined]
    count = song.made_count  # type: ignore[attr-defined]
    return SongRow(
        id=song.pk,
        url=reverse("generation:song-detail", args=[song.pk]),
        title=song.title,
        by=_("Version %(number)s") % {"number": version.number} if version is not None else "",
        facts=facts_text(version) if version is not None else "",
        set_name=song.song_set.name,
        made=date_format(song.created_at, "DATE_FORMAT"),
        versions=_versions(count),
        state=state,
        state_label=str(STATES[state]),
        badge={"making": "info", "ready": "success", "stopped": "warning"}[state],
        play_url=asset_url(played(files), song, user, inline=True),
        track=track_of(version) if version is not None else "",
    )


def _versions(count: int) -> str:
    if not count:
        return _("No version yet")
    return ngettext("%(count)s version", "%(count)s versions", count) % {"count": count}
