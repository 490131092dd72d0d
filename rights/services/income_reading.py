"""What reading a report found, written into rows; and which song each group of uses belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from rights.domain.identifiers import RELEASE_NUMBER
from rights.domain.split_sheet import sheet_on
from rights.models import IncomeConcern, IncomeFault, IncomeFile, IncomeGroup, SplitSheet
from rights.services.income_decisions import BY_HAND, decisions_of, decisions_restore

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from rights.domain.dsr.lines import Fault
    from rights.domain.dsr.report import Head

Match = IncomeGroup.Match
BY_HAND_BEFORE = "before"
"""What found the song: a person, for another group with the same ISRC (``BY_HAND``: for this one)."""
_COLUMNS = (
    "file_id, number, summary, service, territory, model, use, currency, isrc, icpn, label_id, dsp_id,"
    " span, uses, usages, returns, net, micros, match, matched_by, sheet_id, ignored_because,"
    " matched_because"
)


@dataclass(frozen=True)
class GroupFacts:
    """A group of uses as it was read, with the facts of its summary."""

    number: int
    summary: str
    service: str
    territory: str
    model: str
    use: str
    currency: str
    isrc: str
    icpn: str
    label_id: str
    dsp_id: str
    span: str
    uses: int
    usages: Decimal
    returns: Decimal
    net: Decimal
    micros: int


@dataclass(frozen=True)
class Reading:
    """Everything that a job found in a file; ``concerns`` are (code, words, is_blocking)."""

    head: Head | None
    lines: int
    uses: int
    faults: Sequence[Fault]
    faults_left_out: int
    concerns: Sequence[tuple[str, str, bool]]
    groups: Sequence[GroupFacts]
    cuts: Sequence[date] = ()


@transaction.atomic
def income_read(*, file: IncomeFile, reading: Reading) -> None:
    """Write what was read, in place of what an earlier reading wrote; what people decided stays."""
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    decided = decisions_of(file)
    file.groups.all().delete()
    file.faults.all().delete()
    file.concerns.all().delete()
    _take_head(file, reading)
    _readings_in_turn(file)
    concerns = [*reading.concerns, *_of_other_files(file), *_of_faults(reading)]
    IncomeConcern.objects.bulk_create(
        IncomeConcern(file=file, code=code, words=words, is_blocking=is_blocking)
        for code, words, is_blocking in concerns
    )
    IncomeFault.objects.bulk_create(
        (
            IncomeFault(file=file, line=f.line, code=f.code, words=f.words, text=f.text[:2_000])
            for f in reading.faults
        ),
        batch_size=5_000,
    )
    _tell_others(file)
    _copy(file, reading.groups)
    decisions_restore(file, decided, sheet_of)


def income_refuse(*, file: IncomeFile, why: str) -> None:
    """Say why a file could not be read at all; the person may bring a better one."""
    IncomeFile.objects.filter(pk=file.pk, state=IncomeFile.State.UPLOADED).update(
        state=IncomeFile.State.REFUSED, refusal=why
    )


@transaction.atomic
def income_match(*, file: IncomeFile) -> int:
    """Look again for the songs of groups that have none; return how many were found."""
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    open_ = list(file.groups.filter(match__in=[Match.UNMATCHED, Match.AMBIGUOUS]))
    finder = SheetFinder(open_, file.sender_id)
    found = 0
    for group in open_:
        group.match, group.matched_by, group.sheet_id = finder.find(group)
        found += group.match == Match.MATCHED
    IncomeGroup.objects.bulk_update(open_, ["match", "matched_by", "sheet"], batch_size=2_000)
    return found


class SheetFinder:
    """Finds split sheets by what reports call songs: ISRC, then a number learned before.

    A number of a store or of ours is learned from groups of posted reports that had it beside a
    song; one that stood beside two songs finds neither. Numbers of one ``sender`` mean nothing with
    another. An ISRC that is nobody's is learned where a
    person has said of which song it is. What names a release (its ICPN, a number of it) names its
    other recordings too: it finds no song, and a person is proposed those that it may be.
    """

    def __init__(self, groups: Iterable[GroupFacts | IncomeGroup], sender: str) -> None:
        wanted = list(groups)
        by_isrc, by_icpn = {g.isrc for g in wanted}, {g.icpn for g in wanted if g.icpn}
        numbers = {g.dsp_id for g in wanted if g.dsp_id} | {
            g.label_id for g in wanted if g.label_id
        }
        self._isrcs = self._versions("isrc", by_isrc)
        self._icpns = self._versions("icpn", by_icpn)
        learned: dict[str, set[str]] = defaultdict(set)
        posted = IncomeGroup.objects.filter(match=Match.MATCHED, file__state="posted")
        for field in ("dsp_id", "label_id"):
            theirs = posted.filter(file__sender_id=sender) if field == "dsp_id" else posted
            known = theirs.filter(**{f"{field}__in": numbers}).values_list(field, "sheet__isrc")
            for number, isrc in known.distinct():
                learned[number].add(isrc)
        said = posted.filter(matched_by=BY_HAND, isrc__in=by_isrc - {""} - set(self._isrcs))
        self._said: dict[str, set[str]] = defaultdict(set)
        for wrong, isrc in said.values_list("isrc", "sheet__isrc").distinct():
            self._said[wrong].add(isrc)
        for wrong, right in self._said.items():
            learned[wrong] |= right
        self._learned: Mapping[str, set[str]] = learned
        self._of_learned = self._versions("isrc", {i for many in learned.values() for i in many})

    @staticmethod
    def _versions(field: str, values: set[str]) -> dict[str, dict[str, list[SplitSheet]]]:
        """Return the sheets by the value of ``field``, then by song, in order of their versions."""
        found: dict[str, dict[str, list[SplitSheet]]] = defaultdict(lambda: defaultdict(list))
        sheets = SplitSheet.objects.filter(**{f"{field}__in": values - {""}}).defer("body")
        for sheet in sheets.order_by("version"):
            found[getattr(sheet, field)][sheet.isrc].append(sheet)
        return found

    def find(self, group: GroupFacts | IncomeGroup) -> tuple[str, str, UUID | None]:
        """Return the state, what found the song, and the sheet that counts on the group's days."""
        several = ""
        for by, number, songs in (
            ("isrc", "", self._isrcs.get(group.isrc, {})),
            (BY_HAND_BEFORE, "", self._songs_learned(group.isrc) if group.isrc in self._said else {}),
            ("label_id", group.label_id, self._songs_learned(group.label_id)),
            ("dsp_id", group.dsp_id, self._songs_learned(group.dsp_id)),
            ("icpn", RELEASE_NUMBER, self._icpns.get(group.icpn, {})),
        ):  # fmt: skip
            if len(songs) > 1:
                several = several or by
            elif songs and not several and not number.startswith(RELEASE_NUMBER):
                [versions] = songs.values()
                return Match.MATCHED, by, _counting(versions, group.span).pk
        return (Match.AMBIGUOUS if several else Match.UNMATCHED), several, None

    def _songs_learned(self, number: str) -> dict[str, list[SplitSheet]]:
        isrcs = self._learned.get(number, set()) if number else set()
        return {isrc: self._of_learned[isrc][isrc] for isrc in sorted(isrcs)}


