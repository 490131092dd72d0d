"""Lists come in pages, by a cursor that only this installation can make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

SALT = "config.api.pages"
PAGE_SIZE = 50
PAGE_SIZE_MOST = 100


class CursorPages(CursorPagination):
    """Newest first. Rows that arrive meanwhile neither repeat nor hide others.

    The cursor is signed. The framework's own is plain base64, and a made-up position in it reaches
    the database as a value of the wrong type: a server error instead of a refusal.
    """

    ordering = "-id"
    page_size = PAGE_SIZE
    max_page_size = PAGE_SIZE_MOST
    page_size_query_param = "page_size"
    page_size_query_description = "How many entries a page holds."
    cursor_query_description = "Where the page starts: take it from `next` or `previous`."

    def get_page_size(self, request: Request) -> int:
        """Return the size asked for.

        Raises
        ------
        ValidationError
            If it is no whole number from 1 to ``max_page_size``.
        """
        asked = request.query_params.get("page_size", str(self.page_size))
        if asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size:
            return int(asked)
        raise ValidationError(
            {"page_size": [_("Ask for 1 to %(most)d entries.") % {"most": self.max_page_size}]}
        )

    def encode_cursor(self, cursor: Any) -> str:
        """Return the address of the page at ``cursor``."""
        token = Signer(salt=SALT).sign_object([cursor.offset, cursor.reverse, cursor.position])
        return replace_query_param(str(self.base_url), self.cursor_query_param, token)

    def decode_cursor(self, request: Request) -> Any:
        """Return where the page starts, or None for the first one.

        Raises
        ------
        ValidationError
            If we did not make the cursor.
        """
        token = request.query_params.get(self.cursor_query_param)
        if token is None:
            return None
        try:
            return Cursor(*Signer(salt=SALT).unsign_object(token))
        except (BadSignature, ValueError, TypeError):
            refusal = _("Take the address of `next` or `previous` as it is.")
            raise ValidationError({"cursor": [refusal]}) from None

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters with their limits."""
        parameters = cast("list[dict[str, Any]]", super().get_schema_operation_parameters(view))
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {
                    "minimum": 1,
                    "maximum": PAGE_SIZE_MOST,
                    "default": PAGE_SIZE,
                }
        return parameters
