"""Where a payee is paid, and what stands against paying them until somebody lifts it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.domain.payout_course import PLACED
from rights.models.payout import HOLD_WORDS


class PayeeAccount(models.Model):
    """A payee's account at the payment provider. Names and bank details stay there.

    ``key`` stands for its making and is stored before the provider is asked. ``requirements`` are
    the provider's names of what is still missing.
    """

    class State(models.TextChoices):
        NEW = "new", _("Not begun")
        ONBOARDING = "onboarding", _("Details are missing")
        ACTIVE = "active", _("Ready")
        RESTRICTED = "restricted", _("Restricted")
        CLOSED = "closed", _("Disconnected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.OneToOneField(
        "rights.Party", on_delete=models.PROTECT, related_name="payee_account",
        verbose_name=_("payee"),
    )  # fmt: skip
    country = models.CharField(_("country"), max_length=2)
    provider_id = models.CharField(_("account"), max_length=80, blank=True)
    key = models.CharField(_("idempotency key"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    requirements = models.JSONField(_("still missing"), default=list, blank=True)
    created_at = models.DateTimeField(_("begun"), db_default=Now())
    checked_at = models.DateTimeField(_("looked at"), null=True)

    class Meta:
        verbose_name = _("account of a payee")
        verbose_name_plural = _("accounts of payees")
        ordering = ["party__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id"],
                condition=~Q(provider_id=""),
                name="rights_payeeaccount_provider",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "onboarding", "active", "restricted", "closed"]),
                name="rights_payeeaccount_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="new", provider_id="") | ~Q(state="new") & ~Q(provider_id=""),
                name="rights_payeeaccount_is_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$"), name="rights_payeeaccount_country"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}"


class PayeeHold(models.Model):
    """Something that stands against paying a payee, until it is lifted; both with a reason."""

    party = models.ForeignKey(
        "rights.Party", on_delete=models.PROTECT, related_name="payout_holds",
        verbose_name=_("payee"),
    )  # fmt: skip
    reason = models.CharField(
        _("reason"), max_length=20, choices=[(name, HOLD_WORDS[name]) for name in PLACED]
    )
    because = models.TextField(_("why"))
    placed_at = models.DateTimeField(_("placed"), db_default=Now())
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("placed by"),
    )  # fmt: skip
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("lifted by"),
    )  # fmt: skip
    lifted_because = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        verbose_name = _("hold of a payee")
        verbose_name_plural = _("holds of payees")
        ordering = ["-placed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "reason"],
                condition=Q(lifted_at__isnull=True),
                name="rights_payeehold_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=list(PLACED)) & ~Q(because=""),
                name="rights_payeehold_says_why",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_because="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_because=""),
                name="rights_payeehold_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_reason_display()}"
