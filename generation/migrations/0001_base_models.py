"""Base models with their items, and how sources sound in the long run."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rights", "0020_statement_papers_and_disputes")]

    operations = [
        migrations.CreateModel(
            name="BaseModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.CharField(max_length=40, unique=True, verbose_name="revision")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="hash")),
                ("artefact_key", models.CharField(max_length=120, verbose_name="storage key")),
                ("card", models.JSONField(verbose_name="card")),
                ("frozen_at", models.DateTimeField(blank=True, null=True, verbose_name="frozen")),
            ],
            options={
                "verbose_name": "base model",
                "verbose_name_plural": "base models",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="generation_base_has_a_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BaseModelItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "base_model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="generation.basemodel",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pattern", "Pattern"), ("recording", "Recording")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=120, verbose_name="key")),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="base_model_items",
                        to="rights.recording",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="base_model_items",
                        to="rights.party",
                        verbose_name="owner",
                    ),
                ),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
            ],
            options={
                "verbose_name": "item of a base model",
                "verbose_name_plural": "items of base models",
                "ordering": ["base_model", "key"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("base_model", "key"), name="generation_base_item_is_in_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "pattern"), ("recording__isnull", True)),
                            models.Q(("kind", "recording"), ("recording__isnull", False)),
                            _connector="OR",
                        ),
                        name="generation_base_item_is_of_one_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_ppm__lte", 1000000)),
                        name="generation_base_item_has_a_weight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="generation_base_item_has_a_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceSpectrum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audio_sha256", models.CharField(max_length=64)),
                ("revision", models.CharField(max_length=20, verbose_name="revision")),
                ("levels_db", models.JSONField(verbose_name="levels")),
            ],
            options={
                "verbose_name": "spectrum of a source",
                "verbose_name_plural": "spectra of sources",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audio_sha256", "revision"), name="generation_spectrum_is_made_once"
                    )
                ],
            },
        ),
    ]
