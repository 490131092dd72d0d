"""What a version owes to whom, in parts per million: in all, in each bar, in each layer.

Royalties are divided by these rows. They are written with the version's success and never again
(privileges and triggers, ``migrations/sql/0003_influence.sql``).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from rights.models.recording import ISRC_FORM

PPM = 1_000_000


def _adds_up(field: str) -> Exact:
    """Return the condition that the whole numbers of a JSON object sum to one million."""
    total = Func(F(field), function="generation_ppm_sum", output_field=models.BigIntegerField())
    return Exact(total, Value(PPM))


class VersionSource(models.Model):
    """One of the ten, or the base catalogue: what it was given and what it got.

    ``weight_ppm`` is asked for with the version, of the whole song; ``share_ppm`` is what the song
    came to owe, filled when the version is ready.
    """

    class Pool(models.TextChoices):
        REFERENCES = "references", _("The ten songs")
        CATALOGUE = "catalogue", _("Base catalogue")

    version = models.ForeignKey(
        "generation.Version", on_delete=models.PROTECT, related_name="sources"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    pool = models.CharField(_("pool"), max_length=10, choices=Pool.choices)
    recording = models.ForeignKey(
        "rights.Recording",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="version_sources",
    )
    isrc = models.CharField("ISRC", max_length=12, blank=True)
    title = models.CharField(_("title"), max_length=255)
    artist = models.CharField(_("artist"), max_length=500, blank=True)
    weight_ppm = models.PositiveIntegerField(_("weight, ppm"))
    share_ppm = models.PositiveIntegerField(_("share, ppm"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of a version")
        verbose_name_plural = _("sources of versions")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="generation_source_position_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["version", "isrc"], name="generation_source_is_in_once"
            ),
            models.CheckConstraint(
                condition=Q(pool="references", recording__isnull=False, isrc__regex=ISRC_FORM)
                | Q(pool="catalogue", recording__isnull=True, isrc=""),
                name="generation_source_is_of_one_pool",
            ),
            models.CheckConstraint(
                condition=Q(weight_ppm__lte=PPM) & (Q(share_ppm=None) | Q(share_ppm__lte=PPM)),
                name="generation_source_has_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.key}"

    @property
    def key(self) -> str:
        """Return the key under which bars and layers name it: the ISRC, or ``base``."""
        return self.isrc or "base"


class VersionBar(models.Model):
    """One bar: when it sounds, its section, its shares by ISRC or ``base``, and what each layer took.

    ``why`` is as ``engines.derivation`` writes it; empty for versions from before it was kept.
    """

    version = models.ForeignKey("generation.Version", on_delete=models.PROTECT, related_name="bars")
    number = models.PositiveSmallIntegerField(_("number"))
    start_ms = models.PositiveIntegerField(_("begins, ms"))
    end_ms = models.PositiveIntegerField(_("ends, ms"))
    section = models.CharField(_("section"), max_length=20)
    shares = models.JSONField(_("shares, ppm"))
    why = models.JSONField(_("what was taken"), default=list, blank=True)

    class Meta:
        verbose_name = _("bar")
        verbose_name_plural = _("bars")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"], name="generation_bar_number_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, end_ms__gt=F("start_ms")),
                name="generation_bar_has_a_length",
            ),
            models.CheckConstraint(condition=_adds_up("shares"), name="generation_bar_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} bar {self.number}"


class VersionLayer(models.Model):
    """The shares of one layer over the whole song, by ISRC or ``base``."""

    version = models.ForeignKey(
        "generation.Version", on_delete=models.PROTECT, related_name="layers"
    )
    layer = models.CharField(_("layer"), max_length=20)
    shares = models.JSONField(_("shares, ppm"))

    class Meta:
        verbose_name = _("layer")
        verbose_name_plural = _("layers")
        ordering = ["version", "layer"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "layer"], name="generation_layer_is_in_once"
            ),
            models.CheckConstraint(condition=_adds_up("shares"), name="generation_layer_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.layer}"
