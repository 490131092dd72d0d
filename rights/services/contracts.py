"""Contracts of payees and their dated terms: the next ones end the last, and no closed month changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.lib.money import MoneyError, minor_places
from rights.exceptions import ContractRefusedError
from rights.models import Contract, ContractTerms, Party, RoyaltyRun

if TYPE_CHECKING:
    from accounts.models import User
    from rights.domain.terms import Terms

CLOSED = (RoyaltyRun.State.APPROVED, RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)


@transaction.atomic
def contract_make(
    *, party: Party, name: str, currency: str, every: str, terms: Terms, actor: User | None
) -> Contract:
    """Make the contract of a payee, with its first terms.

    Raises
    ------
    ContractRefusedError
        If the payee has one already, the currency is none, or the terms begin in a closed month.
    """
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    if Contract.objects.filter(party=party).exists():
        words = _("%(payee)s has a contract already. Nothing was made. Give it new terms instead.")
        raise ContractRefusedError("rights.contract.exists", words % {"payee": party.name})
    if not name.strip() or every not in Contract.Every.values:
        raise ContractRefusedError(
            "rights.contract.nameless",
            _("A contract has a name and says how often it is settled. Nothing was made."),
        )
    try:
        minor_places(currency)
    except MoneyError as error:
        words = _("There is no currency %(code)s. Nothing was made. Use a code such as EUR.")
        raise ContractRefusedError(
            "rights.contract.currency", words % {"code": currency[:10]}
        ) from error
    contract = Contract.objects.create(
        party=party, name=name.strip(), currency=currency, every=every
    )
    audit_record(
        action="rights.contract.made",
        actor=actor,
        organisation=party.organisation,
        target=contract,
        data={"currency": currency, "every": every},
    )
    contract_terms_add(contract=contract, terms=terms, actor=actor)
    return contract


@transaction.atomic
def contract_terms_add(*, contract: Contract, terms: Terms, actor: User | None) -> ContractTerms:
    """Give a contract terms from a day on; those that count until then end on that day.

    Raises
    ------
    ContractRefusedError
        If they begin before the last ones, or in a month whose run is approved or locked.
    """
    mine = Contract.objects.select_for_update().select_related("party").get(pk=contract.pk)
    last = mine.terms.order_by("active_from").last()
    if last is not None and terms.active_from <= last.active_from:
        words = _(
            "New terms begin after the last ones, which count from %(day)s. Nothing was changed."
        )
        raise ContractRefusedError("rights.contract.order", words % {"day": last.active_from})
    closed = RoyaltyRun.objects.filter(
        state__in=CLOSED, period__gte=f"{terms.active_from:%Y-%m}"
    ).order_by("-period")
    if run := closed.first():
        words = _(
            "The month %(period)s is divided and closed. Nothing was changed. Let the terms begin "
            "in a later month."
        )
        raise ContractRefusedError("rights.contract.closed", words % {"period": run.period})
    if last is not None and (last.active_to is None or last.active_to > terms.active_from):
        last.active_to = terms.active_from
        last.save(update_fields=["active_to"])
    made = ContractTerms.objects.create(contract=mine, **asdict(terms))
    audit_record(
        action="rights.contract.terms_added",
        actor=actor,
        organisation=mine.party.organisation,
        target=mine,
        data={"from": str(terms.active_from)},
    )
    return made
