"""Royalty runs: a period's pools divided among owners, looked at, approved by a second person, locked."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.income import PERIOD_FORM
from rights.models.micros import MicrosField


class RoyaltyRun(models.Model):
    """The division of one accounting period. ``result_sha256`` is of all its shares, in order."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CALCULATING = "calculating", _("Being calculated")
        CALCULATED = "calculated", _("To be looked at")
        APPROVED = "approved", _("Approved")
        LOCKED = "locked", _("Locked")
        PUBLISHED = "published", _("Published")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.CharField(_("period"), max_length=7, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    facts = models.JSONField(_("facts"), default=dict)
    result_sha256 = models.CharField(_("hash of the shares"), max_length=64, blank=True)
    job = models.OneToOneField(
        "jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("job")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("begun by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("begun"), db_default=Now())
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("approved by"),
    )  # fmt: skip
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_because = models.TextField(_("what was checked"), blank=True)

    class Meta:
        verbose_name = _("royalty run")
        verbose_name_plural = _("royalty runs")
        ordering = ["-period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__regex=PERIOD_FORM), name="rights_royaltyrun_period_is_a_month"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "calculating",
                        "calculated",
                        "approved",
                        "locked",
                        "published",
                    ]
                ),
                name="rights_royaltyrun_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(created_by__isnull=True)
                | ~Q(approved_by=F("created_by")),
                name="rights_royaltyrun_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "calculating"], result_sha256="")
                | (
                    ~Q(state__in=["draft", "calculating"])
                    & Q(result_sha256__regex=r"^[0-9a-f]{64}$")
                ),
                name="rights_royaltyrun_calculated_has_a_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "locked", "published"])
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="rights_royaltyrun_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.period


class RunShare(models.Model):
    """What one party gets for one recording out of one pool, and why; only added.

    ``group`` is the uses it comes from; the base pool is divided once for the period and has none.
    Without a ``party`` the amount is held for the recording; without a ``recording`` too, it is
    the base pool of songs that name no base catalogue.
    """

    class Pool(models.TextChoices):
        INPUTS = "inputs", _("Ten songs")
        BASE = "base", _("Base catalogue")

    run = models.ForeignKey(RoyaltyRun, on_delete=models.CASCADE, related_name="shares")
    pool = models.CharField(_("pool"), max_length=6, choices=Pool.choices)
    group = models.ForeignKey(
        "rights.IncomeGroup", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recording = models.ForeignKey(
        "rights.Recording", null=True, on_delete=models.PROTECT, related_name="+"
    )
    party = models.ForeignKey("rights.Party", null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    weight = models.BigIntegerField(_("weight of the recording"))
    share_ppm = models.PositiveIntegerField(_("share in ppm"))
    amount = MicrosField(_("micro-units"))

    class Meta:
        verbose_name = _("share of a run")
        verbose_name_plural = _("shares of runs")
        ordering = ["run", "id"]
        indexes = [
            models.Index(fields=["run", "party"], name="rights_runshare_of_party"),
            models.Index(fields=["group"], name="rights_runshare_of_group"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pool="inputs", group__isnull=False, recording__isnull=False)
                | Q(pool="base", group__isnull=True),
                name="rights_runshare_pool_says_of_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.party_id} {self.amount} {self.currency}"
