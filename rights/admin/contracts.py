"""Contracts for staff: made with their first terms, given new ones; what counted stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsInline
from config.lib.money import MoneyError, micros_parse
from rights.admin.amounts import amounts_said, rates_said
from rights.admin.decided import LOOK
from rights.admin.refusals import ServiceAdmin
from rights.domain.shares import percent_parse
from rights.domain.terms import Terms, TermsError
from rights.models import Contract, ContractTerms, Party
from rights.services.advances import advance_pay
from rights.services.contracts import contract_make, contract_terms_add

if TYPE_CHECKING:
    from django.http import HttpRequest

MADE = ("party", "name", "currency", "every")
RATES = ("fee_ppm", "reserve_ppm", "recoupment_ppm", "withholding_ppm")
TERMS = (
    "terms_from", "fee_ppm", "fee_max", "earnings_cap", "reserve_ppm", "reserve_periods",
    "recoupment_ppm", "withholding_ppm", "payout_min",
)  # fmt: skip

ADVANCE = ("advance", "reference", "paid_on")


class PercentField(forms.CharField):
    """A percentage with up to four decimal places; cleans to ppm."""

    def clean(self, value: Any) -> int:
        """Return the ppm; none for nothing, where nothing may be said."""
        text = str(super().clean(value)).strip()
        if not text and not self.required:
            return 0
        try:
            return percent_parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class ContractForm(forms.ModelForm[Contract]):
    """A contract with the terms that count from a day on. Rates in per cent, amounts in micro-units."""

    terms_from = forms.DateField(label=_("Terms count from"))
    fee_ppm = PercentField(label=_("Our fee in %"), initial="0")
    fee_max = forms.IntegerField(label=_("Highest fee in a period"), required=False, min_value=0)
    earnings_cap = forms.IntegerField(label=_("Cap of all earnings"), required=False, min_value=0)
    reserve_ppm = PercentField(label=_("Reserve in %"), initial="0")
    reserve_periods = forms.IntegerField(label=_("Reserve kept, in periods"), initial=0)
    recoupment_ppm = PercentField(label=_("Recoupment in %"), initial="100")
    withholding_ppm = PercentField(label=_("Withholding tax in %"), initial="0")
    payout_min = forms.IntegerField(label=_("Lowest payout"), initial=0, min_value=0)
    advance = forms.CharField(
        label=_("Advance"),
        required=False,
        help_text=_("That was paid from the bank, such as 5000.00. Then no new terms are given."),
    )
    reference = forms.CharField(label=_("Reference of the payment"), required=False)
    paid_on = forms.DateField(
        label=_("Paid on"), required=False, help_text=_("Today if it is left empty.")
    )

    class Meta:
        model = Contract
        fields = MADE

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        is_advance = bool(self.data.get("advance"))
        for name in (*TERMS, *ADVANCE):
            if name in self.fields:
                self.fields[name].widget.attrs |= LOOK
                self.fields[name].required &= not is_advance

    def clean(self) -> dict[str, Any]:
        """Put the terms together, if they make sense; or read the advance."""
        said = super().clean() or {}
        if said.get("advance"):
            try:
                said["advance_micros"] = micros_parse(said["advance"].strip())
            except MoneyError as error:
                raise ValidationError(str(error)) from error
        elif not self.errors:
            try:
                said["terms"] = Terms(
                    active_from=said["terms_from"], **{name: said[name] for name in TERMS[1:]}
                )
            except TermsError as error:
                raise ValidationError(str(error)) from error
        return said


@rates_said(ContractTerms, "fee_ppm", "reserve_ppm", "recoupment_ppm", "withholding_ppm")
@amounts_said(ContractTerms, "fee_max", "earnings_cap", "payout_min", currency="contract.currency")
class TermsOfContract(RowsInline[ContractTerms, Contract]):
    """The terms, the first first."""

    model = ContractTerms
    fields = (
        "active_from", "active_to", "fee_ppm_said", "fee_max_said", "earnings_cap_said",
        "reserve_ppm_said", "reserve_periods", "recoupment_ppm_said", "withholding_ppm_said",
        "payout_min_said",
    )  # fmt: skip
    readonly_fields = fields
    show_change_link = False


@admin.register(Contract)
class ContractAdmin(ServiceAdmin[Contract]):
    """Who is settled in which currency, how often, and on which terms."""

    form = ContractForm
    list_display = ("name", "party", "currency", "every", "created_at")
    list_select_related = ("party",)
    list_filter = ("currency", "every")
    search_fields = ("name", "party__name")
    inlines = (TermsOfContract,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_contract"))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **more: Any) -> Any:
        """Offer those who can be payees: customers and claimants without a contract."""
        payees = Party.objects.filter(contract=None)
        payees = payees.filter(Q(organisation__isnull=False) | Q(claims__isnull=False)).distinct()
        return super().formfield_for_foreignkey(db_field, request, queryset=payees, **more)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was agreed first stays."""
        return () if obj is None else MADE

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the contract, and for terms of those who may give them."""
        sets: list[Any] = [(None, {"fields": MADE})]
        if obj is None or self.has_change_permission(request, obj):
            sets.append((_("Terms") if obj is None else _("New terms"), {"fields": TERMS}))
            if obj is not None:
                sets.append((_("Or an advance"), {"fields": ADVANCE}))
        return sets

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A contract that is being made has no terms yet."""
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:
        """Make the contract, give it new terms, or write down an advance."""
        actor: Any = request.user  # staff are logged in
        said = form.cleaned_data
        if change and said.get("advance"):
            advance_pay(
                contract=obj, amount=said["advance_micros"], reference=said["reference"],
                on=said["paid_on"], actor=actor,
            )  # fmt: skip
            return
        terms = said["terms"]
        if change:
            contract_terms_add(contract=obj, terms=terms, actor=actor)
            return
        made = contract_make(
            party=obj.party, name=obj.name, currency=obj.currency, every=obj.every, terms=terms,
            actor=actor,
        )  # fmt: skip
        obj.pk = made.pk
