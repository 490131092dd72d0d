"""Saying that a line of a statement is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from rights.forms.disputes import DisputeForm
from rights.policies import can_act_for_payee
from rights.services.disputes import dispute_open
from rights.views.statements import line_or_404, line_response, statement_or_404

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@require_POST
@member_required
def dispute(request: AuthenticatedHttpRequest, statement_id: UUID, number: int) -> HttpResponse:
    """Dispute a line, with the reason; its page shows what becomes of it."""
    statement = statement_or_404(request, statement_id)
    line = line_or_404(statement, number)
    if not can_act_for_payee(request.membership):
        raise PermissionDenied
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            dispute_open(line=line, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The line is disputed. Somebody of our staff looks at it."))
            return redirect("rights:statement-line", statement_id=statement.pk, number=number)
    return line_response(request, statement, line, form)
