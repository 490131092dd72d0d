"""What people have decided about a report, kept while it is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rights.models import IncomeConcern, IncomeFile, IncomeGroup

if TYPE_CHECKING:
    from rights.models import SplitSheet

Match = IncomeGroup.Match
BY_HAND = "hand"
IDENTIFIERS = ("isrc", "icpn", "label_id", "dsp_id", "territory", "currency")
"""By which a group is known again, though its days were cut differently."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class Decisions:
    """Songs that people assigned, uses that they left out, concerns that they settled."""

    assigned: Mapping[Key, tuple[str, str]]
    ignored: Mapping[Key, str]
    settled: Sequence[IncomeConcern]


def decisions_of(file: IncomeFile) -> Decisions:
    """Return what people decided about a report, before its rows are made anew."""
    groups = file.groups.all()
    assigned = groups.filter(matched_by=BY_HAND)
    ignored = groups.filter(match=Match.IGNORED)
    return Decisions(
        {
            tuple(key): (isrc, because)
            for *key, isrc, because in assigned.values_list(
                *IDENTIFIERS, "sheet__isrc", "matched_because"
            )
        },
        {
            tuple(key): because
            for *key, because in ignored.values_list(*IDENTIFIERS, "ignored_because")
        },
        list(file.concerns.exclude(settled_at=None)),
    )


def decisions_restore(
    file: IncomeFile,
    decisions: Decisions,
    sheet_of: Callable[[str, str], SplitSheet | None],
) -> None:
    """Say of the new rows what people said of the old ones; ``sheet_of`` finds a song's sheet by days."""
    for concern in decisions.settled:
        file.concerns.filter(code=concern.code, words=concern.words).update(
            settled_by=concern.settled_by_id,
            settled_at=concern.settled_at,
            settled_because=concern.settled_because,
        )
    if not decisions.assigned and not decisions.ignored:
        return
    changed: list[Any] = []
    for group in file.groups.all():
        key = tuple(getattr(group, name) for name in IDENTIFIERS)
        if key in decisions.assigned:
            isrc, because = decisions.assigned[key]
            sheet = sheet_of(isrc, group.span)
            group.sheet, group.match, group.matched_by = sheet, Match.MATCHED, BY_HAND
            group.matched_because = because
            changed.append(group)
        elif key in decisions.ignored and group.match != Match.MATCHED:
            group.match, group.matched_by = Match.IGNORED, ""
            group.ignored_because = decisions.ignored[key]
            changed.append(group)
    IncomeGroup.objects.bulk_update(
        changed,
        ["sheet", "match", "matched_by", "matched_because", "ignored_because"],
        batch_size=2_000,
    )
