"""Which recording a song is: the match, its candidates, its evidence."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0001_parties_and_recordings"),
        ("jobs", "0001_initial"),
        ("library", "0002_corrections_and_quotas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Match",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "track",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match",
                        to="library.track",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        default="matching",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "problem_code",
                    models.CharField(blank=True, max_length=40, verbose_name="problem code"),
                ),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("several", "Several strong candidates"),
                            ("weak", "Weak"),
                            ("altered", "Altered audio"),
                            ("conflict", "Sources disagree"),
                        ],
                        max_length=20,
                        verbose_name="doubt",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "round",
                    models.PositiveIntegerField(default=1, verbose_name="round of identification"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "match",
                "verbose_name_plural": "matches",
                "ordering": ["-created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("doubt", ""), _negated=True),
                        fields=["doubt", "-updated_at"],
                        name="rights_match_in_doubt",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["matching", "matched", "choose", "none", "problem"])
                        ),
                        name="rights_match_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "problem"),
                            models.Q(("problem", ""), ("problem_code", "")),
                            _connector="XOR",
                        ),
                        name="rights_match_problem_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "matched"), _negated=True),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("recording__isnull", False),
                                models.Q(("method", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_match_confirmed_has_a_recording",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["matched", "problem"]),
                            models.Q(
                                ("confirmed_at", None), ("confirmed_by", None), ("recording", None)
                            ),
                            _connector="OR",
                        ),
                        name="rights_match_open_has_no_recording",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score_ppm__lte", 1000000)),
                        name="rights_match_score_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("doubt__in", ["", "several", "weak", "altered", "conflict"])
                        ),
                        name="rights_match_doubt_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchCandidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="rights.match",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(verbose_name="score, ppm")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("evidence", models.JSONField(blank=True, default=dict, verbose_name="evidence")),
            ],
            options={
                "verbose_name": "candidate",
                "verbose_name_plural": "candidates",
                "ordering": ["match", "rank"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("match", "recording"), name="rights_candidate_is_named_once"
                    ),
                    models.UniqueConstraint(
                        fields=("match", "rank"), name="rights_candidate_has_a_rank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank__gte", 1), ("score_ppm__lte", 1000000)),
                        name="rights_candidate_is_ranked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="rights.match",
                    ),
                ),
                ("round", models.PositiveIntegerField(verbose_name="round of identification")),
                ("recogniser", models.CharField(max_length=40, verbose_name="source")),
                ("revision", models.CharField(blank=True, max_length=80, verbose_name="revision")),
                (
                    "audio_sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="hash of the audio"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("hit", "Found"),
                            ("miss", "Not found"),
                            ("error", "No answer"),
                            ("skipped", "Not asked"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.JSONField(blank=True, default=dict, verbose_name="answer")),
                ("took_ms", models.PositiveIntegerField(default=0, verbose_name="took, ms")),
                (
                    "from_cache",
                    models.BooleanField(default=False, verbose_name="known from before"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["match", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["hit", "miss", "error", "skipped"])),
                        name="rights_evidence_outcome_is_known",
                    )
                ],
            },
        ),
    ]
