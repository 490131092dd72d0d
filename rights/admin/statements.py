"""Statements for staff: batches with progress, statements with revisions, disputes with decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from config.lib.money import Money, MoneyError, micros_parse, money_format
from rights.admin.amounts import amounts_said, rates_said
from rights.admin.decided import LOOK, Act, ActForm, DecidedAdmin
from rights.exceptions import DisputeRefusedError
from rights.models import (
    DisputeChange,
    Party,
    Statement,
    StatementBatch,
    StatementDispute,
    StatementEntry,
    StatementLine,
)
from rights.selectors.statement_page import CARRIED_WORDS
from rights.services.disputes import PENDING, dispute_decide, dispute_investigate
from rights.services.statement_publishing import statement_publish, statements_publish
from rights.services.statements import statement_revise, statements_issue

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

AMOUNTS = (
    "opening", "paid", "earned", "over_cap", "fee", "reserve_taken", "reserve_released", "recouped",
    "withheld", "adjusted", "closing", "payable", "carried",
)  # fmt: skip
"""What a statement comes to, in the order of its page."""


@admin.register(StatementBatch)
class StatementBatchAdmin(DecidedAdmin[StatementBatch]):
    """The statements of a run: how far, which are missing and why, publish them all."""

    list_display = ("run", "progress", "begun_at", "issued_at", "waiting")
    list_select_related = ("run", "job")
    shown = ("run", "progress", "waiting", "missing", "begun_by", "begun_at", "issued_at")

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Issue what is missing; publish what is issued."""
        acts: dict[str, tuple[Any, Act]] = {
            "issue": (
                _("Issue what is missing"),
                lambda batch, actor, _said: statements_issue(run=batch.run, actor=actor),
            )
        }
        if row.issued_at and self._waiting(row):
            acts["publish"] = (
                _("Publish them all; their readers get a mail"),
                lambda batch, actor, _said: statements_publish(run=batch.run, actor=actor),
            )
        return acts

    @admin.display(description=_("progress"))
    def progress(self, row: StatementBatch) -> str:
        """Return how far the job is."""
        count = row.run.statements.filter(replaced_by=None).count()
        if row.job is None or row.issued_at:
            return str(count)
        return f"{count} · {row.job.get_state_display()} · {row.job.progress_ppm / 10_000:.0f} %"

    @admin.display(description=_("not published"))
    def waiting(self, row: StatementBatch) -> int:
        """Return how many nobody has seen yet."""
        return self._waiting(row)

    @admin.display(description=_("could not be issued"))
    def missing(self, row: StatementBatch) -> str:
        """Return whose statements are missing and why."""
        return (
            "\n".join(f"{one['name']}, {one['currency']}: {one['why']}" for one in row.missed)
            or "—"
        )

    @staticmethod
    def _waiting(row: StatementBatch) -> int:
        return row.run.statements.filter(state=Statement.State.FINAL, replaced_by=None).count()


class EntriesOfStatement(RowsInline[StatementEntry, Statement]):
    """What it posted."""

    model = StatementEntry
    fields = ("step", "entry")
    readonly_fields = fields
    show_change_link = False


