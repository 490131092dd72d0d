"""From a payee's books to the figures of a statement: converted, settled, line by line. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from config.lib.money import Money
from rights.domain.exchange import Rate, convert
from rights.domain.settlement import Label, Line, Position, Settlement, settle
from rights.domain.statement_amounts import amounts_convert
from rights.domain.statement_words import STEP_OF, Step
from rights.domain.terms import Terms, TermsError, terms_on
from rights.exceptions import StatementRefusedError
from rights.services.exchange import rate_find

if TYPE_CHECKING:
    from rights.domain.settlement import Reserve
    from rights.domain.statement_body import LineFacts
    from rights.models import Contract
    from rights.selectors.statement_inputs import Books, Movement, Span

NO_CONTRACT = "no_contract"
NO_TERMS = Terms(active_from=date.min)
"""What counts for a payee without a contract: nothing is taken off, and nothing is paid out."""


@dataclass(frozen=True)
class Inputs:
    """All that the figures of a statement depend on; ``taken_in`` names the periods of reserves."""

    currency: str
    sequence: int
    books: Books
    lines: Sequence[LineFacts]
    terms: Terms
    hold: str
    advance: int
    earned_before: int
    reserves: tuple[Reserve, ...]
    taken_in: Mapping[int, str]
    on: date


@dataclass(frozen=True)
class Converted:
    """What a currency came to: ``balance`` in it became ``became`` in the statement's."""

    base: str
    balance: int
    became: int
    earned: int
    earned_became: int
    rate: Rate


@dataclass(frozen=True)
class Figures:
    """The figures: steps as the body keeps them, every line with its amount in both currencies."""

    settlement: Settlement
    opening: int
    paid: int
    earned: int
    steps: tuple[dict[str, Any], ...]
    converted: tuple[Converted, ...]
    lines: tuple[tuple[LineFacts, int], ...]

    def sum_of(self, label: Label) -> int:
        """Return the sum of a step."""
        return self.settlement.amount(label)


def terms_of(contract: Contract | None, span: Span) -> Terms:
    """Return the terms that count on the last day of a span.

    Raises
    ------
    StatementRefusedError
        If a contract has none for that day.
    """
    if contract is None:
        return NO_TERMS
    try:
        return terms_on([row.as_terms() for row in contract.terms.all()], span.last_day)
    except TermsError as error:
        raise StatementRefusedError(
            "rights.statement.no_terms",
            f"No terms of {contract.name} count on {span.last_day}. Nothing was issued for it. Give "
            "the contract terms from that day on, then issue again.",
        ) from error


def figures_make(inputs: Inputs) -> Figures:
    """Settle a period.

    Raises
    ------
    StatementRefusedError
        If the books have amounts that no line explains.
    RateMissingError
        If a currency has no rate on the last day of the period; import the table of that day.
    """
    _require_lines_of_everything(inputs)
    currency, books = inputs.currency, inputs.books
    rates = {
        base: rate_find(base=base, quote=currency, on=inputs.on)
        for base in sorted({*books.currencies, *(line.currency for line in inputs.lines)})
        if base != currency
    }

    def here(amount: int, base: str) -> int:
        return convert(Money(amount, base), currency, rates.get(base)).converted.micros

    opening = books.opening.get(currency, 0)
    payments = [(one, here(one.amount, one.currency)) for one in books.payments]
    paid = sum(amount for _, amount in payments)
    earned = {base: here(amount, base) for base, amount in books.earned.items()}
    corrections = [
        *(
            (f"Balance brought over from {base}", base, amount)
            for base, amount in sorted(books.opening.items())
            if base != currency
        ),
        *((one.about, one.currency, one.amount) for one in books.corrections),
    ]
    settlement = settle(
        currency=currency,
        period=inputs.sequence,
        earned=sum(earned.values()),
        terms=inputs.terms,
        before=Position(
            opening=opening + paid,
            advance=inputs.advance,
            earned_before=inputs.earned_before,
            reserves=inputs.reserves,
        ),
        adjustments=[
            Line(Label.ADJUSTMENT, here(amount, base), about) for about, base, amount in corrections
        ],
        hold=inputs.hold,
    )
    said = _steps(inputs, settlement, opening, payments, earned, corrections, here)
    return Figures(
        settlement=settlement,
        opening=opening,
        paid=paid,
        earned=sum(earned.values()),
        steps=tuple(said),
        converted=tuple(_converted(books, base, rates[base], here) for base in rates),
        lines=_lines(inputs.lines, rates),
    )