def sheet_of(isrc: str, span: str) -> SplitSheet | None:
    """Return the split sheet of a song that counts on the days ``span``, None if there is no song."""
    versions = list(SplitSheet.objects.filter(isrc=isrc).defer("body").order_by("version"))
    return _counting(versions, span) if versions else None


def _counting(versions: Sequence[SplitSheet], span: str) -> SplitSheet:
    number = sheet_on([(one.valid_from, one.version) for one in versions], span or "9999-12-31")
    return next(one for one in versions if one.version == number)


def _take_head(file: IncomeFile, reading: Reading) -> None:
    head = reading.head
    if head is not None:
        file.profile, file.sender_id, file.sender = head.profile, head.sender_id, head.sender
        file.message_id, file.file_number, file.files = (
            head.message_id,
            head.file_number,
            head.files,
        )
        file.usage_from, file.usage_to, file.service = head.usage_from, head.usage_to, head.service
    file.lines, file.uses = reading.lines, reading.uses
    file.faults_left_out = reading.faults_left_out
    file.cuts = [day.isoformat() for day in reading.cuts]
    file.state = IncomeFile.State.READ
    file.save()


def _of_other_files(file: IncomeFile) -> Iterable[tuple[str, str, bool]]:
    """Yield the concern that the same uses were reported before, under another message."""
    there = _alike(file).filter(state__in=[IncomeFile.State.READ, IncomeFile.State.POSTED])
    for other in there[:5]:
        yield "reported_before", _reports_the_same(other), True


def _alike(file: IncomeFile) -> QuerySet[IncomeFile]:
    """Return the reports of the same sender, service and days under another message."""
    if not file.message_id:
        return IncomeFile.objects.none()
    return IncomeFile.objects.filter(
        sender_id=file.sender_id,
        service=file.service,
        usage_from=file.usage_from,
        usage_to=file.usage_to,
    ).exclude(message_id=file.message_id)


def _reports_the_same(other: IncomeFile) -> str:
    return (
        f"{other.name} reports the same sender, service and days as message {other.message_id}. "
        "Is this a replacement or a supplement?"
    )


def _readings_in_turn(file: IncomeFile) -> None:
    """Let two reports of one sender be written down one after the other, so that each is compared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('rights.income.' || %s))", [file.sender_id]
        )


def _tell_others(file: IncomeFile) -> None:
    """Let those that wait for their posting be looked at again: one of them may be posted first."""
    words = _reports_the_same(file)
    for other in _alike(file).filter(state=IncomeFile.State.READ).order_by("pk"):
        IncomeConcern.objects.get_or_create(
            file=other, code="reported_before", words=words, defaults={"is_blocking": True}
        )


def _of_faults(reading: Reading) -> Iterable[tuple[str, str, bool]]:
    count = len(reading.faults) + reading.faults_left_out
    if count:
        yield (
            "faults",
            f"{count} faults in lines that could not be read or contradict themselves",
            True,
        )


def _copy(file: IncomeFile, groups: Sequence[GroupFacts]) -> None:
    finder = SheetFinder(groups, file.sender_id)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY rights_incomegroup ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for g in groups:
            match, by, sheet = finder.find(g)
            copy.write_row(
                (file.pk, g.number, g.summary, g.service, g.territory, g.model, g.use, g.currency,
                 g.isrc[:40], g.icpn[:40], g.label_id[:255], g.dsp_id[:255], g.span, g.uses, g.usages,
                 g.returns, g.net, g.micros, match, by, sheet, "", "")
            )  # fmt: skip
