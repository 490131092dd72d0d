"""What is being made of a song: a card for each version in work, or given up, for one poll."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from accounts.selectors.job_page import Step, job_page
from config.jobs.selectors import job_tag
from generation.models import Version
from generation.policies import can_change_song
from generation.selectors.edit_words import version_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Membership
    from generation.models import Song


@dataclass(frozen=True)
class MakingCard:
    """One version on its way. ``line`` is its place in the queue, or its step and the time left."""

    number: int
    label: str
    state: str
    state_label: str
    badge: str
    percent: int
    line: str
    announcement: str
    steps: tuple[Step, ...]
    error: str
    reference: str
    url: str
    job_url: str
    cancel_url: str
    retry_url: str


@dataclass(frozen=True)
class Making:
    """All cards. ``tag`` is empty once nothing moves by itself any more, which ends the poll.

    ``done`` are those that were in work when the page was made; ``is_page_due`` says that the page
    itself waited for one that is no longer in work, and is to be asked for again, at ``page_url``:
    its head says what the version is.
    """

    cards: tuple[MakingCard, ...]
    done: tuple[MakingCard, ...]
    tag: str
    poll_url: str
    page_url: str
    is_page_due: bool


def making_tag(versions: Sequence[Version]) -> str:
    """Return what changes whenever a card would; "" when nothing is in work."""
    moving = [version for version in versions if _is_moving(version)]
    if not moving:
        return ""
    states = ";".join(f"{version.number}{version.shown_state}" for version in versions)
    parts = [states, *(job_tag(version.job) for version in moving if version.job)]
    return hashlib.sha256(";".join(parts).encode()).hexdigest()[:16]


def song_making(
    song: Song,
    versions: Sequence[Version],
    *,
    membership: Membership,
    tag: str,
    shown: Version | None = None,
    watched: frozenset[int] = frozenset(),
) -> Making:
    """Return the cards of what is in work; of what gave up where it is ``shown``, or nothing is ready.

    ``watched`` are the numbers that were in work when the page was made; a page that is made now
    watches all that are.
    """
    has_ready = any(version.state == Version.State.READY for version in versions)
    watched |= {version.number for version in versions if _is_moving(version)}
    cards = [
        _card(song, version, membership)
        for version in versions
        if _is_moving(version) or (_gave_up(version) and (version == shown or not has_ready))
    ]
    done = [v for v in versions if v.state == Version.State.READY and v.number in watched]
    query: dict[str, object] = {"watch": sorted(watched)}
    page_url = reverse("generation:song-detail", args=[song.pk])
    if shown is not None:
        query["v"] = shown.number
        page_url = f"{page_url}?v={shown.number}"
    return Making(
        cards=tuple(cards),
        done=tuple(_card(song, version, membership) for version in done),
        tag=tag,
        poll_url=f"{reverse('generation:song-making', args=[song.pk])}?{urlencode(query, doseq=True)}",
        page_url=page_url,
        is_page_due=shown is not None and shown.number in watched and not _is_moving(shown),
    )


def _is_moving(version: Version) -> bool:
    return version.shown_state == Version.State.PENDING


def _gave_up(version: Version) -> bool:
    return version.shown_state in {Version.State.FAILED, Version.State.CANCELLED}


def _card(song: Song, version: Version, membership: Membership) -> MakingCard:
    place = [song.pk, version.number]
    may_change = can_change_song(membership, song)
    job = version.job
    page = job_page(membership, job, tag="") if job is not None else None
    row = page.row if page is not None else None
    state = row.state if row is not None and _is_moving(version) else version.shown_state
    gave_up = _gave_up(version)
    error = version.refusal or (row.error if row is not None else "")
    return MakingCard(
        number=version.number,
        label=version_label(version),
        state=state,
        state_label=row.state_label
        if row is not None and _is_moving(version)
        else str(Version.State(version.shown_state).label),
        badge=row.badge if row is not None and _is_moving(version) else _badge(version),
        percent=row.percent if row is not None else 0,
        line=row.line if row is not None else "",
        announcement=row.announcement if row is not None else "",
        steps=page.steps if page is not None else (),
        error=error if gave_up else "",
        reference=row.reference if row is not None else "",
        url=f"{reverse('generation:song-detail', args=[song.pk])}?v={version.number}",
        job_url=row.url if row is not None else "",
        cancel_url=reverse("generation:version-cancel", args=place)
        if may_change and row is not None and row.can_cancel
        else "",
        retry_url=reverse("generation:version-retry", args=place) if may_change and gave_up else "",
    )


def _badge(version: Version) -> str:
    return "error" if version.shown_state == Version.State.FAILED else "neutral"
