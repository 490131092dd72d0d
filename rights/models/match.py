"""Matches: which recording a track is, how that was found, who said so."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PPM = 1_000_000


class Match(models.Model):
    """The statement that a track is a certain recording; one for each track.

    ``confirmed_by`` is empty when a single strong match ticked itself. Rows change only through
    ``rights.services``; every change is in ``MatchChange`` with its reason.
    """

    class State(models.TextChoices):
        MATCHING = "matching", _("Matching")
        MATCHED = "matched", _("Matched")
        CHOOSE = "choose", _("Choose")
        NONE = "none", _("Not found")
        PROBLEM = "problem", _("Problem")

    class Method(models.TextChoices):
        ISRC = "isrc", _("ISRC in the file")
        FINGERPRINT = "fingerprint", _("Own fingerprint index")
        SHAZAM = "shazam", _("Shazam")
        ACOUSTID = "acoustid", _("AcoustID")
        SEARCH = "search", _("Search of Apple Music")
        LINK = "link", _("Pasted link")
        OVERRIDE = "override", _("Staff")

    class Doubt(models.TextChoices):
        NONE = "", _("None")
        SEVERAL = "several", _("Several strong candidates")
        WEAK = "weak", _("Weak")
        ALTERED = "altered", _("Altered audio")
        CONFLICT = "conflict", _("Sources disagree")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.OneToOneField("library.Track", on_delete=models.PROTECT, related_name="match")
    recording = models.ForeignKey(
        "rights.Recording",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="matches",
        verbose_name=_("recording"),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.MATCHING
    )
    problem_code = models.CharField(_("problem code"), max_length=40, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    doubt = models.CharField(_("doubt"), max_length=20, choices=Doubt.choices, blank=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)  # sentences for people
    method = models.CharField(_("method"), max_length=20, choices=Method.choices, blank=True)
    score_ppm = models.PositiveIntegerField(_("score, ppm"), default=0)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    job = models.OneToOneField(
        "jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    round = models.PositiveIntegerField(_("round of identification"), default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(
                fields=["doubt", "-updated_at"],
                condition=~Q(doubt=""),
                name="rights_match_in_doubt",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["matching", "matched", "choose", "none", "problem"]),
                name="rights_match_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="problem") ^ Q(problem_code="", problem=""),
                name="rights_match_problem_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="matched")
                | (Q(recording__isnull=False, confirmed_at__isnull=False) & ~Q(method="")),
                name="rights_match_confirmed_has_a_recording",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["matched", "problem"])
                | Q(recording=None, confirmed_at=None, confirmed_by=None),
                name="rights_match_open_has_no_recording",
            ),
            models.CheckConstraint(
                condition=Q(score_ppm__lte=PPM), name="rights_match_score_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(doubt__in=["", "several", "weak", "altered", "conflict"]),
                name="rights_match_doubt_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} {self.state}"


class MatchCandidate(models.Model):
    """A recording that the track may be, as the last round of identification ranked them."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="candidates")
    recording = models.ForeignKey("rights.Recording", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(_("method"), max_length=20, choices=Match.Method.choices)
    score_ppm = models.PositiveIntegerField(_("score, ppm"))
    rank = models.PositiveSmallIntegerField(_("rank"))
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["match", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "recording"], name="rights_candidate_is_named_once"
            ),
            models.UniqueConstraint(fields=["match", "rank"], name="rights_candidate_has_a_rank"),
            models.CheckConstraint(
                condition=Q(rank__gte=1, score_ppm__lte=PPM), name="rights_candidate_is_ranked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.recording_id}"


class MatchEvidence(models.Model):
    """What one source answered in one round. Append-only: a lawyer may ask for it years later."""

    class Outcome(models.TextChoices):
        HIT = "hit", _("Found")
        MISS = "miss", _("Not found")
        ERROR = "error", _("No answer")
        SKIPPED = "skipped", _("Not asked")

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="evidence")
    round = models.PositiveIntegerField(_("round of identification"))
    recogniser = models.CharField(_("source"), max_length=40)
    revision = models.CharField(_("revision"), max_length=80, blank=True)
    audio_sha256 = models.CharField(_("hash of the audio"), max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    answer = models.JSONField(_("answer"), default=dict, blank=True)
    took_ms = models.PositiveIntegerField(_("took, ms"), default=0)
    from_cache = models.BooleanField(_("known from before"), default=False)
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["match", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["hit", "miss", "error", "skipped"]),
                name="rights_evidence_outcome_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recogniser} {self.outcome}"


class MatchChange(models.Model):
    """From what to what, by whom and why. Append-only; the actor is None for the system itself."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="changes")
    from_state = models.CharField(_("from"), max_length=20, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=Match.State.choices)
    from_recording = models.ForeignKey(
        "rights.Recording", null=True, on_delete=models.PROTECT, related_name="+"
    )
    to_recording = models.ForeignKey(
        "rights.Recording", null=True, on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(_("method"), max_length=20, blank=True)
    score_ppm = models.PositiveIntegerField(_("score, ppm"), default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("change of a match")
        verbose_name_plural = _("changes of matches")
        ordering = ["match", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="rights_change_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class RecognitionAnswer(models.Model):
    """What a source said of certain audio, so that nobody is asked twice about the same audio."""

    audio_sha256 = models.CharField(_("hash of the audio"), max_length=64)
    recogniser = models.CharField(_("source"), max_length=40)
    revision = models.CharField(_("revision"), max_length=80)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=MatchEvidence.Outcome.choices[:2]
    )
    answer = models.JSONField(_("answer"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(
                fields=["audio_sha256", "recogniser", "revision"],
                name="rights_answer_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["hit", "miss"]), name="rights_answer_is_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recogniser} {self.audio_sha256[:12]}"
