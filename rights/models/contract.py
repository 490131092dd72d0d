"""Contracts of payees, and their dated terms: what ``rights.domain.terms`` computes with."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.domain.allocation import PPM as WHOLE_PPM
from rights.domain.terms import Terms
from rights.models.micros import MicrosField


class Contract(models.Model):
    """An agreement with a payee: in which currency and how often it is settled."""

    class Every(models.TextChoices):
        MONTH = "M", _("Monthly")
        QUARTER = "Q", _("Quarterly")
        HALF = "H", _("Half-yearly")
        YEAR = "Y", _("Yearly")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.OneToOneField(
        "rights.Party", on_delete=models.PROTECT, related_name="contract", verbose_name=_("payee")
    )
    name = models.CharField(_("name"), max_length=255)
    currency = models.CharField(_("paid in"), max_length=3)
    every = models.CharField(_("settled"), max_length=1, choices=Every.choices, default=Every.MONTH)
    created_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="rights_contract_currency"
            ),
            models.CheckConstraint(
                condition=Q(every__in=["M", "Q", "H", "Y"]), name="rights_contract_every_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContractTerms(models.Model):
    """The terms of a contract from a day on, until the next ones. Rates in ppm, amounts in micro-units."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="terms")
    active_from = models.DateField(_("from"))
    active_to = models.DateField(_("until"), null=True, blank=True)  # exclusive
    fee_ppm = models.PositiveIntegerField(_("our fee"), default=0)
    fee_max = MicrosField(_("highest fee in a period"), null=True, blank=True)
    earnings_cap = MicrosField(_("cap of all earnings"), null=True, blank=True)
    reserve_ppm = models.PositiveIntegerField(_("reserve"), default=0)
    reserve_periods = models.PositiveSmallIntegerField(_("reserve kept, in periods"), default=0)
    recoupment_ppm = models.PositiveIntegerField(_("recoupment"), default=WHOLE_PPM)
    withholding_ppm = models.PositiveIntegerField(_("withholding tax"), default=0)
    payout_min = MicrosField(_("lowest payout"), default=0)

    class Meta:
        verbose_name = _("terms of a contract")
        verbose_name_plural = _("terms of contracts")
        ordering = ["contract", "active_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "active_from"], name="rights_contractterms_begin_once"
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gt=F("active_from")),
                name="rights_contractterms_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(fee_ppm__lte=WHOLE_PPM)
                & Q(reserve_ppm__lte=WHOLE_PPM)
                & Q(recoupment_ppm__lte=WHOLE_PPM)
                & Q(withholding_ppm__lte=WHOLE_PPM),
                name="rights_contractterms_rates_are_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} ≥ {self.active_from}"

    def as_terms(self) -> Terms:
        """Return what the arithmetic takes."""
        return Terms(
            active_from=self.active_from,
            active_to=self.active_to,
            fee_ppm=self.fee_ppm,
            fee_max=self.fee_max,
            earnings_cap=self.earnings_cap,
            reserve_ppm=self.reserve_ppm,
            reserve_periods=self.reserve_periods,
            recoupment_ppm=self.recoupment_ppm,
            withholding_ppm=self.withholding_ppm,
            payout_min=self.payout_min,
        )
