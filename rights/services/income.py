"""Usage reports: taken in once, read by a job, matched, settled, and posted to the ledger.

The same file, or the same message of the same sender, changes nothing the second time. Nothing is
posted before a person has settled every concern and every group of uses is somebody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from config.lib import blobs
from rights.constants import BACK_OFFICE, WHOLE_REVENUE
from rights.domain.chart import Account, account
from rights.domain.postings import Movement
from rights.domain.royalties import pools_split
from rights.exceptions import IncomeRefusedError
from rights.income.csv_files import is_table
from rights.models import Entry, IncomeConcern, IncomeFile, IncomeGroup
from rights.selectors.income_preview import report_start
from rights.selectors.waiting_money import income_obstacles
from rights.services.ledger import entry_post, entry_reverse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User
    from config.jobs.models import Job

KIND = "rights.income.read"
TABLE = "CSV"
"""The profile of a report that came as a table: it is read once somebody has said what its columns are."""
State = IncomeFile.State
Match = IncomeGroup.Match


def income_upload(
    *, name: str, stream: BinaryIO, actor: User | None, is_read_here: bool = False
) -> tuple[IncomeFile, bool]:
    """Keep a report file and ask for its reading; return its row and whether it is new.

    A file that was refused before is read again when it is brought again. With ``is_read_here`` no
    job is made: the caller reads it. A table waits until its columns are chosen (``income_map``).
    """
    suffix = ".tsv.gz" if name.endswith(".gz") else ".tsv"
    key = blobs.put(stream, suffix=suffix)
    is_mapped = is_table(name, report_start(key))
    with transaction.atomic():
        file, is_new = IncomeFile.objects.select_for_update().get_or_create(
            sha256=blobs.digest_of(key),
            defaults={
                "name": name[:255],
                "key": key,
                "size_bytes": blobs.size(key),
                "uploaded_by": actor,
            },
        )
        if is_new or file.state == State.REFUSED:
            file.state, file.refusal = State.UPLOADED, ""
            file.profile = TABLE if is_mapped else ""
            if not is_read_here and not is_mapped:
                file.job = income_reading_job(file)
            file.save(update_fields=["state", "refusal", "profile", "job"])
    return file, is_new


def income_reading_job(file: IncomeFile) -> Job:
    """Ask for the reading of a report that is here."""
    return enqueue(
        KIND,
        {"file": str(file.pk)},
        idem=f"{KIND}/{file.pk}/{timezone.now().isoformat()}",
        tenant=BACK_OFFICE,
        title=file.name,
    )


@transaction.atomic
def income_reread(*, file: IncomeFile, actor: User) -> IncomeFile:
    """Have a report read again, because owners of its songs change on other days than when it was read.

    What people have decided about it stays.

    Raises
    ------
    IncomeRefusedError
        If it is not read yet, or posted already.
    """
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    if file.state != State.READ:
        raise IncomeRefusedError(
            "rights.income.not_read",
            f"The report is {file.get_state_display().lower()}. Nothing was changed: only one that is "
            "read and not posted is read again.",
        )
    file.state, file.job = State.UPLOADED, income_reading_job(file)
    file.save(update_fields=["state", "job"])
    _record("rights.income.reread", file, actor)
    return file


def income_follow_retry(*, old: Job, new: Job) -> None:
    """Let the report of a job that is tried again point at the new job."""
    IncomeFile.objects.filter(job=old).update(job=new)


@transaction.atomic
def income_concern_settle(*, concern: IncomeConcern, because: str, actor: User) -> None:
    """Say why a concern does not keep the report from being posted.

    Raises
    ------
    IncomeRefusedError
        If no reason is given, or the report is posted already.
    """
    file = income_require_open(concern.file_id, "settle its concerns")
    if not because.strip():
        raise IncomeRefusedError(
            "rights.income.no_reason",
            "A concern is settled with a reason. Nothing was changed. Say why it is settled.",
        )
    IncomeConcern.objects.filter(pk=concern.pk, settled_at=None).update(
        settled_by=actor, settled_at=timezone.now(), settled_because=because.strip()
    )
    _record("rights.income.settled", file, actor, code=concern.code)


@transaction.atomic
def income_ignore(*, groups: Iterable[IncomeGroup], because: str, actor: User) -> int:
    """Say that these uses are not of a song of ours, with the reason; return how many groups.

    Raises
    ------
    IncomeRefusedError
        If no reason is given, or the report is posted already.
    """
    if not because.strip():
        raise IncomeRefusedError(
            "rights.income.no_reason",
            "Uses are left out with a reason. Nothing was changed. Say why they are not ours.",
        )
    chosen = list(groups)
    for file_id in sorted({group.file_id for group in chosen}):
        _record("rights.income.ignored", income_require_open(file_id, "change its songs"), actor)
    return (
        IncomeGroup.objects.filter(pk__in=[group.pk for group in chosen])
        .exclude(match=Match.MATCHED)
        .update(match=Match.IGNORED, matched_by="", ignored_because=because.strip())
    )


@transaction.atomic
def income_post(
    *, file: IncomeFile, actor: User | None, booked_at: datetime | None = None
) -> list[Entry]:
    """Post what a report earned: the store owes it, and both pools have it. Once, however often asked.

    One entry for each currency. ``booked_at`` decides the accounting period: now, if it is not said,
    or a moment in a month that is over and still open, for a report that came after its end.

    Raises
    ------
    IncomeRefusedError
        If something about the report is not settled, ``booked_at`` is still to come, or who posts is
        who said that the revenue of a whole service is ours; the sentence says what.
    PeriodLockedError
        If ``booked_at`` lies in a locked period.
    """
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    if file.state == State.POSTED:
        return list(Entry.objects.filter(idem__startswith=f"income:{file.pk}:").order_by("idem"))
    require_postable(file)
    _require_another(file, actor)
    now = timezone.now()
    if booked_at is not None and booked_at > now:
        raise IncomeRefusedError(
            "rights.income.future",
            f"{booked_at:%d %B %Y} is still to come. No money moved. Book the report today or in an "
            "open month that is over.",
        )
    now = booked_at or now
    entries = [
        entry_post(
            idem=f"income:{file.pk}:{currency}",
            kind="income_accrued",
            effective_at=now,
            movements=movements,
            memo=file.name,
            facts={"file": str(file.pk), "sha256": file.sha256},
            posted_by=actor,
        )
        for currency, movements in _movements(file)
    ]
    file.state, file.posted_at, file.posted_by = State.POSTED, now, actor
    file.save(update_fields=["state", "posted_at", "posted_by"])
    _record("rights.income.posted", file, actor, entries=len(entries))
    return entries


@transaction.atomic
def income_reverse(*, file: IncomeFile, because: str, actor: User) -> list[Entry]:
    """Take back what a report posted, by mirrored entries in the open period.

    Raises
    ------
    IncomeRefusedError
        If the report is not posted or no reason is given.
    """
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    if file.state != State.POSTED or not because.strip():
        raise IncomeRefusedError(
            "rights.income.not_posted",
            "Only a posted report is reversed, and with a reason. Nothing was changed.",
        )
    now = timezone.now()
    entries = [
        entry_reverse(
            entry=entry,
            idem=f"income-reversal:{file.pk}:{entry.pk}",
            effective_at=now,
            memo=because.strip()[:255],
            posted_by=actor,
        )
        for entry in Entry.objects.filter(idem__startswith=f"income:{file.pk}:").order_by("idem")
    ]
    IncomeFile.objects.filter(pk=file.pk).update(state=State.REVERSED, reversed_at=now)
    _record("rights.income.reversed", file, actor, because=because.strip())
    return entries


def require_postable(file: IncomeFile) -> None:
    """Raise :class:`IncomeRefusedError` with everything that keeps the report from being posted."""
    reasons = income_obstacles(file)
    if reasons:
        raise IncomeRefusedError(
            "rights.income.not_postable",
            f"The report {file.name} cannot be posted: {'; '.join(reasons)}. No money moved.",
        )


def _require_another(file: IncomeFile, actor: User | None) -> None:
    """See that two people stand behind money of which the report does not say that it is ours."""
    settled = file.concerns.filter(code=WHOLE_REVENUE).exclude(settled_at=None)
    said = settled.first() if actor is None else settled.filter(settled_by=actor).first()
    if said is not None:
        raise IncomeRefusedError(
            "rights.income.same_person",
            f"{said.words}. No money moved. Let somebody who did not settle it compare it with what "
            "the store pays, and post the report.",
        )


def _movements(file: IncomeFile) -> Iterable[tuple[str, list[Movement]]]:
    """Yield the legs of each currency: every group is split by itself, as it will be divided."""
    sums: dict[str, tuple[int, int]] = {}
    groups = file.groups.filter(match=Match.MATCHED).values_list("currency", "micros")
    for currency, micros in groups.iterator(chunk_size=20_000):
        pools = pools_split(micros)
        inputs, base = sums.get(currency, (0, 0))
        sums[currency] = (inputs + pools.inputs, base + pools.base)
    for currency, (inputs, base) in sorted(sums.items()):
        legs: list[tuple[Account, int]] = [
            (account("distributor_receivable", currency, file.sender_id or "csv"), -inputs - base),
            (account("pool_inputs_clearing", currency), inputs),
            (account("pool_base_clearing", currency), base),
        ]
        movements = [Movement(one, amount) for one, amount in legs if amount]
        if movements:
            yield currency, movements


def income_require_open(file_id: UUID, what: str) -> IncomeFile:
    """Return the report, locked, if ``what`` can still be done with it.

    Raises
    ------
    IncomeRefusedError
        If it is posted, reversed or refused.
    """
    file = IncomeFile.objects.select_for_update().get(pk=file_id)
    if file.state not in (State.UPLOADED, State.READ):
        raise IncomeRefusedError(
            "rights.income.closed",
            f"The report is {file.get_state_display().lower()}. It is too late to {what}; nothing "
            "was changed. What is wrong is put right by reversing the report.",
        )
    return file


def _record(action: str, file: IncomeFile, actor: User | None, **data: object) -> None:
    audit_record(action=action, actor=actor, organisation=None, target=file, data=data)
