"""Payouts for staff: batches with their progress, approved by other people; the rest is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from config.jobs.models import Job
from config.lib.money import Money, money_format
from rights.admin.decided import LOOK, Act, ActForm, DecidedAdmin
from rights.models import (
    Payout,
    PayoutBatch,
    PayoutChange,
    PayoutReconciliation,
    ProviderEvent,
)
from rights.services.payout_sending import CLOSED, payout_take_back
from rights.services.payouts import batch_approve, batch_cancel, batch_create, batch_send

if TYPE_CHECKING:
    from django.http import HttpRequest

State = PayoutBatch.State


class BatchForm(ActForm):
    """A currency to be paid out, or what to do with its batch."""

    code = forms.CharField(
        label=_("Currency"),
        help_text=_("Everything payable in this currency, such as EUR."),
        max_length=3,
        widget=forms.TextInput(attrs=LOOK),
    )


class PayoutsOfBatch(RowsInline[Payout, PayoutBatch]):
    """Who is paid, and who is not and why."""

    model = Payout
    fields = ("party", "sum", "state", "hold", "failure", "transfer_id")
    readonly_fields = fields
    ordering = ("party__name", "id")

    @admin.display(description=_("amount"))
    def sum(self, payout: Payout) -> str:
        """Return the amount with its currency."""
        return _money(payout.amount, payout.currency)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(DecidedAdmin[PayoutBatch]):
    """Payouts that are approved together."""

    form = BatchForm
    list_display = ("__str__", "state", "sum", "created_by", "approved_by", "second_by")
    list_select_related = ("created_by", "approved_by", "second_by")
    list_filter = ("state", "currency")
    date_hierarchy = "created_at"
    shown = (
        "currency", "state", "sum", "limit", "progress", "created_by", "created_at", "approved_by",
        "approved_at", "approved_because", "second_by", "second_at", "second_because",
    )  # fmt: skip
    inlines = (PayoutsOfBatch,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_payoutbatch"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the currency, or show what its batch holds."""
        if obj is None:
            return [(None, {"fields": ("code",)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A batch that is made is read."""
        return () if obj is None else self.shown

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A batch that is not made yet has no payouts."""
        return () if obj is None else self.inlines

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer the next steps."""
        steps: dict[str, tuple[Any, Act]] = {}
        if row.state == State.PENDING:
            steps["approve"] = (_("Approve; say below what you checked"), _approve)
        if row.state in (State.APPROVED, State.SENDING):
            steps["send"] = (_("Send what is approved"), _send)
        if row.state in (State.PENDING, State.APPROVED):
            steps["cancel"] = (_("Cancel; say below why"), _cancel)
        return steps

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make a batch, or take its next step."""
        if change:
            super().save_model(request, obj, form, change)
            return
        actor: Any = request.user  # staff are logged in
        code = form.cleaned_data["code"].strip().upper()
        made = batch_create(actor=actor, currency=code)
        obj.pk, obj.currency, obj.created_at = made.pk, made.currency, made.created_at

    @admin.display(description=_("total, without what is held"), ordering="total")
    def sum(self, batch: PayoutBatch) -> str:
        """Return the total with its currency."""
        return _money(batch.total, batch.currency)

    @admin.display(description=_("two people above"))
    def limit(self, batch: PayoutBatch) -> str:
        """Return the limit as it was when the batch was made."""
        return _money(batch.two_people_above, batch.currency)

    @admin.display(description=_("progress"))
    def progress(self, batch: PayoutBatch) -> SafeString | str:
        """Return how many payouts are in which state, and where the job that sends them is."""
        rows = batch.payouts.order_by("state").values("state").annotate(count=Count("pk"))
        lines = [
            (
                ngettext(
                    "%(count)d payout: %(state)s", "%(count)d payouts: %(state)s", row["count"]
                )
                % {"count": row["count"], "state": Payout.State(row["state"]).label.lower()},
            )
            for row in rows
        ]
        if batch.job is not None:
            told = {
                "state": batch.job.get_state_display(),
                "percent": batch.job.progress_ppm // 10_000,
            }
            lines.append((gettext("The job is “%(state)s”, %(percent)d %%.") % told,))
            if batch.job.state == Job.State.FAILED and batch.job.error_code == CLOSED:
                lines.append((batch.job.error,))
        return format_html_join(SafeString("<br>"), "{}", lines) or "—"


class StepsOfPayout(RowsInline[PayoutChange, Payout]):
    """From which state to which, by whom and why."""

    model = PayoutChange
    fields = ("made_at", "state_from", "state_to", "generation", "made_by", "reason")
    readonly_fields = fields
    show_change_link = False


@admin.register(Payout)
class PayoutAdmin(DecidedAdmin[Payout]):
    """One payee's money in one batch."""

    list_display = ("party", "sum", "state", "hold", "transfer_id", "created_at")
    list_select_related = ("party",)
    list_filter = ("state", "hold", "currency")
    search_fields = ("=id", "party__name", "=transfer_id")
    date_hierarchy = "created_at"
    shown = (
        "batch", "party", "sum", "state", "hold", "generation", "key", "destination",
        "first_asked_at", "transfer_id", "failure", "back", "reserve_entry", "settle_entry",
        "created_at", "sent_at", "paid_at",
    )  # fmt: skip
    inlines = (StepsOfPayout,)

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to take back what is paid; carrying an adjustment forward is better."""
        if row.state != Payout.State.PAID:
            return {}
        words = _("Take it back from the payee's account; an adjustment carried forward is better")
        return {"take_back": (words, _take_back)}

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, payout: Payout) -> str:
        """Return the amount with its currency."""
        return _money(payout.amount, payout.currency)

    @admin.display(description=_("taken back"))
    def back(self, payout: Payout) -> str:
        """Return what came back."""
        return _money(payout.reversed, payout.currency)


@admin.register(ProviderEvent)
class ProviderEventAdmin(RowsAdmin[ProviderEvent]):
    """What the payment provider told us, and what came of it."""

    list_display = ("type", "object_id", "state", "outcome", "happened_at", "received_at")
    list_filter = ("state",)
    search_fields = ("=event_id", "=object_id", "=account_id", "type")
    date_hierarchy = "received_at"
    fields = (
        "event_id", "type", "object_id", "account_id", "state", "outcome", "happened_at",
        "received_at", "processed_at", "sha256",
    )  # fmt: skip


@admin.register(PayoutReconciliation)
class PayoutReconciliationAdmin(RowsAdmin[PayoutReconciliation]):
    """What the nightly comparison with the payment provider found."""

    list_display = ("ran_at", "result")
    date_hierarchy = "ran_at"
    fields = ("ran_at", "told", "facts")

    @admin.display(description=_("result"))
    def result(self, row: PayoutReconciliation) -> str:
        """Return how much does not agree."""
        count = len(row.findings)
        if not count:
            return gettext("Everything agrees")
        words = ngettext("%(count)d finding", "%(count)d findings", count)
        return words % {"count": count}

    @admin.display(description=_("findings"))
    def told(self, row: PayoutReconciliation) -> SafeString | str:
        """Return each finding, a line each."""
        lines = [(one["kind"], one["subject"], one["words"]) for one in row.findings]
        return format_html_join(SafeString("<br>"), "{} · {} · {}", lines) or gettext(
            "Everything agrees"
        )


def _money(micros: int, currency: str) -> str:
    return money_format(Money(micros, currency), is_exact=True)


def _approve(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return batch_approve(batch=row, actor=actor, because=said["reason"])


def _send(row: Any, _actor: Any, _said: dict[str, Any]) -> object:
    return batch_send(batch=row)


def _cancel(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return batch_cancel(batch=row, actor=actor, because=said["reason"])


def _take_back(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return payout_take_back(payout=row, actor=actor, because=said["reason"])
