"""Royalty runs for staff: begun, calculated, looked at, approved by a second person, locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.rows import RowsAdmin, RowsInline
from config.lib.money import Money, money_format
from rights.admin.amounts import amounts_said, rates_said
from rights.admin.decided import LOOK, Act, ActForm, DecidedAdmin
from rights.admin.suspense import SuspensePages
from rights.admin.trace import TracePages
from rights.models import (
    BaseCatalogue,
    RoyaltyRun,
    RunShare,
    SplitSheet,
    SplitSheetSource,
)
from rights.selectors.run_review import run_review
from rights.selectors.run_totals import run_totals
from rights.services.royalty_runs import run_approve, run_calculate, run_create, run_lock
from rights.services.statements import statements_issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

State = RoyaltyRun.State
WORDS = {
    "earned": _("earned"),
    "inputs": _("for the ten songs"),
    "base": _("for the base catalogue"),
    "paid": _("to owners"),
    "held": _("held"),
}


class RunForm(ActForm):
    """A month to be run, or what to do with its run."""

    month = forms.CharField(
        label=_("Month"),
        help_text=_("A month that is over, such as 2026-10."),
        widget=forms.TextInput(attrs=LOOK),
    )


@admin.register(RoyaltyRun)
class RoyaltyRunAdmin(DecidedAdmin[RoyaltyRun]):
    """The division of a month."""

    form = RunForm
    list_display = ("period", "state", "created_by", "approved_by", "approved_at")
    list_select_related = ("created_by", "approved_by")
    list_filter = ("state",)
    search_fields = ("period",)
    shown = (
        "period", "state", "totals", "review", "result_sha256", "created_by", "created_at", "approved_by",
        "approved_at", "approved_because",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_royaltyrun"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the month, or show what its run came to."""
        if obj is None:
            return [(None, {"fields": ("month",)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A run that is begun is read."""
        return () if obj is None else self.shown

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer the next steps."""
        steps: dict[str, tuple[Any, Act]] = {}
        if row.state in (State.DRAFT, State.CALCULATING, State.CALCULATED):
            steps["calculate"] = (
                _("Calculate"),
                lambda run, actor, _said: run_calculate(run=run, actor=actor),
            )
        if row.state == State.CALCULATED:
            steps["approve"] = (
                _("Approve; say below what you checked"),
                lambda run, actor, said: run_approve(run=run, actor=actor, because=said["reason"]),
            )
        if row.state == State.APPROVED:
            steps["calculate"] = (
                _("Calculate again, if it is stale; the approval lapses"),
                lambda run, actor, _said: run_calculate(run=run, actor=actor),
            )
            steps["lock"] = (
                _("Post and lock the month, for good"),
                lambda run, actor, _said: run_lock(run=run, actor=actor),
            )
        if row.state in (State.LOCKED, State.PUBLISHED):
            steps["statements"] = (
                _("Issue its statements"),
                lambda run, actor, _said: statements_issue(run=run, actor=actor),
            )
        return steps

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Begin a run, or take its next step."""
        if change:
            super().save_model(request, obj, form, change)
            return
        actor: Any = request.user  # staff are logged in
        obj.pk = run_create(period=form.cleaned_data["month"].strip(), actor=actor).pk

    @admin.display(description=_("totals, and the change from the run before"))
    def totals(self, run: RoyaltyRun) -> SafeString | str:
        """Return every total beside that of the run before."""
        lines = [
            (
                WORDS[line.name],
                _money(line.micros, line.currency),
                _money(line.change, line.currency),
            )
            for line in run_totals(run)
        ]
        return _table((_("What"), _("This run"), _("Change")), lines) if lines else "—"

    @admin.display(description=_("what stands out, and the largest changes"))
    def review(self, run: RoyaltyRun) -> SafeString | str:
        """Return payees beside what they got in the run before, what is unusual first."""
        found = run_review(run)
        if not found.rows:
            return "—"
        lines = [
            (
                row.name,
                money_format(row.amount, is_exact=True),
                "—" if row.change is None else money_format(row.change, is_exact=True),
                row.why,
            )
            for row in found.rows
        ]
        table = _table((_("Payee"), _("This run"), _("Change"), _("Look at it")), lines)
        words = ngettext("%(count)s payee in all", "%(count)s payees in all", found.payees)
        return format_html("{}<p>{}</p>", table, words % {"count": found.payees})


def _money(micros: int | None, currency: str) -> str:
    return "—" if micros is None else money_format(Money(micros, currency), is_exact=True)


def _table(heads: Sequence[Any], lines: Sequence[Sequence[Any]]) -> SafeString:
    """Draw rows with a name, two amounts and perhaps a word."""
    amount = "px-3 text-right whitespace-nowrap tabular-nums"
    looks = ("text-left", amount, amount, "px-3 text-left")
    head = format_html_join(
        "", '<th scope="col" class="{}">{}</th>', zip(looks, heads, strict=False)
    )
    rows = [
        format_html(
            '<tr><th scope="row" class="text-left font-normal">{}</th>{}</tr>',
            line[0],
            format_html_join("", '<td class="{}">{}</td>', zip(looks[1:], line[1:], strict=False)),
        )
        for line in lines
    ]
    return format_html(
        '<div class="overflow-x-auto" tabindex="0"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        head,
        format_html_join("", "{}", ((row,) for row in rows)),
    )


@admin.register(RunShare)
@rates_said(RunShare, "share_ppm")
@amounts_said(RunShare, "amount", words=_("amount"))
class RunShareAdmin(SuspensePages, TracePages):
    """What one party gets for one recording out of one pool; without a party it is held."""

    list_display = ("run", "pool", "recording", "party", "share_ppm_said", "amount_said")
    list_select_related = ("run", "recording", "party")
    list_filter = ("pool", "currency", ("party", admin.EmptyFieldListFilter))
    search_fields = ("run__period", "recording__isrc", "party__name")
    fields = ("run", "pool", "group", "recording", "party", "weight", "share_ppm_said", "amount_said")  # fmt: skip


class SourcesOfSheet(RowsInline[SplitSheetSource, SplitSheet]):
    """The recordings, and what each weighs."""

    model = SplitSheetSource
    fields = ("position", "recording", "weight_ppm")
    readonly_fields = fields
    show_change_link = False


@admin.register(SplitSheet)
class SplitSheetAdmin(RowsAdmin[SplitSheet]):
    """Whose recordings a published song was made from."""

    list_display = ("isrc", "title", "artist", "version", "valid_from", "frozen_at")
    search_fields = ("isrc", "icpn", "title", "artist", "=receipt")
    fields = (*list_display, "icpn", "receipt", "base_catalogue", "sha256", "body")
    inlines = (SourcesOfSheet,)


@admin.register(BaseCatalogue)
class BaseCatalogueAdmin(RowsAdmin[BaseCatalogue]):
    """The recordings that a base model learned from share the base pool by its policy."""

    list_display = ("revision", "policy", "frozen_at", "sha256")
    search_fields = ("revision",)
    fields = list_display
