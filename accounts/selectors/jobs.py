"""The job centre: the list of an organisation's jobs, ready to print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.policies import can_change_content
from accounts.selectors.job_rows import JobRow, own_address, row_of
from config.jobs.lists import jobs_before, jobs_ended, jobs_live
from config.jobs.models import Job
from config.jobs.selectors import jobs_progress, worker_beats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from accounts.models import Membership
    from config.jobs.lists import LiveJobs

PAGE_SIZE = 50
# The name in the URL, what people read, and the group of states it shows.
TABS: tuple[tuple[str, StrOrPromise, str], ...] = (
    ("active", _("Active"), "active"),
    ("done", _("Done"), "finished"),
    ("failed", _("Failed"), "failed"),
)


@dataclass(frozen=True)
class Tab:
    """One of the three lists."""

    name: str
    label: str
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class Empty:
    """What a list says when it has no rows."""

    kind: str
    title: str
    text: str
    action_url: str = ""
    action_label: str = ""


@dataclass(frozen=True)
class Notice:
    """A job that has just ended, to be said once."""

    level: str
    text: SafeString


@dataclass(frozen=True)
class JobList:
    """The job centre. A screen reader hears ``announcements``; ``live_tag`` goes into the poll; it is empty when nothing can change."""

    url: str
    tabs: tuple[Tab, ...]
    rows: tuple[JobRow, ...]
    announcements: tuple[JobRow, ...]
    live_tag: str
    live_count: int
    notices: tuple[Notice, ...]
    is_stalled: bool
    empty: Empty | None
    newest_url: str
    older_url: str


@dataclass(frozen=True)
class PollTag:
    """What a poll brings back: the tag of what it shows, and which jobs were live then."""

    tag: str
    keys: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str | None) -> PollTag:
        """Read ``<tag>.<key>-<key>…`` from a request; anything else is no tag."""
        tag, _dot, keys = (text or "").partition(".")
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{8}){0,49}", keys):
            return cls(tag)
        return cls(tag, tuple(keys.split("-")))

    def __str__(self) -> str:
        return f"{self.tag}.{'-'.join(self.keys)}"


def live_jobs(membership: Membership) -> LiveJobs:
    """Return the organisation's live jobs at a glance, with the tag of its lists."""
    return jobs_live(membership.organisation_id)


def job_list(
    membership: Membership,
    *,
    live: LiveJobs,
    tab: str | None,
    before: str | None,
    shown: PollTag,
) -> JobList:
    """Return the job centre: ``tab`` from the key ``before`` on, and what ended since ``shown``."""
    base = reverse("accounts:job-list")
    name, _label, group = next((t for t in TABS if t[0] == tab), TABS[0])
    key = _uuid_or_none(before)
    found = jobs_before(membership.organisation_id, group=group, before=key, limit=PAGE_SIZE)
    may_change = can_change_content(membership)
    rows = tuple(
        row_of(job, progress, base=base, may_change=may_change)
        for job, progress in zip(found.jobs, jobs_progress(found.jobs), strict=True)
    )
    here = {"tab": name}
    return JobList(
        url=_url(base, {**here, "before": str(key)} if key else here),
        tabs=_tabs(base, current=name, live_count=live.count),
        rows=rows,
        announcements=tuple(row for row in rows if row.state in {"running", "stopping"}),
        live_tag=str(PollTag(live.tag, live.keys)) if live.count else "",
        live_count=live.count,
        notices=_notices(membership, base=base, shown=shown, live=live),
        is_stalled=_is_stalled(found.jobs),
        empty=None if rows else _empty(name, base, is_beyond=key is not None, live=live),
        newest_url=_url(base, here) if key else "",
        older_url=_url(base, {**here, "before": str(found.next_before)})
        if found.next_before
        else "",
    )


def _tabs(base: str, *, current: str, live_count: int) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            name=name,
            label=str(label),
            url=_url(base, {"tab": name}),
            is_current=name == current,
            count=live_count if name == "active" else 0,
        )
        for name, label, _group in TABS
    )


def _notices(
    membership: Membership, *, base: str, shown: PollTag, live: LiveJobs
) -> tuple[Notice, ...]:
    """Return what ended since the reader's last look; a first look has nothing to be told."""
    gone = [key for key in shown.keys if key not in live.keys]
    if not gone:
        return ()
    ended = jobs_ended(membership.organisation_id, keys=gone)
    return tuple(_notice(job, base) for job in ended)


def _notice(job: Job, base: str) -> Notice:
    page = f"{base}{job.public_id}/"
    names = {"title": job.title, "reference": job.reference}
    if job.state == Job.State.SUCCEEDED:
        url = own_address(job.result) or page
        return Notice(
            "success", _linked(gettext("%(title)s is done.") % names, url, gettext("Open"))
        )
    text = gettext("%(title)s did not finish (reference %(reference)s).") % names
    return Notice("error", _linked(text, page, gettext("See what to do")))


def _linked(text: str, url: str, link: str) -> SafeString:
    return format_html('{} <a class="prose-link" href="{}">{}</a>', text, url, link)


def _is_stalled(jobs: tuple[Job, ...]) -> bool:
    """Return whether a job waits although no worker of its queue has given a sign of life."""
    waiting = {job.queue for job in jobs if job.state == Job.State.QUEUED}
    if not waiting or any(job.state == Job.State.RUNNING for job in jobs):
        return False
    return any(beat.queue in waiting and not beat.is_fresh for beat in worker_beats())


def _empty(tab: str, base: str, *, is_beyond: bool, live: LiveJobs) -> Empty:
    if is_beyond:
        return Empty(
            "no_results",
            gettext("No older jobs"),
            gettext("You have seen the whole list."),
            _url(base, {"tab": tab}),
            gettext("Back to the newest"),
        )
    if not live.has_history:
        return Empty(
            "first_run",
            gettext("No jobs yet"),
            gettext(
                "When Tenfold works on something for you, an analysis, a new song or an export, "
                "you can follow it here, stop it, or try it again."
            ),
        )
    if tab == "active":
        return Empty(
            "done",
            gettext("Nothing is running"),
            gettext("Everything you asked for has ended."),
            _url(base, {"tab": "done"}),
            gettext("See what is done"),
        )
    if tab == "done":
        return Empty(
            "no_results",
            gettext("Nothing is done yet"),
            gettext("Jobs that finish appear here with a link to what they made."),
            _url(base, {"tab": "active"}),
            gettext("See what is running"),
        )
    return Empty(
        "done",
        gettext("Nothing has failed"),
        gettext("Jobs that fail or are cancelled appear here."),
    )


def _url(base: str, query: Mapping[str, str]) -> str:
    return f"{base}?{urlencode(query)}"


def _uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
