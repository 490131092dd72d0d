"""Pace, breaker and recent answers of the services outside."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_fingerprint_index")]

    operations = [
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
