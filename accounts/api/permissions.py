"""What a caller may do before any resource is looked up: scope of the token, role of the member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.api.authentication import membership_of
from accounts.models import ApiToken
from accounts.policies import can_change_content
from config.api.problems import ProblemError

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class MemberInScope(BasePermission):
    """A member; to change something, with a token that may write and a role that may, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return False for nobody.

        Raises
        ------
        ProblemError
            ``scope_missing``, ``role_missing`` or ``organisation_missing``: why a known caller is
            refused.
        """
        if not request.user.is_authenticated:
            return False
        membership = membership_of(request)
        is_write = request.method not in SAFE_METHODS
        scope = ApiToken.Scope.WRITE if is_write else ApiToken.Scope.READ
        if isinstance(request.auth, ApiToken) and not request.auth.allows(scope):
            raise ProblemError("scope_missing")
        if is_write and not can_change_content(membership):
            raise ProblemError("role_missing")
        return True
