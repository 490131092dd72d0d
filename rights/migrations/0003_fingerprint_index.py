"""The local index: fingerprints of recordings, and the table of their keys."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="RecordingFingerprint",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
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
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fingerprints",
                        to="rights.recording",
                    ),
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
        run_sql(__file__, "0003_fingerprint_postings.sql"),
    ]
