"""Statements of a rights holder: the list, one with its waterfall, its lines, one line to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.money import Money
from rights.domain.statement_words import Cut
from rights.forms.disputes import DisputeForm
from rights.policies import can_act_for_payee
from rights.selectors.breakdown import BY, breakdown_of_statement
from rights.selectors.line_filters import line_filters
from rights.selectors.line_page import line_of, line_page
from rights.selectors.statement_lines import statement_lines
from rights.selectors.statement_list import Asked, statements_of
from rights.selectors.statement_list import statement_list as statements_found
from rights.selectors.statement_outcomes import outcomes_of
from rights.selectors.statement_page import statement_page
from rights.selectors.waterfall import waterfall_of
from rights.services.statement_publishing import statement_viewed
from rights.views.asked import page_number

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rights.models import Statement, StatementLine


@require_safe
@member_required
def statement_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the published statements of the organisation's payees, the newest first, a page of them."""
    found = statements_found(
        organisation=request.membership.organisation,
        asked=Asked.of(request.GET),
        number=page_number(request),
    )
    return render(request, "rights/statement_list.html", {"found": found, "as_of": timezone.now()})


@require_safe
@member_required
def statement(request: AuthenticatedHttpRequest, statement_id: UUID) -> HttpResponse:
    """Show a statement from its opening to its closing balance, and what it was earned with."""
    mine = statement_or_404(request, statement_id)
    statement_seen(request, mine)
    page = statement_page(statement=mine)
    asked = request.GET.get("by", "")
    cut = Cut(asked) if asked in set(Cut) else Cut.RECORDING
    context = {
        "page": page,
        "earned": Money(mine.earned, mine.currency),
        "outcome": outcomes_of([mine]).get(mine.pk, ""),
        "waterfall": waterfall_of(page),
        "ways": [{"cut": one, "title": by.title} for one, by in BY.items()],
        "table": breakdown_of_statement(mine, cut),
    }
    return render(request, "rights/statement.html", context)


@require_safe
@member_required
def lines(request: AuthenticatedHttpRequest, statement_id: UUID) -> HttpResponse:
    """Show the lines of a statement, or those that a figure is made of."""
    mine = statement_or_404(request, statement_id)
    where, chosen = line_filters(mine, request.GET)
    after = request.GET.get("after", "")
    begins = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    page = statement_lines(statement=mine, where=where, after=begins)
    query = {str(cut): key for cut, key in where.items()}
    context = {
        "statement": mine,
        "page": page,
        "chosen": chosen,
        "is_later": bool(begins),
        "first": urlencode(query),
        "older": urlencode(query | {"after": page.after}) if page.after else "",
    }
    return render(request, "rights/statement_lines.html", context)


@require_safe
@member_required
def line(request: AuthenticatedHttpRequest, statement_id: UUID, number: int) -> HttpResponse:
    """Show one line: how it was reckoned, the song, its receipt, and disputes about it."""
    mine = statement_or_404(request, statement_id)
    return line_response(request, mine, line_or_404(mine, number))


def statement_or_404(request: AuthenticatedHttpRequest, statement_id: UUID) -> Statement:
    """Return a published statement of the member's organisation."""
    return get_object_or_404(statements_of(request.membership.organisation), pk=statement_id)


def statement_seen(request: AuthenticatedHttpRequest, statement: Statement) -> None:
    """Keep that somebody who looks after the money saw a statement; a viewer changes nothing."""
    if can_act_for_payee(request.membership):
        statement_viewed(statement=statement)


def line_or_404(statement: Statement, number: int) -> StatementLine:
    """Return a line of a statement."""
    found = line_of(statement, number)
    if found is None:
        raise Http404
    return found


def line_response(
    request: AuthenticatedHttpRequest,
    statement: Statement,
    line: StatementLine,
    form: DisputeForm | None = None,
) -> HttpResponse:
    """Return the page of a line; with a form that was refused, as it was filled in."""
    page = line_page(line=line)
    may = can_act_for_payee(request.membership)
    context = {
        "statement": statement,
        "page": page,
        "line": page.origin.line,
        "form": (form or DisputeForm()) if may else None,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "rights/statement_line.html", context, status=status)
