"""A statement as a file: PDF, CSV, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from rights.exceptions import StatementRefusedError
from rights.statements.lines import statement_csv, statement_json
from rights.statements.pdf import statement_pdf
from rights.views.statements import statement_or_404, statement_seen

if TYPE_CHECKING:
    from uuid import UUID

    from django.http.response import HttpResponseBase

    from rights.models import Statement


@require_safe
@member_required
def pdf(request: AuthenticatedHttpRequest, statement_id: UUID) -> HttpResponseBase:
    """Send the PDF; it is drawn now, in a program of its own, if nobody asked for it before."""
    statement = statement_or_404(request, statement_id)
    try:
        content = statement_pdf(statement)
    except StatementRefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("rights:statement", statement_id=statement.pk)
    statement_seen(request, statement)
    return HttpResponse(content, content_type="application/pdf", headers=_named(statement, "pdf"))


@require_safe
@member_required
def csv(request: AuthenticatedHttpRequest, statement_id: UUID) -> HttpResponseBase:
    """Send every line as CSV."""
    statement = statement_or_404(request, statement_id)
    statement_seen(request, statement)
    return StreamingHttpResponse(
        statement_csv(statement),
        content_type="text/csv; charset=utf-8",
        headers=_named(statement, "csv"),
    )


@require_safe
@member_required
def json(request: AuthenticatedHttpRequest, statement_id: UUID) -> HttpResponseBase:
    """Send the statement with every line as JSON."""
    statement = statement_or_404(request, statement_id)
    statement_seen(request, statement)
    return StreamingHttpResponse(
        statement_json(statement),
        content_type="application/json",
        headers=_named(statement, "json"),
    )


def _named(statement: Statement, suffix: str) -> dict[str, str]:
    name = str(statement).replace(" ", "-")
    return {"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
