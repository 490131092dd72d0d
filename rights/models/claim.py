"""Claims: who says that a share of a recording is theirs, with what proof, and what came of it.

What was claimed never changes (a trigger sees to it): its state does, and every change is kept with
who made it and why. Something else is claimed by a new claim that supersedes the old one.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.recording import PPM


class RightsClaim(models.Model):
    """One party's share of one recording, in some countries, from a day up to another."""

    class State(models.TextChoices):
        CLAIMED = "claimed", _("Being looked at")
        CONFLICT = "conflict", _("In conflict")
        ACTIVE = "active", _("Active")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Superseded")

    class RightType(models.TextChoices):
        MASTER = "master", _("Master")
        PUBLISHING = "publishing", _("Publishing")

    class Role(models.TextChoices):
        OWNER = "OriginalOwner", _("Original owner")
        SUCCESSOR = "SuccessorInTitle", _("Successor in title")
        LICENSEE = "ExclusiveLicensee", _("Exclusive licensee")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(
        "rights.Recording",
        on_delete=models.PROTECT,
        related_name="claims",
        verbose_name=_("recording"),
    )
    party = models.ForeignKey(
        "rights.Party", on_delete=models.PROTECT, related_name="claims", verbose_name=_("party")
    )
    right_type = models.CharField(
        _("right"), max_length=12, choices=RightType.choices, default=RightType.MASTER
    )
    role = models.CharField(_("as"), max_length=20, choices=Role.choices, default=Role.OWNER)
    share_ppm = models.PositiveIntegerField(_("share in ppm"))
    territories = models.CharField(_("countries"), max_length=1000, default="world")
    active_from = models.DateField(_("from"), null=True, blank=True)
    active_to = models.DateField(_("until"), null=True, blank=True)  # exclusive
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.CLAIMED
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_at = models.DateTimeField(_("claimed"), db_default=Now())

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-claimed_at", "id"]
        indexes = [
            models.Index(
                fields=["recording", "right_type"],
                condition=Q(state="active"),
                name="rights_claim_active",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(share_ppm__gte=1, share_ppm__lte=PPM), name="rights_claim_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True)
                | Q(active_from__isnull=True)
                | Q(active_to__gt=F("active_from")),
                name="rights_claim_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "claimed",
                        "conflict",
                        "active",
                        "rejected",
                        "withdrawn",
                        "superseded",
                    ]
                ),
                name="rights_claim_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(right_type__in=["master", "publishing"])
                & Q(role__in=["OriginalOwner", "SuccessorInTitle", "ExclusiveLicensee"]),
                name="rights_claim_right_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(territories=""), name="rights_claim_holds_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.share_ppm} ppm {self.recording}"


class ClaimEvidence(models.Model):
    """A document or a statement that a claim rests on; only added."""

    claim = models.ForeignKey(RightsClaim, on_delete=models.PROTECT, related_name="evidence")
    words = models.TextField(_("what it shows"))
    key = models.CharField(_("document"), max_length=120, blank=True)
    name = models.CharField(_("file name"), max_length=255, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    given_at = models.DateTimeField(_("given"), db_default=Now())

    class Meta:
        verbose_name = _("evidence of a claim")
        verbose_name_plural = _("evidence of claims")
        ordering = ["claim", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="rights_claimevidence_says_what")
        ]

    def __str__(self) -> str:
        return self.words[:80]


class ClaimChange(models.Model):
    """A step in the course of a claim: from which state to which, by whom, and why; only added."""

    claim = models.ForeignKey(RightsClaim, on_delete=models.PROTECT, related_name="changes")
    state_from = models.CharField(_("from"), max_length=12, blank=True)
    state_to = models.CharField(_("to"), max_length=12)
    reason = models.TextField(_("why"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("step of a claim")
        verbose_name_plural = _("steps of claims")
        ordering = ["claim", "id"]

    def __str__(self) -> str:
        return f"{self.state_from or '—'} → {self.state_to}"
