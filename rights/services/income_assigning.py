"""A person says of which song uses are that no identifier has found; posted, it is known next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.services.audit import audit_record
from rights.exceptions import IncomeRefusedError
from rights.models import IncomeGroup
from rights.services.income import income_require_open
from rights.services.income_decisions import BY_HAND
from rights.services.income_reading import sheet_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

Match = IncomeGroup.Match
OPEN = (Match.UNMATCHED, Match.AMBIGUOUS)


@transaction.atomic
def income_assign(
    *, group: IncomeGroup, isrc: str, because: str, actor: User, with_alike: bool = False
) -> Sequence[IncomeGroup]:
    """Say that the uses of a group are of the song ``isrc``; return the groups that it was said of.

    ``with_alike`` says the same of every other group of the report that found no song and goes by
    the same identifiers. What was said before, by a person or by an identifier, is replaced.

    Raises
    ------
    IncomeRefusedError
        If no reason is given, we have no such song, or the report is posted already.
    """
    wanted = isrc.replace("-", "").replace(" ", "").upper()
    if not because.strip():
        raise IncomeRefusedError(
            "rights.income.no_reason",
            "A song is assigned with a reason. Nothing was changed. Say how you know it.",
        )
    file = income_require_open(group.file_id, "change its songs")
    chosen = [IncomeGroup.objects.select_for_update().get(pk=group.pk)]
    if with_alike:
        chosen += IncomeGroup.objects.select_for_update().filter(_alike(chosen[0])).order_by("pk")
    for one in chosen:
        sheet = sheet_of(wanted, one.span)
        if sheet is None:
            raise IncomeRefusedError(
                "rights.income.no_song",
                f"There is no published song of ours with the ISRC {wanted or '(none)'}. Nothing was "
                "changed. Look its ISRC up among the split sheets.",
            )
        one.sheet, one.match, one.matched_by = sheet, Match.MATCHED, BY_HAND
        one.matched_because, one.ignored_because = because.strip(), ""
    IncomeGroup.objects.bulk_update(
        chosen,
        ["sheet", "match", "matched_by", "matched_because", "ignored_because"],
        batch_size=2_000,
    )
    audit_record(
        action="rights.income.assigned",
        actor=actor,
        organisation=None,
        target=file,
        data={
            "isrc": wanted,
            "because": because.strip(),
            "groups": [one.number for one in chosen[:100]],
            "count": len(chosen),
        },
    )
    return chosen


def _alike(group: IncomeGroup) -> Q:
    """Return the condition of the other groups that go by the same identifiers."""
    same = {name: getattr(group, name) for name in ("isrc", "icpn", "label_id", "dsp_id")}
    return Q(file=group.file_id, match__in=OPEN, **same) & ~Q(pk=group.pk)
