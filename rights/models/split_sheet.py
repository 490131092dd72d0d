"""Split sheets: whose recordings a published song was made from, frozen when it was published.

Who owns those recordings is asked anew for the day of each use; what they weigh never changes.
Rows are only added (``migrations/sql/0010_split_sheets.sql``).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.recording import ISRC_FORM, PPM

SHA256 = r"^[0-9a-f]{64}$"


class BaseCatalogue(models.Model):
    """The recordings that a base model learned from, and what each weighs in the base pool."""

    class Policy(models.TextChoices):
        EQUAL = "equal", _("Equal for each recording")
        DURATION = "duration", _("By duration")
        EXPOSURE = "exposure", _("By how much of it was learned")

    revision = models.CharField(_("revision"), max_length=80, unique=True)
    policy = models.CharField(_("policy"), max_length=20, choices=Policy.choices)
    sha256 = models.CharField(_("hash"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen"), db_default=Now())

    class Meta:
        verbose_name = _("base catalogue")
        verbose_name_plural = _("base catalogues")
        ordering = ["-frozen_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__in=["equal", "duration", "exposure"]),
                name="rights_basecatalogue_policy_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=SHA256) & ~Q(revision=""),
                name="rights_basecatalogue_is_named_by_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.revision


class BaseCatalogueWeight(models.Model):
    """One recording of a base catalogue; weights are whole and need not make anything."""

    catalogue = models.ForeignKey(BaseCatalogue, on_delete=models.PROTECT, related_name="weights")
    recording = models.ForeignKey("rights.Recording", on_delete=models.PROTECT, related_name="+")
    weight = models.BigIntegerField(_("weight"))

    class Meta:
        verbose_name = _("weight in the base pool")
        verbose_name_plural = _("weights in the base pool")
        ordering = ["catalogue", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue", "recording"], name="rights_basecatalogueweight_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="rights_basecatalogueweight_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}: {self.weight}"


class SplitSheet(models.Model):
    """One version of the split of one published song.

    ``isrc`` is the song's own. ``body`` is the canonical JSON that ``sha256`` is the hash of; the
    receipt it was drawn from is named in it. A correction is a new version, and counts from its
    ``valid_from`` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    isrc = models.CharField("ISRC", max_length=12)
    icpn = models.CharField("ICPN", max_length=14, blank=True)
    title = models.CharField(_("title"), max_length=255)
    artist = models.CharField(_("artist"), max_length=500)
    receipt = models.UUIDField(_("receipt"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    valid_from = models.DateField(_("counts from"))
    base_catalogue = models.ForeignKey(
        BaseCatalogue, null=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField(_("body"))
    sha256 = models.CharField(_("hash"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen"), db_default=Now())

    class Meta:
        verbose_name = _("split sheet")
        verbose_name_plural = _("split sheets")
        ordering = ["isrc", "-version"]
        indexes = [models.Index(fields=["icpn"], name="rights_splitsheet_by_icpn")]
        constraints = [
            models.UniqueConstraint(fields=["isrc", "version"], name="rights_splitsheet_versions"),
            models.CheckConstraint(
                condition=Q(isrc__regex=ISRC_FORM), name="rights_splitsheet_isrc_is_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(icpn="") | Q(icpn__regex=r"^[0-9]{12,14}$"),
                name="rights_splitsheet_icpn_is_digits",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=SHA256) & ~Q(title="") & Q(version__gte=1),
                name="rights_splitsheet_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.isrc}, v{self.version})"


class SplitSheetSource(models.Model):
    """A recording of the sheet and its part of the pool of the ten songs; the parts make a million."""

    sheet = models.ForeignKey(SplitSheet, on_delete=models.PROTECT, related_name="sources")
    position = models.PositiveSmallIntegerField(_("position"))
    recording = models.ForeignKey("rights.Recording", on_delete=models.PROTECT, related_name="+")
    weight_ppm = models.PositiveIntegerField(_("weight in ppm"))

    class Meta:
        verbose_name = _("source of a split sheet")
        verbose_name_plural = _("sources of split sheets")
        ordering = ["sheet", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "recording"], name="rights_splitsheetsource_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(weight_ppm__gte=1, weight_ppm__lte=PPM),
                name="rights_splitsheetsource_is_a_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}: {self.weight_ppm} ppm"
