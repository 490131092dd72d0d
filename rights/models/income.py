"""Income: usage reports as they came, what they say, and which song each group of uses belongs to.

Uses themselves stay in the stored file; rows hold their exact sums by everything that money can
depend on, and every line that could not be read.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.micros import MicrosField
from rights.models.split_sheet import SHA256

PERIOD_FORM = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class IncomeFile(models.Model):
    """One report file. Its bytes are known by their hash: the same file twice is one row."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be read")
        READ = "read", _("Read")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(_("hash"), max_length=64, unique=True)
    key = models.CharField(_("storage key"), max_length=120)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.UPLOADED
    )
    refusal = models.TextField(_("why refused"), blank=True)
    # What the first line says. Sender and message together name a report for ever.
    profile = models.CharField(_("profile"), max_length=80, blank=True)
    sender_id = models.CharField(_("sender"), max_length=80, blank=True)
    sender = models.CharField(_("sender's name"), max_length=255, blank=True)
    message_id = models.CharField(_("message"), max_length=255, blank=True)
    file_number = models.PositiveIntegerField(_("file number"), default=1)
    files = models.PositiveIntegerField(_("files of the report"), default=1)
    usage_from = models.CharField(_("uses from"), max_length=10, blank=True)
    usage_to = models.CharField(_("uses until"), max_length=10, blank=True)
    service = models.CharField(_("service"), max_length=255, blank=True)
    lines = models.PositiveBigIntegerField(_("lines"), default=0)
    uses = models.PositiveBigIntegerField(_("lines with uses"), default=0)
    faults_left_out = models.PositiveBigIntegerField(_("faults not listed"), default=0)
    # The days on which its months were cut, because owners change; empty for none.
    cuts = models.JSONField(_("months cut on"), default=list)
    # How the columns of a table are read; reports of DDEX need none.
    mapping = models.ForeignKey(
        "rights.IncomeMapping",
        null=True,
        on_delete=models.PROTECT,
        related_name="files",
        verbose_name=_("column mapping"),
    )
    job = models.OneToOneField(
        "jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("job")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # In whose accounting period the money counts: the day it was posted, not the day of the use.
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    # In which one takes it back; a report that sums to nothing has no entry that would say so.
    reversed_at = models.DateTimeField(_("reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("usage report")
        verbose_name_plural = _("usage reports")
        ordering = ["-uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "read", "posted", "reversed", "refused"]),
                name="rights_incomefile_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=SHA256), name="rights_incomefile_has_a_hash"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["posted", "reversed"], posted_at__isnull=False)
                | (~Q(state__in=["posted", "reversed"]) & Q(posted_at__isnull=True)),
                name="rights_incomefile_posted_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="reversed", reversed_at__isnull=False)
                | (~Q(state="reversed") & Q(reversed_at__isnull=True)),
                name="rights_incomefile_reversed_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["sender_id", "message_id", "file_number"],
                condition=~Q(message_id="") & ~Q(state__in=["refused", "reversed"]),
                name="rights_incomefile_message_comes_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IncomeConcern(models.Model):
    """Something about a report as a whole. A blocking one is settled by a person, with a reason."""

    file = models.ForeignKey(IncomeFile, on_delete=models.CASCADE, related_name="concerns")
    code = models.CharField(_("code"), max_length=40)
    words = models.TextField(_("what"))
    is_blocking = models.BooleanField(_("must be settled"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_because = models.TextField(_("why it is settled"), blank=True)

    class Meta:
        verbose_name = _("concern about a report")
        verbose_name_plural = _("concerns about reports")
        ordering = ["file", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_because="")
                | (Q(settled_at__isnull=False) & ~Q(settled_because="")),
                name="rights_incomeconcern_is_settled_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.words[:80]


class IncomeFault(models.Model):
    """A line that could not be read, with its number and what is wrong with it."""

    file = models.ForeignKey(IncomeFile, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveBigIntegerField(_("line"))
    code = models.CharField(_("code"), max_length=40)
    words = models.TextField(_("what is wrong"))
    text = models.TextField(_("the line"), blank=True)

    class Meta:
        verbose_name = _("line that could not be read")
        verbose_name_plural = _("lines that could not be read")
        ordering = ["file", "line", "id"]

    def __str__(self) -> str:
        return f"{self.line}: {self.words}"[:80]


class IncomeGroup(models.Model):
    """Uses that are alike in everything that money depends on, and what they earned together.

    ``net`` is the exact decimal sum of the report, ``micros`` the same rounded once, half to even.
    """

    class Match(models.TextChoices):
        MATCHED = "matched", _("Matched")
        UNMATCHED = "unmatched", _("Not found")
        AMBIGUOUS = "ambiguous", _("More than one song")
        IGNORED = "ignored", _("Not ours")

    file = models.ForeignKey(IncomeFile, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveIntegerField(_("number"))
    summary = models.CharField(_("summary"), max_length=255)
    service = models.CharField(_("service"), max_length=255, blank=True)
    territory = models.CharField(_("territory"), max_length=40, blank=True)
    model = models.CharField(_("commercial model"), max_length=80, blank=True)
    use = models.CharField(_("kind of use"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    isrc = models.CharField("ISRC", max_length=40, blank=True)
    icpn = models.CharField("ICPN", max_length=40, blank=True)
    label_id = models.CharField(_("our number"), max_length=255, blank=True)
    dsp_id = models.CharField(_("the store's number"), max_length=255, blank=True)
    span = models.CharField(_("days"), max_length=10, blank=True)
    uses = models.PositiveBigIntegerField(_("lines"))
    usages = models.DecimalField(_("usages"), max_digits=38, decimal_places=10)
    returns = models.DecimalField(_("returns"), max_digits=38, decimal_places=10)
    net = models.DecimalField(_("net revenue"), max_digits=38, decimal_places=10)
    micros = MicrosField(_("micro-units"))
    match = models.CharField(_("song"), max_length=10, choices=Match.choices)
    matched_by = models.CharField(_("found by"), max_length=10, blank=True)
    matched_because = models.TextField(_("why this song"), blank=True)
    sheet = models.ForeignKey(
        "rights.SplitSheet", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ignored_because = models.TextField(_("why not ours"), blank=True)

    class Meta:
        verbose_name = _("group of uses")
        verbose_name_plural = _("groups of uses")
        ordering = ["file", "number"]
        indexes = [
            models.Index(
                fields=["isrc"], condition=~Q(match="matched"), name="rights_incomegroup_open"
            ),
            models.Index(fields=["sheet"], name="rights_incomegroup_by_sheet"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "number"], name="rights_incomegroup_is_numbered"
            ),
            models.CheckConstraint(
                condition=Q(match="matched", sheet__isnull=False)
                | (~Q(match="matched") & Q(sheet__isnull=True)),
                name="rights_incomegroup_matched_has_a_sheet",
            ),
            models.CheckConstraint(
                condition=~Q(match="ignored") | ~Q(ignored_because=""),
                name="rights_incomegroup_ignored_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(match__in=["matched", "unmatched", "ambiguous", "ignored"]),
                name="rights_incomegroup_match_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.isrc or self.dsp_id} {self.territory} {self.span}"
