"""Recordings: what an ISRC names, where it is sold, and where each fact about it comes from."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PPM = 1_000_000
ISRC_FORM = r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$"


class Recording(models.Model):
    """One fixed performance. The ISRC is its identity; catalogue ids are only addresses of it.

    The columns hold the value that is believed at present; ``RecordingFact`` holds every value
    that any source ever gave.
    """

    class Origin(models.TextChoices):
        APPLE_MUSIC = "apple_music", _("Apple Music")
        LABEL = "label", _("Label delivery")
        BASE = "base", _("Base catalogue")
        MANUAL = "manual", _("Entered by staff")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    isrc = models.CharField("ISRC", max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=255)
    version = models.CharField(_("version"), max_length=255, blank=True)
    artist = models.CharField(_("artist"), max_length=500)
    artists = models.JSONField(_("artists"), default=list, blank=True)
    album = models.CharField(_("album"), max_length=255, blank=True)
    upc = models.CharField("UPC", max_length=14, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    release_date = models.DateField(_("released"), null=True, blank=True)
    label_name = models.CharField(_("label as printed"), max_length=255, blank=True)
    label = models.ForeignKey(
        "rights.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recordings",
        verbose_name=_("label"),
    )
    p_line = models.CharField(_("℗ line"), max_length=500, blank=True)
    c_line = models.CharField(_("© line"), max_length=500, blank=True)
    explicit = models.BooleanField(_("explicit"), default=False)
    artwork_url = models.CharField(_("artwork"), max_length=1000, blank=True)  # with {w}x{h}
    artwork_colour = models.CharField(_("artwork colour"), max_length=6, blank=True)
    preview_url = models.CharField(_("preview"), max_length=1000, blank=True)
    origin = models.CharField(_("first known from"), max_length=20, choices=Origin.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["artist", "title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(isrc__regex=ISRC_FORM), name="rights_recording_isrc_is_well_formed"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="rights_recording_has_a_title"),
            models.CheckConstraint(
                condition=Q(upc="") | Q(upc__regex=r"^[0-9]{12,14}$"),
                name="rights_recording_upc_is_digits",
            ),
            models.CheckConstraint(
                condition=Q(artwork_colour="") | Q(artwork_colour__regex=r"^[0-9a-f]{6}$"),
                name="rights_recording_colour_is_hex",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["apple_music", "label", "base", "manual"]),
                name="rights_recording_origin_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artist}: {self.title} ({self.isrc})"


class CatalogueListing(models.Model):
    """Under which id a storefront sells a recording. One ISRC has several ids."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="listings")
    storefront = models.CharField(_("storefront"), max_length=2)
    apple_music_id = models.CharField(_("Apple Music id"), max_length=20)
    url = models.CharField(_("address"), max_length=1000, blank=True)
    playable = models.BooleanField(_("playable"), default=True)
    preferred = models.BooleanField(_("preferred"), default=False)
    fetched_at = models.DateTimeField(_("fetched"), db_default=Now())

    class Meta:
        verbose_name = _("catalogue listing")
        verbose_name_plural = _("catalogue listings")
        ordering = ["storefront", "-preferred", "apple_music_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["storefront", "apple_music_id"], name="rights_listing_names_one_recording"
            ),
            models.UniqueConstraint(
                fields=["recording", "storefront"],
                condition=Q(preferred=True),
                name="rights_listing_one_is_preferred",
            ),
            models.CheckConstraint(
                condition=Q(storefront__regex=r"^[a-z]{2}$"),
                name="rights_listing_storefront_is_two_letters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.storefront} {self.apple_music_id}"


class RecordingFact(models.Model):
    """One value that one source gave for one field. Append-only: what was said stays said."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="facts")
    field = models.CharField(_("field"), max_length=40)
    value = models.JSONField(_("value"))
    source = models.CharField(_("source"), max_length=40)
    confidence_ppm = models.PositiveIntegerField(_("confidence, ppm"))
    fetched_at = models.DateTimeField(_("fetched"), db_default=Now())
    raw_ref = models.CharField(_("where it stands"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["field", "-id"]
        indexes = [models.Index(fields=["recording", "field", "-id"], name="rights_fact_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence_ppm__lte=PPM), name="rights_fact_confidence_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value} ({self.source})"


class OwnerHint(models.Model):
    """A name that a source hints at as owner, licensee or imprint. Append-only evidence."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        LICENSEE = "licensee", _("Licensee")
        IMPRINT = "imprint", _("Imprint")

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="owner_hints")
    source = models.CharField(_("source"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = models.CharField(_("name"), max_length=255)
    normalised = models.CharField(_("normalised name"), max_length=255)
    confidence_ppm = models.PositiveIntegerField(_("confidence, ppm"))
    fetched_at = models.DateTimeField(_("fetched"), db_default=Now())
    raw_ref = models.CharField(_("where it stands"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("hint of ownership")
        verbose_name_plural = _("hints of ownership")
        ordering = ["-confidence_ppm", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["owner", "licensee", "imprint"]),
                name="rights_hint_role_is_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence_ppm__lte=PPM), name="rights_hint_confidence_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role}, {self.source})"
