"""The ledger for staff: accounts, entries, legs, locked periods, the trial balance. Read only."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin
from config.lib.money import Money, money_format
from rights.models import Entry, LedgerAccount, Leg, PeriodLock
from rights.selectors.ledger import (
    account_book,
    control_balance,
    period_locked_until,
    trial_balance,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

BOOK_PAGE = 100
ROWS_MAX = 1_000  # of one role; the list of accounts finds the others


@admin.register(LedgerAccount)
class LedgerAccountAdmin(RowsAdmin[LedgerAccount]):
    """Accounts, each with its book, and the trial balance over all of them."""

    list_display = ("code", "kind", "subject", "currency", "book_link")
    list_filter = ("kind", "role", "currency")
    search_fields = ("code",)
    fields = ("code", "role", "kind", "subject", "currency", "min_balance", "max_balance")
    list_before_template = "admin/rights/ledger_links.html"

    @admin.display(description=_("book"))
    def book_link(self, row: LedgerAccount) -> str:
        """Lead to the book of the account."""
        address = reverse("admin:rights_ledgeraccount_book", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _("Open the book"))

    def get_urls(self) -> list[URLPattern]:
        """Add the two pages of figures."""
        own = [
            path(
                "trial-balance/",
                self.admin_site.admin_view(self.trial_balance_view),
                name="rights_ledgeraccount_trial_balance",
            ),
            path(
                "<int:account_id>/book/",
                self.admin_site.admin_view(self.book_view),
                name="rights_ledgeraccount_book",
            ),
        ]
        return [*own, *super().get_urls()]

    def trial_balance_view(self, request: HttpRequest) -> HttpResponse:
        """Show what stands in each role, or in the accounts of one, at the start of a day or now."""
        at = self._asked(request, "at")
        role = request.GET.get("role", "")
        return self._page(
            request,
            "admin/rights/trial_balance.html",
            title=_("Trial balance"),
            at=at,
            role=role,
            sections=trial_balance(at=at, role=role) if role else control_balance(at=at),
            rows_max=ROWS_MAX,
            locked_until=period_locked_until(),
        )

    def book_view(self, request: HttpRequest, account_id: int) -> HttpResponse:
        """Show the book of one account with its running balance, page by page."""
        account = LedgerAccount.objects.filter(pk=account_id).first()
        if account is None:
            raise Http404
        since, until = self._asked(request, "since"), self._asked(request, "until")
        number = max(1, int(page)) if (page := request.GET.get("page", "1")).isdecimal() else 1
        offset = (number - 1) * BOOK_PAGE
        book = account_book(account, since=since, until=until, offset=offset, limit=BOOK_PAGE)
        pages = Paginator(range(book.count), BOOK_PAGE)
        return self._page(
            request,
            "admin/rights/ledger_book.html",
            title=account.code,
            account=account,
            book=book,
            since=since,
            until=until,
            page=pages.get_page(number),
        )

    def _asked(self, request: HttpRequest, name: str) -> datetime | None:
        """Return the start of a day that stands in the address; None if it is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            day = parse_date(request.GET.get(name, ""))
        except ValueError:  # well written, and no day of the calendar
            return None
        return datetime.combine(day, time(), UTC) if day else None

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**frame, "opts": self.model._meta, **context})  # noqa: SLF001


@admin.register(Entry)
class EntryAdmin(RowsAdmin[Entry]):
    """Entries. Their legs have a list of their own, for there may be hundreds of thousands."""

    list_display = ("id", "kind", "effective_at", "posted_at", "n_legs", "memo", "legs_link")
    list_filter = ("kind",)
    search_fields = ("idem", "memo")
    date_hierarchy = "effective_at"
    fields = (
        "id",
        "idem",
        "kind",
        "effective_at",
        "posted_at",
        "posted_by",
        "reverses",
        "n_legs",
        "memo",
        "facts",
        "idem_hash",
        "legs_link",
    )
    readonly_fields = ("legs_link",)

    @admin.display(description=_("legs"))
    def legs_link(self, row: Entry) -> str:
        """Lead to the legs of the entry."""
        address = reverse("admin:rights_leg_changelist", query={"entry__id__exact": row.pk})
        return format_html('<a href="{}">{}</a>', address, _("Show the legs"))


@admin.register(Leg)
class LegAdmin(RowsAdmin[Leg]):
    """Legs, as debit and credit."""

    list_display = ("id", "entry", "account", "debit", "credit")
    list_select_related = ("entry", "account")
    list_filter = ("currency",)
    search_fields = ("account__code",)
    fields = ("id", "entry", "account", "debit", "credit", "facts")
    readonly_fields = ("debit", "credit")

    @admin.display(description=_("debit"))
    def debit(self, row: Leg) -> str:
        """Return the amount if it is a debit."""
        return (
            money_format(Money(-row.amount, row.currency), is_exact=True) if row.amount < 0 else ""
        )

    @admin.display(description=_("credit"))
    def credit(self, row: Leg) -> str:
        """Return the amount if it is a credit."""
        return (
            money_format(Money(row.amount, row.currency), is_exact=True) if row.amount > 0 else ""
        )


@admin.register(PeriodLock)
class PeriodLockAdmin(RowsAdmin[PeriodLock]):
    """Which periods are locked, by whom and why."""

    list_display = ("ends_at", "locked_at", "locked_by", "reason")
    list_select_related = ("locked_by",)
    fields = list_display