def _steps(
    inputs: Inputs,
    settlement: Settlement,
    opening: int,
    payments: Sequence[tuple[Movement, int]],
    earned: Mapping[str, int],
    corrections: Sequence[tuple[str, str, int]],
    here: Callable[[int, str], int],
) -> list[dict[str, Any]]:
    """Return the waterfall, step by step, with what each was before it was converted."""
    currency, books = inputs.currency, inputs.books
    said = [_said(Step.OPENING, opening)]
    said += [
        _said(Step.PAID, amount, one.about, one.amount, one.currency, currency)
        for one, amount in payments
    ]
    said += [
        _said(Step.EARNED, earned[base], "", books.earned[base], base, currency)
        for base in sorted(earned)
    ] or [_said(Step.EARNED, 0)]
    said += [
        _said(STEP_OF[line.label], line.amount, _about(line, inputs.taken_in))
        for line in settlement.lines
        if line.label not in (Label.OPENING, Label.EARNED, Label.ADJUSTMENT)
    ]
    said += [
        _said(Step.ADJUSTED, here(amount, base), about, amount, base, currency)
        for about, base, amount in corrections
    ]
    return said


def _said(
    step: Step, amount: int, about: str = "", original: int = 0, base: str = "", currency: str = ""
) -> dict[str, Any]:
    said: dict[str, Any] = {"step": step.value, "amount": str(amount), "about": about}
    if base != currency:
        said["original"] = {"amount": str(original), "currency": base}
    return said


def _about(line: Line, taken_in: Mapping[int, str]) -> str:
    return taken_in.get(int(line.about), line.about) if line.about.isdigit() else line.about


def _converted(books: Books, base: str, rate: Rate, here: Any) -> Converted:
    own = books.of(base)
    moved = [*own.payments, *own.corrections]
    parts = [
        own.opening.get(base, 0),
        own.earned.get(base, 0),
        *(one.amount for one in moved),
    ]
    return Converted(
        base=base,
        balance=sum(parts),
        became=sum(here(part, base) for part in parts),
        earned=own.earned.get(base, 0),
        earned_became=here(own.earned.get(base, 0), base),
        rate=rate,
    )


def _lines(
    lines: Sequence[LineFacts], rates: Mapping[str, Rate]
) -> tuple[tuple[LineFacts, int], ...]:
    """Return each line with its amount in the statement's currency; they are in order by currency."""
    found: list[tuple[LineFacts, int]] = []
    for base, group in groupby(lines, key=lambda line: line.currency):
        several = list(group)
        amounts = amounts_convert([line.amount for line in several], rates.get(base))
        found += zip(several, amounts, strict=True)
    return tuple(found)


def _require_lines_of_everything(inputs: Inputs) -> None:
    """Refuse a statement whose lines do not say all that the books say, to the micro-unit."""
    sums: dict[str, int] = {}
    for line in inputs.lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.amount
    said = {currency: amount for currency, amount in sums.items() if amount}
    if said != dict(inputs.books.earned):
        raise StatementRefusedError(
            "rights.statement.not_proved",
            f"The books say {dict(inputs.books.earned)} was earned and the lines {said} (micro-units "
            "by currency). Nothing was issued. Look at the runs and claims of the period.",
        )
