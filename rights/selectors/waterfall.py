"""A statement's steps as a drawing: from the opening balance down to the closing one, bar under bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from rights.domain import drawing
from rights.domain.statement_words import Step

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from config.lib.money import Money
    from rights.domain.drawing import Span
    from rights.selectors.statement_page import StatementPage

CLOSING = "closing"


@dataclass(frozen=True)
class WaterRow:
    """A step with its bar; ``join`` is where a thin line leads on to the next one.

    ``kind`` is ``sum`` for what stands, ``more`` and ``less`` for what is added and taken.
    """

    step: str
    words: _StrPromise | str
    about: str
    amount: Money
    original: Money | None
    kind: str
    bar: Span


def waterfall_of(page: StatementPage) -> tuple[WaterRow, ...]:
    """Return every step of a statement and its closing balance, all on one scale."""
    steps = [(str(one.step), one.amount.micros) for one in page.steps]
    bars = drawing.waterfall([*steps, (CLOSING, page.closing.micros)])
    rows = [
        WaterRow(
            step=str(one.step),
            words=one.words,
            about=one.about,
            amount=one.amount,
            original=one.original,
            kind=_kind(one.step, one.amount),
            bar=bar,
        )
        for one, bar in zip(page.steps, bars, strict=False)
    ]
    last = WaterRow(CLOSING, _("Closing balance"), "", page.closing, None, "sum", bars[-1])
    return (*rows, last)


def _kind(step: Step, amount: Money) -> str:
    if step is Step.OPENING:
        return "sum"
    return "less" if amount.micros < 0 else "more"
