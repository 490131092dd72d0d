"""The staff admin: one site, behind the product's own log-in and a second factor.

Each app registers its rows in its own ``admin`` module. Rows are read here and changed by the same
services as everywhere else; whatever staff change is in the audit trail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from accounts.selectors.security import user_has_mfa

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

# The admin's pages alone, never the portal's: unfold stands on Alpine, which evaluates the
# expressions of its attributes, and writes its colours into a <style> (docs/adr/0028).
POLICY = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}
# A symbol for each kind of row (Material Symbols); a dot for those that have none here.
ICONS = {
    "User": "person",
    "Organisation": "apartment",
    "Membership": "badge",
    "Invitation": "mail_lock",
    "ApiToken": "key",
    "AuditEntry": "history",
    "OutgoingMail": "outgoing_mail",
    "AccountDeletion": "person_remove",
    "Job": "work_history",
    "WorkerBeat": "monitor_heart",
    "Track": "music_note",
}


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """The admin, for staff with a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether the person is active staff and logs in with a second factor."""
        return is_staff(request) and has_second_factor(request)

    def admin_view(
        self, view: Callable[..., Any], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Guard the view, and answer with the admin's own content policy."""
        guarded = super().admin_view(view, cacheable)
        relaxed: Callable[..., HttpResponseBase] = csp_replace(POLICY)(guarded)
        return relaxed

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send people where they get in: to log in, to set up a second factor, or back.

        There is no second log-in form: the product's own has the rate limits and the second step.
        """
        back = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            back = resolve_url("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not is_staff(request):
            raise PermissionDenied
        if not has_second_factor(request):
            messages.warning(
                request,
                _(
                    "Staff pages need a second step when you log in. Nothing was opened. "
                    "Set up an authenticator app here, then open them again."
                ),
            )
            return redirect("mfa_activate_totp")
        return redirect(back)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Hand over to the product's log-out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Hand over to the product's page, which asks for the password and tells by mail."""
        return redirect("account_change_password")


def is_staff(request: HttpRequest) -> bool:
    """Say whether the person is active staff."""
    return request.user.is_active and request.user.is_staff


def has_second_factor(request: HttpRequest) -> bool:
    """Say whether the person logs in with two steps, or need not (``ADMIN_MFA_REQUIRED``)."""
    if not settings.ADMIN_MFA_REQUIRED or not request.user.is_authenticated:
        return not settings.ADMIN_MFA_REQUIRED
    return user_has_mfa(request.user)


# The rights are many: what staff do with money stands together, by step. Each kind of row that is not
# named here stays in the section of its app.
MONEY: dict[str, tuple[Any, tuple[str, ...]]] = {
    "income": (
        gettext_lazy("Income"),
        (
            "IncomeFile",
            "IncomeGroup",
            "IncomeConcern",
            "IncomeFault",
            "IncomeMapping",
            "ExchangeRate",
        ),
    ),
    "runs": (
        gettext_lazy("Runs and statements"),
        (
            "RoyaltyRun",
            "RunShare",
            "StatementBatch",
            "Statement",
            "StatementLine",
            "StatementDispute",
        ),
    ),
    "payouts": (
        gettext_lazy("Payouts"),
        (
            "PayoutBatch",
            "Payout",
            "PayeeAccount",
            "PayeeHold",
            "ProviderEvent",
            "PayoutReconciliation",
        ),
    ),
    "ledger": (gettext_lazy("Ledger"), ("LedgerAccount", "Entry", "Leg", "PeriodLock")),
}
# Pages that are no list of rows: their section, words, symbol, address, and the right that opens them.
PAGES = (
    ("runs", gettext_lazy("Money that waits"), "hourglass", "admin:rights_runshare_suspense", "rights.view_runshare"),
    ("ledger", gettext_lazy("Trace an amount"), "conversion_path", "admin:rights_runshare_trace", "rights.view_runshare"),
    ("ledger", gettext_lazy("Trial balance"), "balance", "admin:rights_ledgeraccount_trial_balance", "rights.view_ledgeraccount"),
)  # fmt: skip


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: a section per app and per step of money, with what the person may see."""
    sections: list[dict[str, Any]] = []
    for app in admin.site.get_app_list(request):
        rows = {row["object_name"]: _item(row) for row in app["models"] if row["admin_url"]}
        for key, (title, names) in MONEY.items():
            taken = [rows.pop(name) for name in names if name in rows]
            pages = [
                _page(page) for page in PAGES if page[0] == key and request.user.has_perm(page[4])
            ]
            if taken:
                sections.append(_section(title, taken + pages))
        if rows:
            sections.append(_section(app["name"], list(rows.values())))
    return sections


def _section(title: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": False, "items": items}


def _item(row: dict[str, Any]) -> dict[str, Any]:
    icon = ICONS.get(row["object_name"], "circle")
    return {"title": row["name"], "icon": icon, "link": row["admin_url"]}


def _page(page: tuple[str, Any, str, str, str]) -> dict[str, Any]:
    _key, title, icon, address, _right = page
    return {"title": title, "icon": icon, "link": reverse_lazy(address)}
