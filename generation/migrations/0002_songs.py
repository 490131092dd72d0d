"""Songs and their versions."""

from __future__ import annotations

import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0001_base_models"),
        ("accounts", "0005_leaving"),
        ("jobs", "0001_initial"),
        ("rights", "0020_statement_papers_and_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Song",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="songs",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "song_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="songs",
                        to="rights.songset",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("idem", models.CharField(max_length=80, verbose_name="idempotency key")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
            ],
            options={
                "verbose_name": "song",
                "verbose_name_plural": "songs",
                "ordering": ["-created_at", "id"],
                "indexes": [
                    models.Index(
                        fields=["organisation", "-created_at"], name="generation_song_by_date"
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="generation_song_to_purge",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="generation_song_has_a_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("idem", ""), _negated=True),
                        name="generation_song_has_a_key",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "idem"), name="generation_song_is_asked_for_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "song",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="generation.song",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="generation.version",
                    ),
                ),
                ("edit", models.JSONField(blank=True, default=dict, verbose_name="edit")),
                ("options", models.JSONField(blank=True, default=dict, verbose_name="options")),
                ("seed", models.PositiveBigIntegerField(verbose_name="seed asked for")),
                (
                    "used_seed",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="seed used"),
                ),
                ("engine", models.CharField(max_length=40, verbose_name="engine")),
                (
                    "engine_revision",
                    models.CharField(max_length=40, verbose_name="revision of the engine"),
                ),
                (
                    "base_model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="generation.basemodel",
                        verbose_name="base model",
                    ),
                ),
                ("policy", models.CharField(max_length=20, verbose_name="policy of attribution")),
                ("idem", models.CharField(max_length=80, verbose_name="idempotency key")),
                (
                    "job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="song_version",
                        to="jobs.job",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "In the making"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("refusal_code", models.CharField(blank=True, max_length=80)),
                ("refusal", models.TextField(blank=True, verbose_name="why it failed")),
                ("tempo_bpm", models.FloatField(blank=True, null=True, verbose_name="tempo")),
                (
                    "key_pitch_class",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="tonic, 0 is C"
                    ),
                ),
                (
                    "key_mode",
                    models.CharField(
                        blank=True, choices=[("major", "major"), ("minor", "minor")], max_length=5
                    ),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                (
                    "audio_sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="hash of the master"),
                ),
                (
                    "figures",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="figures",
                    ),
                ),
                (
                    "quality",
                    models.JSONField(blank=True, default=dict, verbose_name="quality report"),
                ),
                ("passed", models.BooleanField(null=True, verbose_name="passed the quality gate")),
                (
                    "rating",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rating"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="asked for",
                    ),
                ),
                (
                    "ready_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ready since"),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["song", "number"],
                "indexes": [
                    models.Index(fields=["-created_at"], name="generation_version_by_date")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("song", "number"), name="generation_version_number_is_taken_once"
                    ),
                    models.UniqueConstraint(
                        fields=("song", "idem"), name="generation_version_is_asked_for_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="generation_version_numbers_begin_at_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "ready", "failed", "cancelled"])
                        ),
                        name="generation_version_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("edit", {}), ("parent__isnull", True)),
                            models.Q(
                                ("parent__isnull", False), models.Q(("edit", {}), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="generation_version_with_a_parent_is_an_edit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="generation_version_is_not_its_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "failed"), ("refusal_code", ""), _connector="XOR"
                        ),
                        name="generation_version_failure_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                ("audio_sha256__regex", "^[0-9a-f]{64}$"),
                                ("base_model__isnull", False),
                                ("duration_ms__gt", 0),
                                ("duration_ms__isnull", False),
                                ("key_mode__in", ["major", "minor"]),
                                ("key_pitch_class__isnull", False),
                                ("key_pitch_class__lte", 11),
                                ("passed__isnull", False),
                                ("ready_at__isnull", False),
                                ("tempo_bpm__gt", 0),
                                ("tempo_bpm__isnull", False),
                                ("used_seed__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="generation_version_ready_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating", None),
                            models.Q(("rating__gte", 1), ("rating__lte", 5), ("state", "ready")),
                            _connector="OR",
                        ),
                        name="generation_version_rating_is_one_to_five",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seed__lte", 2147483647),
                            models.Q(
                                ("used_seed", None), ("used_seed__lte", 2147483647), _connector="OR"
                            ),
                        ),
                        name="generation_version_seed_is_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("engine", ""), _negated=True),
                            models.Q(("engine_revision", ""), _negated=True),
                            models.Q(("policy", ""), _negated=True),
                            models.Q(("idem", ""), _negated=True),
                        ),
                        name="generation_version_says_how_it_is_made",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="song",
            name="current",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="generation.version",
                verbose_name="present version",
            ),
        ),
    ]
