"""Uploads, songs, what was measured of them, and their files."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_leaving"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
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
                        on_delete=django.db.models.deletion.CASCADE, to="accounts.organisation"
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("filename", models.CharField(max_length=255, verbose_name="file name")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "offset_bytes",
                    models.PositiveBigIntegerField(default=0, verbose_name="bytes received"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "Receiving"),
                            ("received", "Received"),
                            ("ended", "Ended"),
                        ],
                        default="receiving",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "receiving")),
                        fields=["expires_at"],
                        name="library_upload_expiry",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("offset_bytes__lte", models.F("size_bytes"))),
                        name="library_upload_offset_is_within_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["receiving", "received", "ended"])),
                        name="library_upload_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "received"), _negated=True),
                            ("offset_bytes", models.F("size_bytes")),
                            _connector="OR",
                        ),
                        name="library_upload_received_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackAnalysis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audio_sha256", models.CharField(max_length=64)),
                ("revision", models.CharField(max_length=40, verbose_name="revision")),
                ("data", models.JSONField(verbose_name="measured")),
                (
                    "fingerprint_key",
                    models.CharField(blank=True, max_length=120, verbose_name="fingerprint"),
                ),
                ("overall", pgvector.django.vector.VectorField(null=True)),
                ("rhythm", pgvector.django.vector.VectorField(null=True)),
                ("harmony", pgvector.django.vector.VectorField(null=True)),
                ("timbre", pgvector.django.vector.VectorField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "analysis",
                "verbose_name_plural": "analyses",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audio_sha256", "revision"), name="library_analysis_is_made_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Track",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracks",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="library.upload"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="jobs.job"
                    ),
                ),
                ("filename", models.CharField(max_length=255, verbose_name="file name")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("artist", models.CharField(blank=True, max_length=255, verbose_name="artist")),
                ("album", models.CharField(blank=True, max_length=255, verbose_name="album")),
                (
                    "tags",
                    models.JSONField(blank=True, default=dict, verbose_name="tags in the file"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("reading", "Reading"),
                            ("analysing", "Analysing"),
                            ("ready", "Ready"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("refusal_code", models.CharField(blank=True, max_length=40)),
                ("refusal", models.TextField(blank=True, verbose_name="why it was refused")),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="library.track",
                    ),
                ),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("audio_sha256", models.CharField(blank=True, max_length=64)),
                ("format", models.CharField(blank=True, max_length=20, verbose_name="format")),
                ("duration_ms", models.PositiveIntegerField(null=True, verbose_name="duration")),
                (
                    "sample_rate_hz",
                    models.PositiveIntegerField(null=True, verbose_name="sample rate"),
                ),
                ("channels", models.PositiveSmallIntegerField(null=True, verbose_name="channels")),
                (
                    "analysis",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="library.trackanalysis",
                    ),
                ),
                ("tempo_bpm", models.FloatField(null=True, verbose_name="tempo")),
                (
                    "key_pitch_class",
                    models.PositiveSmallIntegerField(null=True, verbose_name="tonic, 0 is C"),
                ),
                (
                    "key_mode",
                    models.CharField(
                        blank=True, choices=[("major", "major"), ("minor", "minor")], max_length=5
                    ),
                ),
                ("loudness_lufs", models.FloatField(null=True, verbose_name="loudness")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
            ],
            options={
                "verbose_name": "track",
                "verbose_name_plural": "tracks",
                "ordering": ["-created_at", "id"],
                "indexes": [
                    models.Index(
                        fields=["organisation", "-created_at"], name="library_track_by_date"
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="library_track_to_purge",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["queued", "reading", "analysing", "ready", "refused", "failed"],
                            )
                        ),
                        name="library_track_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "refused"), ("refusal_code", ""), _connector="XOR"
                        ),
                        name="library_track_refusal_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key_pitch_class__lte", 11)),
                        name="library_track_tonic_is_a_pitch_class",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("deleted_at", None),
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("file_sha256", ""), _negated=True),
                        ),
                        fields=("organisation", "file_sha256"),
                        name="library_track_file_is_stored_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("deleted_at", None),
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("audio_sha256", ""), _negated=True),
                        ),
                        fields=("organisation", "audio_sha256"),
                        name="library_track_audio_is_stored_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assets",
                        to="library.track",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("original", "Original"),
                            ("master", "FLAC master"),
                            ("playback", "Playback"),
                            ("peaks_overview", "Waveform, overview"),
                            ("peaks_zoom", "Waveform, zoomed"),
                            ("cover", "Cover"),
                            ("stem", "Stem"),
                            ("midi", "MIDI"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("content_type", models.CharField(max_length=80, verbose_name="content type")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "asset",
                "verbose_name_plural": "assets",
                "ordering": ["kind", "name"],
                "indexes": [models.Index(fields=["key"], name="library_asset_by_key")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("track", "kind", "name"),
                        name="library_asset_is_unique_in_its_track",
                    )
                ],
            },
        ),
    ]
