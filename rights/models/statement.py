"""Statements: what a payee earned in a period, what was taken off and why, and what is paid.

A statement, its lines and the ledger entries of its steps are written in one transaction and never
changed (``migrations/sql/0020_statements.sql``). What the pages show comes from these rows and from
``body``, the canonical JSON that ``sha256`` is the hash of; PDF, CSV and JSON are drawings of it.
"""

from __future__ import annotations

import uuid
from functools import reduce
from operator import add

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.income import PERIOD_FORM
from rights.models.micros import MicrosField
from rights.models.split_sheet import SHA256

STEPS = (
    "opening", "paid", "earned", "over_cap", "fee", "reserve_taken", "reserve_released", "recouped",
    "withheld", "adjusted",
)  # fmt: skip
"""The columns that sum to the closing balance, in the order of the waterfall."""


class StatementBatch(models.Model):
    """The statements of one run: being issued, issued, published. ``missed`` says whose are not, and why."""

    run = models.OneToOneField(
        "rights.RoyaltyRun", on_delete=models.PROTECT, related_name="statement_batch"
    )
    job = models.OneToOneField(
        "jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("job")
    )
    missed = models.JSONField(_("not issued"), default=list)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("begun by"),
    )  # fmt: skip
    begun_at = models.DateTimeField(_("begun"), db_default=Now())
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of statements")
        verbose_name_plural = _("batches of statements")
        ordering = ["-run__period"]

    def __str__(self) -> str:
        return str(self.run)