@admin.register(Statement)
@amounts_said(Statement, *AMOUNTS)
class StatementAdmin(DecidedAdmin[Statement]):
    """One statement, what it posted and its later revisions; money is read, acts are services."""

    list_display = (
        "number", "revision", "party", "period", "state", "earned_said", "closing_said",
        "payable_said",
    )  # fmt: skip
    list_select_related = ("party",)
    list_filter = ("state", "currency", "period", "carried_because")
    search_fields = ("number", "party__name", "sha256")
    shown = (
        "number", "revision", "replaces", "party", "contract", "run", "period", "starts_at",
        "ends_at", "currency", "state", "issued_at", "published_at", "published_by",
        "first_viewed_at", *(f"{name}_said" for name in AMOUNTS), "why_carried", "n_lines",
        "lines_of_it", "lines_sha256", "sha256", "body",
    )  # fmt: skip
    inlines = (EntriesOfStatement,)

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Publish it; correct it while it is the last."""
        if not row.is_current:
            return {}
        acts: dict[str, tuple[Any, Act]] = {}
        if row.state == Statement.State.FINAL:
            acts["publish"] = (
                _("Publish it; its readers get a mail"),
                lambda one, actor, _said: statement_publish(statement=one, actor=actor),
            )
        acts["revise"] = (
            _("Issue a corrected revision; say below what is corrected"),
            lambda one, actor, said: statement_revise(
                statement=one, actor=actor, because=said["reason"]
            ),
        )
        return acts

    @admin.display(description=_("why carried forward"))
    def why_carried(self, row: Statement) -> str:
        """Return the reason as its payee reads it."""
        return str(CARRIED_WORDS[row.carried_because])

    @admin.display(description=_("all of its lines"))
    def lines_of_it(self, row: Statement) -> SafeString:
        """Return the way to the lines."""
        address = reverse("admin:rights_statementline_changelist")
        return format_html(
            '<a href="{}?statement__id__exact={}">{}</a>', address, row.pk, _("Show")
        )


@admin.register(StatementLine)
@rates_said(StatementLine, "share_ppm")
@amounts_said(StatementLine, "amount")
@amounts_said(StatementLine, "paid", currency="statement.currency")
class StatementLineAdmin(RowsAdmin[StatementLine]):
    """What a payee gets for one recording out of one group of uses."""

    list_display = (
        "statement", "number", "song_title", "title", "service", "territory", "month", "uses_said",
        "share_ppm_said", "amount_said", "paid_said",
    )  # fmt: skip
    list_select_related = ("statement",)
    list_filter = ("pool", "currency")
    search_fields = ("statement__number", "song_isrc", "isrc")
    fields = (*list_display, "pool", "project", "use", "model", "weight", "share", "release")

    @admin.display(description=_("uses"), ordering="uses")
    def uses_said(self, row: StatementLine) -> str:
        """Return the uses without the places that nothing stands in; stores count parts of uses too."""
        return f"{row.uses.normalize():f}"


class DisputeForm(ActForm):
    """The decision, and by how much."""

    by_amount = forms.CharField(
        label=_("Amount"),
        required=False,
        help_text=_("In the currency of the statement, such as 12.345678. Only for upholding."),
        widget=forms.TextInput(attrs=LOOK),
    )
    why = forms.CharField(
        label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3, **LOOK})
    )
    payer = forms.ModelChoiceField(
        label=_("At the cost of"),
        required=False,
        queryset=Party.objects.order_by("name"),
        help_text=_("The payee who had too much; empty if the mistake is ours."),
        widget=forms.Select(attrs=LOOK),
    )


class ChangesOfDispute(RowsInline[DisputeChange, StatementDispute]):
    """Its course."""

    model = DisputeChange
    fields = ("to_state", "words", "made_by", "at")
    readonly_fields = fields
    show_change_link = False


@admin.register(StatementDispute)
class StatementDisputeAdmin(DecidedAdmin[StatementDispute]):
    """What payees say is wrong, the oldest first, and what is decided."""

    form = DisputeForm
    asked = ("act", "by_amount", "payer", "why")
    list_display = ("line", "state", "opened_at", "opened_by")
    list_select_related = ("line__statement", "opened_by")
    list_filter = ("state",)
    search_fields = ("line__statement__number", "reason")
    ordering = ("opened_at",)
    shown = ("line", "state", "reason", "opened_by", "opened_at", "amount_said", "because", "entry")
    inlines = (ChangesOfDispute,)

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Look into it, uphold it by an amount, reject it with a reason."""
        if row.state not in PENDING:
            return {}
        acts: dict[str, tuple[Any, Act]] = {}
        if row.state == StatementDispute.State.OPEN:
            acts["investigate"] = (
                _("Look into it"),
                lambda one, actor, said: dispute_investigate(
                    dispute=one, actor=actor, words=said["why"]
                ),
            )
        acts["uphold"] = (_("Uphold it by the amount below; say why"), _uphold)
        acts["reject"] = (
            _("Reject it; say why"),
            lambda one, actor, said: dispute_decide(
                dispute=one, actor=actor, is_upheld=False, because=said["why"]
            ),
        )
        return acts

    @admin.display(description=_("amount"))
    def amount_said(self, row: StatementDispute) -> str:
        """Return by how much it was upheld."""
        if row.amount is None:
            return "—"
        return money_format(Money(row.amount, row.line.statement.currency), is_exact=True)


def _uphold(dispute: StatementDispute, actor: Any, said: dict[str, Any]) -> object:
    try:
        amount = micros_parse(said["by_amount"].strip() or "0")
    except MoneyError as error:
        raise DisputeRefusedError(
            "rights.dispute.amount", f"{error}. Nothing was changed."
        ) from error
    return dispute_decide(
        dispute=dispute, actor=actor, is_upheld=True, amount=amount,
        because=said["why"], at_cost_of=said["payer"],
    )  # fmt: skip
