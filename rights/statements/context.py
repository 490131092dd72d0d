"""What the paper shows, from the same selectors as the screen; and the page as HTML."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from config.lib.money import MICRO_PLACES, Money, money_format
from rights.domain.statement_words import Cut
from rights.selectors.breakdown import Part, Row, breakdown
from rights.selectors.money_words import month_words
from rights.selectors.statement_page import statement_page, statement_slices
from rights.selectors.waterfall import WaterRow, waterfall_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rights.domain.drawing import Span
    from rights.models import Statement

TEMPLATE = "rights/documents/statement.html"
CUTS = (Cut.RECORDING, Cut.SONG, Cut.SERVICE, Cut.TERRITORY, Cut.PROJECT, Cut.MONTH)
ROWS = 12
"""A table on paper has so many rows and one for the others; all of them are in the files."""


@dataclass(frozen=True)
class Drawn:
    """A row and where its bar lies, in whole percent of the column: classes of the style sheet."""

    row: Any
    left: str
    width: str
    is_less: bool

    def __getattr__(self, name: str) -> Any:
        """Return what the row says."""
        return getattr(self.row, name)


@dataclass(frozen=True)
class Table:
    """Sums by one thing, and how wide its columns of figures are, in percent of the table.

    The columns are known before, from what stands in them: so no cell is set twice to measure it.
    """

    title: str
    heading: str
    parts: tuple[Drawn, ...]
    total: Money
    total_text: str
    uses_width: int
    amount_width: int


@dataclass(frozen=True)
class Term:
    """One term of the contract in words."""

    words: str
    value: str


@lru_cache(maxsize=1)
def layout_revision() -> str:
    """Return the hash of everything that the look depends on: a new look is a new drawing."""
    template = (settings.BASE_DIR / "templates" / TEMPLATE).read_bytes()
    beside = [Path(__file__).with_name(name) for name in ("statement.css", "cutting.py")]
    style = b"".join(one.read_bytes() for one in beside)
    return hashlib.sha256(template + style).hexdigest()[:16]


def statement_html(statement: Statement, *, boxes: str = "") -> str:
    """Return a statement as the page that is drawn, in the language of the product.

    ``boxes`` are letters for which the machine has no font: the page then says why there are boxes.
    """
    with translation.override(settings.LANGUAGE_CODE):
        page = statement_page(statement=statement)
        context = {
            "language": settings.LANGUAGE_CODE,
            "name": _name(statement),
            "period": month_words(statement.period),
            "page": page,
            "address": [part for part in page.body["issuer"]["address"].split("; ") if part],
            "waterfall": [_drawn(row, row.bar) for row in waterfall_of(page)],
            "tables": [table for cut in CUTS if (table := _table(statement, cut)).parts],
            "terms": _terms(page.terms, statement.currency),
            "boxes": boxes,
        }
        return get_template(TEMPLATE).render(context)


def _name(statement: Statement) -> str:
    if statement.revision == 1:
        return statement.number
    return _("%(number)s, revision %(revision)s") % {
        "number": statement.number,
        "revision": statement.revision,
    }


def _drawn(row: WaterRow | Part, bar: Span) -> Drawn:
    width = max(bar.width // 10, 1 if bar.width else 0)
    left = min(bar.start // 10, 100 - width)
    return Drawn(row, str(left), str(width), bar.is_negative)


def _table(statement: Statement, cut: Cut) -> Table:
    rows = statement_slices(statement=statement, by=cut)
    sums = [Row(row.key, row.words, row.lines, row.amount, row.uses) for row in rows]
    found = breakdown(cut, sums, statement.currency, top=ROWS)
    amounts = [found.total, *(part.amount for part in found.parts)]
    return Table(
        title=str(found.title),
        heading=str(found.heading),
        parts=tuple(_drawn(part, part.bar) for part in found.parts),
        total=found.total,
        total_text=money_format(found.total, is_exact=True),
        uses_width=_width(((part.uses or Decimal()).normalize() for part in found.parts), most=22),
        amount_width=_width(
            (Decimal(one.micros).scaleb(-MICRO_PLACES) for one in amounts), most=34
        ),
    )


def _width(figures: Iterable[Decimal], *, most: int) -> int:
    """Return the percent of a table that figures take in the boldest weight, with their margin."""
    longest = max((len(f"{one:,f}") for one in figures), default=0)
    return min(max(10, math.ceil(1.15 * longest + 2.5)), most)


def _terms(said: Mapping[str, Any], currency: str) -> list[Term]:
    """Return the terms that do something."""
    if not said:
        return []

    def percent(ppm: int) -> str:
        whole, rest = divmod(ppm, 10_000)
        return f"{whole}{f'.{rest:04d}'.rstrip('0') if rest else ''} %"

    def amount(text: str) -> str:
        return money_format(Money(int(text), currency), is_exact=True)

    rates: list[tuple[str, str, Callable[[Any], str]]] = [
        ("fee_ppm", _("Administration fee"), percent),
        ("fee_max", _("Highest fee in a period"), amount),
        ("earnings_cap", _("Cap of all earnings"), amount),
        ("reserve_ppm", _("Reserve"), percent),
        ("reserve_periods", _("Reserve is kept, in periods"), str),
        ("recoupment_ppm", _("Part that goes against advances"), percent),
        ("withholding_ppm", _("Withholding tax"), percent),
        ("payout_min", _("Lowest payout"), amount),
    ]
    return [
        Term(words, write(said[name]))
        for name, words, write in rates
        if said[name] not in (None, 0, "0")
    ]
