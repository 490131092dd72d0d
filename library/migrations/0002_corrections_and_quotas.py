"""What somebody corrected by hand, and how much an organisation may store."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0001_tracks"),
        ("accounts", "0005_leaving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackCorrection",
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
                        related_name="corrections",
                        to="library.track",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("tempo", "Tempo"), ("key", "Key"), ("downbeat", "Bar lines")],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("tempo_bpm", models.FloatField(null=True, verbose_name="tempo")),
                (
                    "key_pitch_class",
                    models.PositiveSmallIntegerField(null=True, verbose_name="tonic, 0 is C"),
                ),
                ("key_mode", models.CharField(blank=True, max_length=5, verbose_name="mode")),
                (
                    "shift_beats",
                    models.PositiveSmallIntegerField(null=True, verbose_name="beats later"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("track", "what"), name="library_correction_is_one_for_each_thing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("key_pitch_class", None),
                                ("shift_beats", None),
                                ("tempo_bpm__gte", 20),
                                ("tempo_bpm__isnull", False),
                                ("tempo_bpm__lte", 400),
                                ("what", "tempo"),
                            ),
                            models.Q(
                                ("key_mode__in", ["major", "minor"]),
                                ("key_pitch_class__isnull", False),
                                ("key_pitch_class__lte", 11),
                                ("shift_beats", None),
                                ("tempo_bpm", None),
                                ("what", "key"),
                            ),
                            models.Q(
                                ("key_pitch_class", None),
                                ("shift_beats__gte", 1),
                                ("shift_beats__isnull", False),
                                ("shift_beats__lte", 12),
                                ("tempo_bpm", None),
                                ("what", "downbeat"),
                            ),
                            _connector="OR",
                        ),
                        name="library_correction_says_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StorageQuota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="storage_quota",
                        to="accounts.organisation",
                    ),
                ),
                ("limit_bytes", models.PositiveBigIntegerField(verbose_name="bytes allowed")),
            ],
            options={
                "verbose_name": "storage quota",
                "verbose_name_plural": "storage quotas",
            },
        ),
    ]
