"""What uses that found no song may be: a song one character away, or one that went by the same number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from rights.domain.identifiers import RELEASE_NUMBER
from rights.models import IncomeFile, IncomeGroup, SplitSheet

if TYPE_CHECKING:
    from collections.abc import Iterator

ISRC_LENGTH = 12
PROPOSED_MAX = 5


@dataclass(frozen=True)
class Proposal:
    """A song, and why it is proposed."""

    isrc: str
    title: str
    why: str


def proposals_of(group: IncomeGroup) -> tuple[Proposal, ...]:
    """Return the songs that a group without one may be, the likeliest first; a person decides."""
    if group.match not in (IncomeGroup.Match.UNMATCHED, IncomeGroup.Match.AMBIGUOUS):
        return ()
    found: dict[str, Proposal] = {}
    for proposal in (*_learned(group), *_near(group.isrc), *_of_release(group.icpn)):
        found.setdefault(proposal.isrc, proposal)
    return tuple(found.values())[:PROPOSED_MAX]


def _learned(group: IncomeGroup) -> Iterator[Proposal]:
    for field, words in (
        ("dsp_id", _("the store's number %(number)s stood beside it before")),
        ("label_id", _("our number %(number)s stood beside it before")),
    ):
        number = getattr(group, field)
        if not number:
            continue
        posted = IncomeGroup.objects.filter(
            match=IncomeGroup.Match.MATCHED, file__state=IncomeFile.State.POSTED, **{field: number}
        )
        if field == "dsp_id":  # a number of one store means nothing in another
            posted = posted.filter(file__sender_id=group.file.sender_id)
        rows = SplitSheet.objects.filter(pk__in=posted.values("sheet"))
        for isrc, title in rows.order_by("isrc").values_list("isrc", "title")[:PROPOSED_MAX]:
            plain = number.removeprefix(RELEASE_NUMBER)
            why = (
                words if plain == number else _("uses of the release %(number)s were of it before")
            )
            yield Proposal(isrc, title, why % {"number": plain})


def _of_release(icpn: str) -> Iterator[Proposal]:
    """Yield the songs that are released under a bar code; the uses may be of another one there."""
    if not icpn:
        return
    rows = SplitSheet.objects.filter(icpn=icpn).order_by("isrc", "-version")
    for isrc, title in rows.values_list("isrc", "title")[:PROPOSED_MAX]:
        yield Proposal(isrc, title, _("it is on the release %(number)s") % {"number": icpn})


def _near(isrc: str) -> Iterator[Proposal]:
    """Yield the songs whose ISRC has one other character, or that is the same written otherwise."""
    plain = re.sub(r"[^A-Z0-9]", "", isrc.upper())
    if len(plain) != ISRC_LENGTH:
        return
    patterns = "|".join(f"{plain[:at]}[A-Z0-9]{plain[at + 1 :]}" for at in range(ISRC_LENGTH))
    rows = SplitSheet.objects.filter(isrc__regex=f"^({patterns})$").order_by("isrc", "-version")
    for known, title in rows.values_list("isrc", "title")[:PROPOSED_MAX]:
        off = sum(a != b for a, b in zip(known, plain, strict=True))
        why = _("its ISRC differs in one character") if off else _("its ISRC, written otherwise")
        yield Proposal(known, title, why)
