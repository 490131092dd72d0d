"""The audit trail of an organisation, as its owners read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from accounts.domain.actions import WORDS, action_sentence
from accounts.models import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from accounts.models import Organisation

PER_PAGE = 50


@dataclass(frozen=True)
class ActivityFilter:
    """Which entries to show; None leaves a question open. ``until`` is inclusive. UTC days."""

    person: int | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ActivityRow:
    """One entry in words."""

    at: datetime
    who: str
    what: str
    action: str
    request_id: str


@dataclass(frozen=True)
class ActivityPage:
    """One page of the trail."""

    rows: list[ActivityRow]
    page: Page[AuditEntry]


def activity_page(
    *, organisation: Organisation, wanted: ActivityFilter, number: int
) -> ActivityPage:
    """Return one page of the organisation's trail, newest first. Four queries, however long."""
    entries = AuditEntry.objects.filter(organisation=organisation)
    if wanted.person is not None:
        entries = entries.filter(actor=wanted.person)
    if wanted.action:
        entries = entries.filter(action=wanted.action)
    if wanted.since:
        entries = entries.filter(created_at__date__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(created_at__date__lte=wanted.until)
    page = Paginator(entries, PER_PAGE).get_page(number)
    found = list(page.object_list)
    names = _names(found)
    return ActivityPage(rows=[_row(entry, names) for entry in found], page=page)


def activity_people(organisation: Organisation) -> list[tuple[str, str]]:
    """Return everybody who appears in the trail, former members too, as form choices."""
    ids = AuditEntry.objects.filter(organisation=organisation, actor__isnull=False)
    people = User.objects.filter(pk__in=ids.values("actor")).order_by("name", "email")
    return [(str(person.pk), person.display_name) for person in people]


def activity_actions() -> list[tuple[str, str]]:
    """Return the acts one can filter by, as form choices."""
    blank = {"user": "…", "email": "…", "role": "…", "from": "…", "to": "…", "prefix": ""}
    return [(action, action_sentence(_(words), blank)) for action, words in sorted(WORDS.items())]


def _names(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the names of all actors and subjects at once."""
    ids = {entry.actor_id for entry in entries} | {entry.data.get("user") for entry in entries}
    people = User.objects.filter(pk__in={i for i in ids if i is not None})
    return {person.pk: person.display_name for person in people}


def _row(entry: AuditEntry, names: dict[int, str]) -> ActivityRow:
    data = dict(entry.data)
    if "user" in data:
        data["user"] = names.get(data["user"], _("somebody"))
    words = WORDS.get(entry.action)
    return ActivityRow(
        at=entry.created_at,
        who=names.get(entry.actor_id or 0, _("Tenfold")),
        what=action_sentence(_(words), data) if words else entry.action,
        action=entry.action,
        request_id=entry.request_id,
    )
