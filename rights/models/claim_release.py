"""What an active claim got out of money that was held; only added, and never more than was held."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.micros import MicrosField
from rights.models.recording import PPM


class ClaimRelease(models.Model):
    """A part of one held share of a run that went to the party of a claim, in the books by ``entry``.

    ``entry`` is missing where the parts of a currency came to nothing together.
    """

    claim = models.ForeignKey(
        "rights.RightsClaim", on_delete=models.PROTECT, related_name="releases"
    )
    share = models.ForeignKey("rights.RunShare", on_delete=models.PROTECT, related_name="releases")
    entry = models.ForeignKey(
        "rights.Entry", null=True, on_delete=models.PROTECT, related_name="releases"
    )
    share_ppm = models.PositiveIntegerField(_("share in ppm"))
    amount = MicrosField(_("micro-units"))
    released_at = models.DateTimeField(_("released"), db_default=Now())

    class Meta:
        verbose_name = _("release of held money")
        verbose_name_plural = _("releases of held money")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share_ppm__gte=1, share_ppm__lte=PPM),
                name="rights_claimrelease_is_a_share",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.share_ppm} ppm: {self.amount}"
