"""How the tables of a source are read: saved once, never changed, made anew by a new revision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.domain.csv_mapping import ColumnMapping
from rights.models.split_sheet import SHA256


class IncomeMapping(models.Model):
    """Revision ``revision`` of how the reports of ``source`` are read.

    Reports name the revision that they were read by, so a row is only ever added.
    """

    source = models.CharField(_("source"), max_length=60)
    revision = models.PositiveIntegerField(_("revision"))
    body = models.JSONField(_("columns"))
    # Of the names of the columns: what a new file is recognised by.
    header_sha256 = models.CharField(_("hash of the column names"), max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ["source", "-revision"]
        indexes = [models.Index(fields=["header_sha256"], name="rights_incomemapping_header")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "revision"], name="rights_incomemapping_is_revised"
            ),
            models.CheckConstraint(
                # It becomes the subject of the account of what the source owes us.
                condition=Q(source__regex=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"),
                name="rights_incomemapping_source_is_a_name",
            ),
            models.CheckConstraint(
                condition=Q(header_sha256__regex=SHA256), name="rights_incomemapping_has_a_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.revision}"

    @property
    def mapping(self) -> ColumnMapping:
        """Return what the revision says."""
        return ColumnMapping.of_json(self.body)
