"""One version of a song: what was asked, what came out, and the job that makes it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from generation.constants import SEED_MAX

if TYPE_CHECKING:
    from accounts.models import Organisation


class VersionQuerySet(models.QuerySet["Version"]):
    """Filters of versions."""

    def of(self, organisation: Organisation) -> VersionQuerySet:
        """Return the versions of songs that the organisation made and has not deleted."""
        return self.filter(song__organisation=organisation, song__deleted_at=None)

    def ready(self) -> VersionQuerySet:
        """Return what can be heard."""
        return self.filter(state=Version.State.READY)

    def in_work(self) -> VersionQuerySet:
        """Return what will still move by itself."""
        return self.filter(state=Version.State.PENDING).exclude(job__state__in=Version.GIVEN_UP)


class Version(models.Model):
    """Asked for once, made once. When it is ready nothing of it changes but the rating.

    ``seed`` is the one that was asked for, ``used_seed`` the one that passed the quality gate. A
    version without a parent was composed; one with a parent was made from it by ``edit``.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("In the making")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")  # refused with a sentence, kept in ``refusal``
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    GIVEN_UP = ("failed", "cancelled")  # states of the job

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    song = models.ForeignKey("generation.Song", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    edit = models.JSONField(_("edit"), default=dict, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    seed = models.PositiveBigIntegerField(_("seed asked for"))
    used_seed = models.PositiveBigIntegerField(_("seed used"), null=True, blank=True)
    engine = models.CharField(_("engine"), max_length=40)
    engine_revision = models.CharField(_("revision of the engine"), max_length=40)
    base_model = models.ForeignKey(
        "generation.BaseModel",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="versions",
        verbose_name=_("base model"),
    )
    policy = models.CharField(_("policy of attribution"), max_length=20)
    idem = models.CharField(_("idempotency key"), max_length=80)
    job = models.OneToOneField(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="song_version"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    refusal_code = models.CharField(max_length=80, blank=True)
    refusal = models.TextField(_("why it failed"), blank=True)

    tempo_bpm = models.FloatField(_("tempo"), null=True, blank=True)
    key_pitch_class = models.PositiveSmallIntegerField(_("tonic, 0 is C"), null=True, blank=True)
    key_mode = models.CharField(max_length=5, choices=Mode.choices, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    audio_sha256 = models.CharField(_("hash of the master"), max_length=64, blank=True)
    # Sections, chords and loudness, as the song page shows them; the report asset holds all.
    figures = models.JSONField(_("figures"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    quality = models.JSONField(_("quality report"), default=dict, blank=True)
    passed = models.BooleanField(_("passed the quality gate"), null=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"), db_default=Now())
    ready_at = models.DateTimeField(_("ready since"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["song", "number"]
        indexes = [models.Index(fields=["-created_at"], name="generation_version_by_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["song", "number"], name="generation_version_number_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["song", "idem"], name="generation_version_is_asked_for_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="generation_version_numbers_begin_at_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "ready", "failed", "cancelled"]),
                name="generation_version_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, edit={}) | (Q(parent__isnull=False) & ~Q(edit={})),
                name="generation_version_with_a_parent_is_an_edit",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="generation_version_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(state="failed") ^ Q(refusal_code=""),
                name="generation_version_failure_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(
                    used_seed__isnull=False,
                    base_model__isnull=False,
                    tempo_bpm__isnull=False,
                    tempo_bpm__gt=0,
                    key_pitch_class__isnull=False,
                    key_pitch_class__lte=11,
                    key_mode__in=["major", "minor"],
                    duration_ms__isnull=False,
                    duration_ms__gt=0,
                    audio_sha256__regex=r"^[0-9a-f]{64}$",
                    passed__isnull=False,
                    ready_at__isnull=False,
                ),
                name="generation_version_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5, state="ready"),
                name="generation_version_rating_is_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(seed__lte=SEED_MAX) & (Q(used_seed=None) | Q(used_seed__lte=SEED_MAX)),
                name="generation_version_seed_is_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(engine="") & ~Q(engine_revision="") & ~Q(policy="") & ~Q(idem=""),
                name="generation_version_says_how_it_is_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.song_id} v{self.number}"

    @property
    def shown_state(self) -> str:
        """Return the state that people see: what waits for a job that gave up, gave up as well."""
        if self.state == self.State.PENDING and self.job and self.job.state in self.GIVEN_UP:
            return str(self.job.state)
        return self.state
