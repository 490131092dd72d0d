"""The local index: fingerprints and the table of their keys. Pace, breaker and answers of the services outside."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0006_label_deliveries")]

    operations = [
        migrations.CreateModel(
            name="RecordingFingerprint",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fingerprints",
                        to="rights.recording",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed match"),
                            ("label", "Label delivery"),
                            ("base", "Base catalogue"),
                        ],
                        max_length=20,
                        verbose_name="known from",
                    ),
                ),
                ("revision", models.CharField(max_length=20, verbose_name="revision")),
                ("landmarks_key", models.CharField(max_length=120, verbose_name="landmarks")),
                ("landmark_count", models.PositiveIntegerField(verbose_name="landmarks")),
                ("posting_count", models.PositiveIntegerField(verbose_name="keys in the index")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "fingerprint",
                "verbose_name_plural": "fingerprints",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recording", "landmarks_key", "revision"),
                        name="rights_fingerprint_is_stored_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["confirmed", "label", "base"])),
                        name="rights_fingerprint_source_is_known",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0007_fingerprint_postings.sql"),
        migrations.CreateModel(
            name="RecognitionAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audio_sha256", models.CharField(max_length=64, verbose_name="hash of the audio")),
                ("recogniser", models.CharField(max_length=40, verbose_name="source")),
                ("revision", models.CharField(max_length=80, verbose_name="revision")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("hit", "Found"), ("miss", "Not found")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.JSONField(verbose_name="answer")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "kept answer",
                "verbose_name_plural": "kept answers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audio_sha256", "recogniser", "revision"),
                        name="rights_answer_is_kept_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["hit", "miss"])),
                        name="rights_answer_is_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideService",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="name"
                    ),
                ),
                ("slot_at", models.FloatField(default=0.0, verbose_name="next call")),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "openings",
                    models.PositiveIntegerField(default=0, verbose_name="times opened in a row"),
                ),
                ("open_until", models.FloatField(default=0.0, verbose_name="left alone until")),
                ("probe_until", models.FloatField(default=0.0, verbose_name="probed until")),
            ],
            options={
                "verbose_name": "outside service",
                "verbose_name_plural": "outside services",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="OutsideAnswer",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="key"
                    ),
                ),
                ("answer", models.TextField(verbose_name="answer")),
                ("fetched_at", models.DateTimeField(verbose_name="fetched")),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="good until")),
            ],
            options={
                "verbose_name": "answer from outside",
                "verbose_name_plural": "answers from outside",
            },
        ),
    ]
