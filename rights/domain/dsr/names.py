"""The name of a report file says who sends what to whom; it must agree with what is inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rights.domain.dsr.report import Head

_NAME = re.compile(
    r"DSR_(?P<recipient>[^_\s]*)_(?P<sender>[^_\s]*)_(?P<service>[^_\s]*)_"
    r"(?P<period>\d{4}(?:-\d{2,3}|-\d{2}-\d{2}(?:--\d{4}-\d{2}-\d{2})?|-Q[1-4]|-W\d{2})?)_"
    r"(?P<territory>[^_\s]*)_(?P<x>\d{1,6})of(?P<y>\d{1,6})_(?P<created>\d{8}T\d{6})"
    r"\.(?P<ext>tsv|tsv\.gz)",
    re.ASCII,
)


@dataclass(frozen=True)
class ReportName:
    """The parts of ``DSR_recipient_sender_service_period_territory_xofy_created.tsv``."""

    recipient: str
    sender: str
    service: str
    period: str
    territory: str
    number: int
    of: int
    created: str


def report_name(name: str) -> ReportName | None:
    """Return the parts of a file's name; None if it does not follow the standard.

    A report that a person renamed is still a report, so a name is evidence and not a condition.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    parts = found.groupdict()
    return ReportName(
        recipient=parts["recipient"],
        sender=parts["sender"],
        service=parts["service"],
        period=parts["period"],
        territory=parts["territory"],
        number=int(parts["x"]),
        of=int(parts["y"]),
        created=parts["created"],
    )


def name_disagreements(name: ReportName, head: Head) -> list[str]:
    """Return where the name says something else than the first line."""
    pairs = [
        ("number of the file", str(name.number), (str(head.file_number),)),
        ("number of files", str(name.of), (str(head.files),)),
        ("service", name.service, (_plain(head.service),)),
        ("recipient", name.recipient, (head.recipient_id, _plain(head.recipient))),
        ("sender", name.sender, (head.sender_id, _plain(head.sender))),
    ]
    return [
        f"{what}: the name says {said!r}, the first line {' or '.join(filter(None, inside))!r}"
        for what, said, inside in pairs
        if said and any(inside) and said not in inside
    ]


def _plain(text: str) -> str:
    """Names of files have neither blanks nor underscores inside a part."""
    return re.sub(r"[\s_]", "", text)
