"""An audio file that a creator brought."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import Organisation


class TrackQuerySet(models.QuerySet["Track"]):
    """Filters of tracks."""

    def of(self, organisation: Organisation) -> TrackQuerySet:
        """Return what the organisation owns and has not deleted."""
        return self.filter(organisation=organisation, deleted_at=None)

    def in_work(self) -> TrackQuerySet:
        """Return what will still move by itself."""
        return self.filter(state__in=Track.IN_WORK).exclude(job__state__in=Track.GIVEN_UP)

    def shown_as(self, state: str) -> TrackQuerySet:
        """Return what people see in ``state``: work whose job gave up has failed."""
        if state == Track.State.FAILED:
            gave_up = Q(state__in=Track.IN_WORK, job__state__in=Track.GIVEN_UP)
            return self.filter(Q(state=state) | gave_up)
        if state in Track.IN_WORK:
            return self.in_work().filter(state=state)
        return self.filter(state=state)


class Track(models.Model):
    """An uploaded file, from the moment its last byte arrived.

    ``tempo_bpm``, ``key_*`` and ``loudness_lufs`` repeat the analysis, with what was corrected by
    hand, for sorting and filtering.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        READING = "reading", _("Reading")
        ANALYSING = "analysing", _("Analysing")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Refused")  # the file cannot be used; refusal_* say why
        FAILED = "failed", _("Failed")  # our fault; can be tried again

    IN_WORK = (State.QUEUED, State.READING, State.ANALYSING)
    GIVEN_UP = ("failed", "cancelled")  # states of the job

    class Mode(models.TextChoices):
        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="tracks"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    upload = models.OneToOneField("library.Upload", null=True, on_delete=models.SET_NULL)
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL)
    filename = models.CharField(_("file name"), max_length=255)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))

    title = models.CharField(_("title"), max_length=255)
    artist = models.CharField(_("artist"), max_length=255, blank=True)
    album = models.CharField(_("album"), max_length=255, blank=True)
    tags = models.JSONField(_("tags in the file"), default=dict, blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal = models.TextField(_("why it was refused"), blank=True)
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)

    file_sha256 = models.CharField(max_length=64, blank=True)
    audio_sha256 = models.CharField(max_length=64, blank=True)
    format = models.CharField(_("format"), max_length=20, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration"), null=True)
    sample_rate_hz = models.PositiveIntegerField(_("sample rate"), null=True)
    channels = models.PositiveSmallIntegerField(_("channels"), null=True)

    analysis = models.ForeignKey(
        "library.TrackAnalysis", null=True, blank=True, on_delete=models.SET_NULL
    )
    tempo_bpm = models.FloatField(_("tempo"), null=True)
    key_pitch_class = models.PositiveSmallIntegerField(_("tonic, 0 is C"), null=True)
    key_mode = models.CharField(max_length=5, choices=Mode.choices, blank=True)
    loudness_lufs = models.FloatField(_("loudness"), null=True)

    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["queued", "reading", "analysing", "ready", "refused", "failed"]
                ),
                name="library_track_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") ^ Q(refusal_code=""),
                name="library_track_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(key_pitch_class__lte=11), name="library_track_tonic_is_a_pitch_class"
            ),
            models.UniqueConstraint(
                fields=["organisation", "file_sha256"],
                condition=Q(deleted_at=None) & ~Q(state="refused") & ~Q(file_sha256=""),
                name="library_track_file_is_stored_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "audio_sha256"],
                condition=Q(deleted_at=None) & ~Q(state="refused") & ~Q(audio_sha256=""),
                name="library_track_audio_is_stored_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="library_track_by_date"),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="library_track_to_purge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artist}: {self.title}" if self.artist else self.title
