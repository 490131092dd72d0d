"""What of a statement's lines somebody clicked: slices in an address, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from rights.domain.statement_words import Cut
from rights.selectors.breakdown import BY, NOWHERE
from rights.selectors.statement_lines import lines_where

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from rights.models import Statement

KEY_MAX = 500


@dataclass(frozen=True)
class Chosen:
    """One condition in words; ``without`` is the address without it."""

    title: _StrPromise
    name: str
    without: str


def line_filters(
    statement: Statement, values: Mapping[str, str]
) -> tuple[dict[Cut, str], tuple[Chosen, ...]]:
    """Return the slices that an address names, and what they are called; one query."""
    where = {cut: values[cut][:KEY_MAX] for cut in Cut if cut in values}
    if not where:
        return {}, ()
    one = lines_where(statement, where).values("title", "song_title").first()
    names = {Cut.RECORDING: one["title"], Cut.SONG: one["song_title"]} if one else {}
    query = {str(cut): key for cut, key in where.items()}
    chosen = tuple(
        Chosen(
            title=BY[cut].title,
            name=(names.get(cut) or str(BY[cut].words(key))) if key else str(NOWHERE),
            without=urlencode({name: other for name, other in query.items() if name != cut}),
        )
        for cut, key in where.items()
    )
    return where, chosen
