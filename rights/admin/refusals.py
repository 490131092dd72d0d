"""Pages whose saving is a service: what it refuses is said on the page, and nothing was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.shortcuts import redirect

from accounts.admin.rows import RowsAdmin
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

Row = TypeVar("Row", bound=Model)


class ServiceAdmin(RowsAdmin[Row]):
    """Rows that staff with the model's permission change, by the services of the product."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm(f"rights.change_{self.opts.model_name}"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the page; Django opens the transaction that a refusal rolls back."""
        try:
            answer: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect(request.get_full_path())
        return answer

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave it to the trail, which the service has written."""
        return None

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave it to the trail, which the service has written."""
        return None
