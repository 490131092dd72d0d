"""Writing a statement down: its entries, its row with the body, its lines. Never called twice for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from rights.domain.settlement import Label
from rights.domain.statement_body import (
    FACTS,
    SCHEMA,
    body_text,
    lines_digest,
    terms_said,
    text_digest,
)
from rights.domain.statement_words import Step
from rights.models import Statement, StatementEntry

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from rights.domain.terms import Terms
    from rights.models import Contract, Entry, Party, RoyaltyRun
    from rights.selectors.statement_inputs import Span
    from rights.services.statement_postings import Postings
    from rights.services.statement_settling import Converted, Figures

_COLUMNS = (
    "statement_id, number, share_id, release_id, pool, song_isrc, song_title, project, recording_id, "
    "isrc, title, service, territory, month, use, model, uses, weight, share_ppm, currency, amount, paid"
)


@dataclass(frozen=True)
class Issue:
    """Which statement is to be issued: whose, of which span, in which place, replacing which."""

    party: Party
    contract: Contract | None
    run: RoyaltyRun
    currency: str
    span: Span
    sequence: int
    last: Statement | None
    number: str
    actor: User | None
    revision: int = 1
    replaces: Statement | None = None
    because: str = ""
    revised: tuple[UUID, ...] = ()


def statement_post(issue: Issue, figures: Figures, postings: Postings) -> None:
    """Post every step: first what other currencies became, then what is taken off and given back."""
    if issue.replaces is not None:
        postings.undo(issue.replaces)
    for one in figures.converted:
        postings.convert(
            one.balance, one.base, one.became, issue.currency,
            rate=f"{one.rate.numerator}/{one.rate.denominator}",
            source=one.rate.source, on=one.rate.on.isoformat(),
        )  # fmt: skip
    for step, label in (
        (Step.OVER_CAP, Label.OVER_CAP),
        (Step.FEE, Label.FEE),
        (Step.RESERVE_TAKEN, Label.RESERVE_TAKEN),
        (Step.RESERVE_RELEASED, Label.RESERVE_RELEASED),
        (Step.RECOUPED, Label.RECOUPED),
        (Step.WITHHELD, Label.WITHHELD),
    ):
        postings.step(step, figures.sum_of(label), issue.currency)


def statement_write(
    issue: Issue,
    figures: Figures,
    *,
    terms: Terms,
    runs: Sequence[RoyaltyRun],
    posted: Sequence[tuple[str, Entry]],
) -> Statement:
    """Write the statement, its lines and which entries are its own."""
    settlement = figures.settlement
    lines_sha256 = lines_digest(_line_rows(figures))
    body = body_text(_body(issue, figures, terms, runs, lines_sha256))
    statement = Statement.objects.create(
        number=issue.number,
        revision=issue.revision,
        replaces=issue.replaces,
        party=issue.party,
        contract=issue.contract,
        run=issue.run,
        period=issue.run.period,
        sequence=issue.sequence,
        starts_at=issue.span.starts_at,
        ends_at=issue.span.ends_at,
        currency=issue.currency,
        opening=figures.opening,
        paid=figures.paid,
        earned=figures.earned,
        over_cap=figures.sum_of(Label.OVER_CAP),
        fee=figures.sum_of(Label.FEE),
        reserve_taken=figures.sum_of(Label.RESERVE_TAKEN),
        reserve_released=figures.sum_of(Label.RESERVE_RELEASED),
        recouped=figures.sum_of(Label.RECOUPED),
        withheld=figures.sum_of(Label.WITHHELD),
        adjusted=figures.sum_of(Label.ADJUSTMENT),
        closing=settlement.closing,
        payable=settlement.payout,
        carried=settlement.carried,
        carried_because=settlement.carried_because,
        n_lines=len(figures.lines),
        lines_sha256=lines_sha256,
        body=body,
        sha256=text_digest(body),
    )
    _copy_lines(statement, _line_rows(figures))
    StatementEntry.objects.bulk_create(
        StatementEntry(statement=statement, entry=entry, step=step) for step, entry in posted
    )
    return statement


def _line_rows(figures: Figures) -> Iterator[dict[str, Any]]:
    """Yield the lines one by one: they are hashed, then written, and never stand there as rows at once."""
    for number, (facts, paid) in enumerate(figures.lines, start=1):
        yield {name: getattr(facts, name) for name in FACTS} | {"number": number, "paid": paid}


def _copy_lines(statement: Statement, rows: Iterable[dict[str, Any]]) -> None:
    names = [name.strip() for name in _COLUMNS.split(",")]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY rights_statementline ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for row in rows:
            known = {
                "statement_id": statement.pk,
                "share_id": row["share"],
                "release_id": row["release"],
                "recording_id": row["recording"] or None,
            }
            copy.write_row([known[name] if name in known else row[name] for name in names])


def _body(
    issue: Issue, figures: Figures, terms: Terms, runs: Sequence[RoyaltyRun], lines_sha256: str
) -> dict[str, Any]:
    settlement, contract, span = figures.settlement, issue.contract, issue.span
    return {
        "schema": SCHEMA,
        "number": issue.number,
        "revision": issue.revision,
        "replaces": str(issue.replaces or ""),
        "because": issue.because,
        "issued": timezone.now().date().isoformat(),
        "issuer": {
            "name": settings.LEGAL_NAME,
            "address": settings.LEGAL_ADDRESS,
            "country": settings.LEGAL_COUNTRY,
        },
        "payee": {"id": str(issue.party.pk), "name": issue.party.name, "kind": issue.party.kind},
        "contract": {"id": str(contract.pk), "name": contract.name, "every": contract.every}
        if contract
        else None,
        "period": {
            "name": issue.run.period,
            "sequence": issue.sequence,
            "from": span.starts_at.date().isoformat() if span.starts_at else "",
            "until": span.last_day.isoformat(),
        },
        "runs": [
            {"period": run.period, "id": str(run.pk), "sha256": run.result_sha256} for run in runs
        ],
        "previous": str(issue.last or ""),
        "currency": issue.currency,
        "terms": terms_said(terms) if contract else {},
        "rates": [_rate(one) for one in figures.converted],
        "steps": list(figures.steps),
        "closing": str(settlement.closing),
        "payable": str(settlement.payout),
        "carried": str(settlement.carried),
        "carried_because": settlement.carried_because,
        "reserves": [
            {"taken": one.taken, "due": one.due, "amount": str(one.amount)}
            for one in settlement.after.reserves
        ],
        "advance_left": str(settlement.after.advance),
        "earned_in_all": str(settlement.after.earned_before),
        "lines": {"count": len(figures.lines), "sha256": lines_sha256},
    }


def _rate(one: Converted) -> dict[str, str]:
    return {
        "base": one.base,
        "original": str(one.balance),
        "converted": str(one.became),
        "text": one.rate.text(),
        "fraction": f"{one.rate.numerator}/{one.rate.denominator}",
        "source": one.rate.source,
        "on": one.rate.on.isoformat(),
    }
