"""How a stored file goes: noted in the transaction that stops naming it, removed after its commit.

Bytes are not in the database: removed before the commit they may be missed, removed after it they are
forgotten by whoever is killed in between. So what is to go is a row (a transactional outbox) until it is
gone, and the hourly look does what was left undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.jobs.models import Stage
from config.jobs.selectors import jobs_at_work
from config.lib import blobs
from config.lib.faultpoints import fault
from library.models import LeavingFile
from library.services.naming import key_is_named

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_ONCE = 1_000
"""One look takes at most this many; the next look, an hour later, takes the rest."""


def files_leave(*, keys: Iterable[str]) -> None:
    """Note files that the caller's transaction stops naming; once it has committed, call ``files_go``."""
    LeavingFile.objects.bulk_create(
        [LeavingFile(key=key) for key in sorted(set(keys))], ignore_conflicts=True
    )


def files_go(*, keys: Iterable[str]) -> None:
    """Remove files that were noted, but for those that a row names; then their notes. Safe to repeat."""
    fault("files.noted")
    for key in sorted(set(keys)):
        if not (key_is_named(key=key) or Stage.objects.filter(artefact=key).exists()):
            blobs.delete(key)
        LeavingFile.objects.filter(key=key).delete()


def leaving_files_purge() -> int:
    """Remove what somebody noted and was killed before removing; return how many files.

    While any job is at work nothing is removed: it may just have stored the same bytes, with no row
    yet that says so. The next look finds the same notes again.
    """
    if jobs_at_work():
        return 0
    keys = list(
        LeavingFile.objects.order_by("since", "key").values_list("key", flat=True)[:AT_ONCE]
    )
    files_go(keys=keys)
    return len(keys)
