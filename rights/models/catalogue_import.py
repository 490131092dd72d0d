"""A label's delivery on its way into the catalogue: uploaded, mapped, previewed, applied."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rights.models.consent import Consent


class ImportRun(models.Model):
    """One delivery: a table, audio files, or both, with what the label says about their use.

    Nothing of it touches the catalogue before it is applied, and it is applied once. ``reading``
    reads its audio files before anything else; while ``job`` applies it, it stays previewed; a row
    that is written names its recording.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        MAPPED = "mapped", _("Columns named")
        PREVIEWED = "previewed", _("Previewed")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="catalogue_imports",
        verbose_name=_("brought by"),
    )
    label = models.ForeignKey(
        "rights.Party", on_delete=models.PROTECT, related_name="imports", verbose_name=_("label")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.UPLOADED
    )
    filename = models.CharField(_("file name"), max_length=255, blank=True)
    source_key = models.CharField(_("storage key"), max_length=120, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    columns = models.JSONField(_("columns of the file"), default=list, blank=True)
    mapping = models.JSONField(_("which column is what"), default=dict, blank=True)
    consent_state = models.CharField(
        _("consent"), max_length=20, choices=Consent.State.choices, blank=True
    )
    consent_terms = models.TextField(_("terms"), blank=True)
    consent_from = models.DateField(_("valid from"), null=True, blank=True)
    consent_to = models.DateField(_("valid until"), null=True, blank=True)
    said_by = models.CharField(_("who said so"), max_length=255, blank=True)
    job = models.OneToOneField(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reading = models.OneToOneField(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("catalogue import")
        verbose_name_plural = _("catalogue imports")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "mapped", "previewed", "applied", "discarded"]),
                name="rights_import_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="applied") ^ Q(applied_at=None),
                name="rights_import_applied_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(consent_state__in=["", "allowed", "allowed_with_terms", "blocked"]),
                name="rights_import_consent_is_known",
            ),
            models.CheckConstraint(
                condition=Q(consent_state="allowed_with_terms") ^ Q(consent_terms=""),
                name="rights_import_terms_are_written_down",
            ),
            models.CheckConstraint(
                condition=Q(consent_state="") | (Q(consent_from__isnull=False) & ~Q(said_by="")),
                name="rights_import_consent_is_dated_and_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.filename}"

    @property
    def is_applying(self) -> bool:
        """Whether a job that applies it waits or works."""
        return self.job is not None and not self.job.is_terminal

    @property
    def is_reading(self) -> bool:
        """Whether a job that reads its audio files waits or works."""
        return self.reading is not None and not self.reading.is_terminal


class ImportRow(models.Model):
    """One row of the table, or one audio file, and what applying it would do."""

    class Action(models.TextChoices):
        CREATE = "create", _("New recording")
        UPDATE = "update", _("Changes a recording")
        SAME = "same", _("Known already")
        REFUSE = "refuse", _("Cannot be used")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    raw = models.JSONField(_("as it stands"), default=dict, blank=True)
    values = models.JSONField(_("as it was read"), default=dict, blank=True)
    errors = models.JSONField(_("errors"), default=list, blank=True)  # [{column, message}]
    action = models.CharField(_("effect"), max_length=20, choices=Action.choices)
    changes = models.JSONField(_("changes"), default=list, blank=True)  # [{field, old, new}]
    audio_name = models.CharField(_("audio file"), max_length=255, blank=True)
    audio_key = models.CharField(_("storage key"), max_length=120, blank=True)
    fingerprint_key = models.CharField(_("fingerprint"), max_length=120, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    recording = models.ForeignKey(
        "rights.Recording", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["run", "line"]
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="rights_import_row_has_a_line"),
            models.CheckConstraint(
                condition=Q(action__in=["create", "update", "same", "refuse"]),
                name="rights_import_row_effect_is_known",
            ),
            models.CheckConstraint(
                condition=Q(action="refuse") ^ Q(errors=[]),
                name="rights_import_row_refusal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"
