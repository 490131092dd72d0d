"""Payouts: who is paid how much in which batch, how far it is, and every step of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.domain.payout_course import HOLDS
from rights.models.micros import MicrosField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from accounts.models import User

HOLD_WORDS = {
    "sanctions": _("On a sanctions list"),
    "dispute": _("A dispute is open"),
    "account_closed": _("The account was disconnected"),
    "account_restricted": _("The account is restricted"),
    "bank_refused": _("The bank refused an earlier payout"),
    "kyc_incomplete": _("Payout details are missing"),
    "tax_form_missing": _("A tax form is missing"),
    "other": _("Held by staff"),
    "negative_balance": _("The balance is not above zero"),
    "balance_changed": _("The balance is lower than what was approved"),
    "below_threshold": _("Below the lowest payout"),
}
HOLD_CHOICES = [(name, HOLD_WORDS[name]) for name in HOLDS]


def _person(words: StrOrPromise) -> models.ForeignKey[User | None, User | None]:
    """Return the column of who did it; no constraint: the row stays when the person is erased."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=words,
    )  # fmt: skip


class PayoutBatch(models.Model):
    """Payouts of one currency that are approved together: by another person than who made it.

    ``two_people_above`` (micro-units) is the limit as it was then; above it ``second_by`` too.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("To be approved")
        APPROVED = "approved", _("Approved")
        SENDING = "sending", _("Being sent")
        DONE = "done", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PENDING)
    total = MicrosField(_("total"))
    two_people_above = MicrosField(_("two people above"))
    job = models.OneToOneField(
        "jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("job")
    )
    created_by = _person(_("made by"))
    created_at = models.DateTimeField(_("made"), db_default=Now())
    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_because = models.TextField(_("what was checked"), blank=True)
    second_by = _person(_("second approval by"))
    second_at = models.DateTimeField(_("second approval"), null=True)
    second_because = models.TextField(_("what the second person checked"), blank=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(state__in=["pending", "approved", "sending"]),
                name="rights_payoutbatch_one_open",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$") & Q(total__gte=0),
                name="rights_payoutbatch_is_money",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "approved", "sending", "done", "cancelled"]),
                name="rights_payoutbatch_state_is_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(approved_by__isnull=True)
                    | Q(created_by__isnull=True)
                    | ~Q(approved_by=F("created_by"))
                )
                & (
                    Q(second_by__isnull=True)
                    | (
                        (Q(created_by__isnull=True) | ~Q(second_by=F("created_by")))
                        & (Q(approved_by__isnull=True) | ~Q(second_by=F("approved_by")))
                    )
                ),
                name="rights_payoutbatch_other_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sending", "done"])
                | (
                    Q(approved_at__isnull=False)
                    & ~Q(approved_because="")
                    & (
                        Q(total__lte=F("two_people_above"))
                        | (Q(second_at__isnull=False) & ~Q(second_because=""))
                    )
                ),
                name="rights_payoutbatch_approved_by_enough",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d} {self.currency}"


class Payout(models.Model):
    """One payee's money in one batch. What it is never changes; its state moves along its course.

    ``key`` stands for the transfer at the provider and is stored before it is asked;
    ``generation`` rises only after a definite refusal. ``reversed`` (micro-units) came back.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        RESERVED = "reserved", _("Reserved")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Refused")
        REVERSED = "reversed", _("Taken back")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(
        PayoutBatch, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("batch")
    )
    party = models.ForeignKey(
        "rights.Party", on_delete=models.PROTECT, related_name="payouts", verbose_name=_("payee")
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = MicrosField(_("amount"))
    amount_minor = models.BigIntegerField(_("amount in the smallest coin"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PENDING)
    hold = models.CharField(_("held"), max_length=20, blank=True, choices=HOLD_CHOICES)
    generation = models.PositiveIntegerField(_("try"), default=1)
    key = models.CharField(_("idempotency key"), max_length=80, blank=True)
    destination = models.CharField(_("to account"), max_length=80, blank=True)
    first_asked_at = models.DateTimeField(_("first asked"), null=True)
    transfer_id = models.CharField(_("transfer"), max_length=80, blank=True)
    failure = models.CharField(_("refused with"), max_length=80, blank=True)
    reversed = MicrosField(_("taken back"), default=0)
    reserve_entry = models.ForeignKey(
        "rights.Entry", null=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("reserved in"),
    )  # fmt: skip
    settle_entry = models.OneToOneField(
        "rights.Entry", null=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("settled in"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("made"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["batch", "party", "id"]
        indexes = [
            models.Index(fields=["party", "-created_at"], name="rights_payout_of_party"),
            models.Index(
                fields=["first_asked_at"],
                condition=Q(state__in=["reserved", "sending", "sent"]),
                name="rights_payout_in_transit",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "currency"],
                condition=Q(state__in=["pending", "approved", "reserved", "sending", "failed"]),
                name="rights_payout_one_open",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"], condition=~Q(transfer_id=""), name="rights_payout_transfer"
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="rights_payout_key"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount_minor__gt=0, reversed__gte=0)
                & Q(reversed__lte=F("amount")),
                name="rights_payout_is_money",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "pending",
                        "approved",
                        "reserved",
                        "sending",
                        "sent",
                        "paid",
                        "failed",
                        "reversed",
                        "cancelled",
                    ]
                ),
                name="rights_payout_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(hold="") | Q(hold__in=list(HOLDS), state__in=["pending", "cancelled"]),
                name="rights_payout_hold_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reserved", "sending", "sent", "paid", "reversed"])
                | (Q(reserve_entry__isnull=False) & ~Q(key="") & ~Q(destination="")),
                name="rights_payout_reserved_before",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "paid", "reversed"])
                | Q(first_asked_at__isnull=False),
                name="rights_payout_asked_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "paid", "reversed"], sent_at__isnull=False)
                & ~Q(transfer_id="")
                | Q(transfer_id="") & ~Q(state__in=["sent", "paid", "reversed"]),
                name="rights_payout_sent_by_a_transfer",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["paid", "reversed"],
                    paid_at__isnull=False,
                    settle_entry__isnull=False,
                )
                | ~Q(state__in=["paid", "reversed"]) & Q(settle_entry__isnull=True, reversed=0),
                name="rights_payout_paid_is_settled",
            ),
            models.CheckConstraint(
                condition=Q(state="reversed", reversed=F("amount"))
                | ~Q(state="reversed") & Q(reversed__lt=F("amount")),
                name="rights_payout_reversed_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.currency}"


class PayoutChange(models.Model):
    """A step in the course of a payout: from which state to which, by whom, and why; only added."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="changes")
    state_from = models.CharField(_("from"), max_length=9, blank=True)
    state_to = models.CharField(_("to"), max_length=9)
    generation = models.PositiveIntegerField(_("try"))
    reason = models.TextField(_("why"), blank=True)
    made_by = _person(_("by"))
    made_at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("step of a payout")
        verbose_name_plural = _("steps of payouts")
        ordering = ["payout", "id"]

    def __str__(self) -> str:
        return f"{self.state_from or '—'} → {self.state_to}"