class Statement(models.Model):
    """One period of one payee in one currency. Amounts are micro-units, signed as the payee sees them.

    ``sequence`` counts a payee's periods in a currency without gaps; a correction has the number and
    sequence of what it replaces, and the next ``revision``. ``starts_at`` is missing on the first:
    it takes everything from the beginning. ``paid`` is what was paid out since the statement before
    (negative), ``payable`` what is to be paid now, ``carried`` the rest of the closing balance.
    """

    class State(models.TextChoices):
        FINAL = "final", _("Final")
        PUBLISHED = "published", _("Published")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=20)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by",
        verbose_name=_("replaces"),
    )  # fmt: skip
    party = models.ForeignKey(
        "rights.Party", on_delete=models.PROTECT, related_name="statements", verbose_name=_("payee")
    )
    contract = models.ForeignKey(
        "rights.Contract", null=True, on_delete=models.PROTECT, related_name="statements",
        verbose_name=_("contract"),
    )  # fmt: skip
    run = models.ForeignKey(
        "rights.RoyaltyRun", on_delete=models.PROTECT, related_name="statements"
    )
    period = models.CharField(_("period"), max_length=7)
    sequence = models.PositiveIntegerField(_("period of the payee"))
    starts_at = models.DateTimeField(_("from"), null=True)
    ends_at = models.DateTimeField(_("until"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.FINAL)
    issued_at = models.DateTimeField(_("issued"), db_default=Now())
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("published by"),
    )  # fmt: skip
    first_viewed_at = models.DateTimeField(_("first viewed"), null=True)
    opening = MicrosField(_("opening balance"))
    paid = MicrosField(_("paid out"))
    earned = MicrosField(_("earned"))
    over_cap = MicrosField(_("above the cap"))
    fee = MicrosField(_("fee"))
    reserve_taken = MicrosField(_("reserve taken"))
    reserve_released = MicrosField(_("reserve released"))
    recouped = MicrosField(_("recouped"))
    withheld = MicrosField(_("tax withheld"))
    adjusted = MicrosField(_("adjustments"))
    closing = MicrosField(_("closing balance"))
    payable = MicrosField(_("to be paid"))
    carried = MicrosField(_("carried forward"))
    carried_because = models.CharField(_("why carried forward"), max_length=40, blank=True)
    n_lines = models.PositiveIntegerField(_("lines"))
    lines_sha256 = models.CharField(_("hash of the lines"), max_length=64)
    body = models.TextField(_("body"))
    sha256 = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-ends_at", "number", "-revision"]
        indexes = [
            models.Index(fields=["run", "state"], name="rights_statement_of_run"),
            models.Index(fields=["party", "-ends_at"], name="rights_statement_of_party"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "revision"], name="rights_statement_numbers_are_unique"
            ),
            models.UniqueConstraint(
                fields=["party", "currency", "sequence", "revision"],
                name="rights_statement_sequence_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(
                    number__regex=r"^TF-[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{5,7}$",
                    period__regex=PERIOD_FORM,
                    currency__regex="^[A-Z]{3}$",
                    sha256__regex=SHA256,
                    lines_sha256__regex=SHA256,
                ),
                name="rights_statement_is_well_formed",
            ),
            models.CheckConstraint(
                condition=Q(revision=1, replaces__isnull=True)
                | Q(revision__gte=2, replaces__isnull=False),
                name="rights_statement_revision_replaces",
            ),
            models.CheckConstraint(
                condition=Q(closing=reduce(add, (F(name) for name in STEPS))),
                name="rights_statement_closes",
            ),
            models.CheckConstraint(
                condition=Q(closing=F("payable") + F("carried"), payable__gte=0),
                name="rights_statement_is_paid_or_carried",
            ),
            models.CheckConstraint(
                condition=Q(state="final", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="rights_statement_published_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        if self.revision == 1:
            return self.number
        return f"{self.number} R{self.revision}"

    @property
    def is_current(self) -> bool:
        """Say whether no later revision stands in its place."""
        return not hasattr(self, "replaced_by")


class StatementLine(models.Model):
    """One share of one run, or one release of held money, as the statement shows it; only added.

    ``amount`` is in the currency of the transaction, ``paid`` the same in the statement's: the lines'
    ``paid`` sum exactly to what was earned. Names are kept as they were. ``weight`` is in ppm in the
    pool of the ten songs; the uses are those of the song, in every line that comes from them.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    share = models.ForeignKey("rights.RunShare", on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(
        "rights.ClaimRelease", null=True, on_delete=models.PROTECT, related_name="+"
    )
    pool = models.CharField(_("pool"), max_length=6)
    song_isrc = models.CharField(_("ISRC of the song"), max_length=12, blank=True)
    song_title = models.CharField(_("song"), max_length=255, blank=True)
    project = models.CharField(_("project"), max_length=500, blank=True)
    recording = models.ForeignKey(
        "rights.Recording", null=True, on_delete=models.PROTECT, related_name="+"
    )
    isrc = models.CharField("ISRC", max_length=12, blank=True)
    title = models.CharField(_("recording"), max_length=500, blank=True)
    service = models.CharField(_("service"), max_length=255, blank=True)
    territory = models.CharField(_("territory"), max_length=40, blank=True)
    month = models.CharField(_("month of the use"), max_length=7, blank=True)
    use = models.CharField(_("kind of use"), max_length=80, blank=True)
    model = models.CharField(_("commercial model"), max_length=80, blank=True)
    uses = models.DecimalField(_("uses"), max_digits=38, decimal_places=10)
    weight = models.BigIntegerField(_("weight of the recording"))
    share_ppm = models.PositiveIntegerField(_("share in ppm"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = MicrosField(_("amount"))
    paid = MicrosField(_("in the statement's currency"))

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        ordering = ["statement", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "number"], name="rights_statementline_is_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.number}"


class StatementEntry(models.Model):
    """A ledger entry that a statement posted, and which of its steps it is; only added."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="entries")
    entry = models.OneToOneField(
        "rights.Entry", on_delete=models.PROTECT, related_name="statement_entry"
    )
    step = models.CharField(_("step"), max_length=40)

    class Meta:
        verbose_name = _("entry of a statement")
        verbose_name_plural = _("entries of statements")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.step}"


class StatementDocument(models.Model):
    """The PDF of a statement, drawn once for each layout. ``key`` is the hash of its bytes."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="documents")
    layout = models.CharField(_("layout"), max_length=40)
    key = models.CharField(_("storage key"), max_length=120)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    made_at = models.DateTimeField(_("drawn"), db_default=Now())

    class Meta:
        verbose_name = _("PDF of a statement")
        verbose_name_plural = _("PDFs of statements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "layout"], name="rights_statementdocument_is_drawn_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
