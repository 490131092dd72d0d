"""What a version owes, written once: sources, bars, layers; its files, mixes and receipt."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0002_songs"),
        ("rights", "0020_statement_papers_and_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        run_sql(__file__, "0003_ppm_sum.sql"),
        migrations.CreateModel(
            name="VersionSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="generation.version",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "pool",
                    models.CharField(
                        choices=[("references", "The ten songs"), ("catalogue", "Base catalogue")],
                        max_length=10,
                        verbose_name="pool",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="version_sources",
                        to="rights.recording",
                    ),
                ),
                ("isrc", models.CharField(blank=True, max_length=12, verbose_name="ISRC")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("artist", models.CharField(blank=True, max_length=500, verbose_name="artist")),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                (
                    "share_ppm",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="share, ppm"),
                ),
            ],
            options={
                "verbose_name": "source of a version",
                "verbose_name_plural": "sources of versions",
                "ordering": ["version", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "position"),
                        name="generation_source_position_is_taken_once",
                    ),
                    models.UniqueConstraint(
                        fields=("version", "isrc"), name="generation_source_is_in_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$"),
                                ("pool", "references"),
                                ("recording__isnull", False),
                            ),
                            models.Q(
                                ("isrc", ""), ("pool", "catalogue"), ("recording__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="generation_source_is_of_one_pool",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weight_ppm__lte", 1000000),
                            models.Q(
                                ("share_ppm", None), ("share_ppm__lte", 1000000), _connector="OR"
                            ),
                        ),
                        name="generation_source_has_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionBar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bars",
                        to="generation.version",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("start_ms", models.PositiveIntegerField(verbose_name="begins, ms")),
                ("end_ms", models.PositiveIntegerField(verbose_name="ends, ms")),
                ("section", models.CharField(max_length=20, verbose_name="section")),
                ("shares", models.JSONField(verbose_name="shares, ppm")),
                ("why", models.JSONField(blank=True, default=list, verbose_name="what was taken")),
            ],
            options={
                "verbose_name": "bar",
                "verbose_name_plural": "bars",
                "ordering": ["version", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "number"), name="generation_bar_number_is_taken_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_ms__gt", models.F("start_ms")), ("number__gte", 1)
                        ),
                        name="generation_bar_has_a_length",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("shares"),
                                function="generation_ppm_sum",
                                output_field=models.BigIntegerField(),
                            ),
                            models.Value(1000000),
                        ),
                        name="generation_bar_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionLayer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="layers",
                        to="generation.version",
                    ),
                ),
                ("layer", models.CharField(max_length=20, verbose_name="layer")),
                ("shares", models.JSONField(verbose_name="shares, ppm")),
            ],
            options={
                "verbose_name": "layer",
                "verbose_name_plural": "layers",
                "ordering": ["version", "layer"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "layer"), name="generation_layer_is_in_once"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("shares"),
                                function="generation_ppm_sum",
                                output_field=models.BigIntegerField(),
                            ),
                            models.Value(1000000),
                        ),
                        name="generation_layer_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionAsset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="generation.version",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("master_wav", "WAV, 24 bit"),
                            ("flac", "FLAC"),
                            ("mp3", "MP3, 320 kbit/s"),
                            ("aac", "AAC"),
                            ("midi", "MIDI"),
                            ("stem", "Stem"),
                            ("stems_zip", "All stems"),
                            ("lead_sheet", "Lead sheet"),
                            ("musicxml", "MusicXML"),
                            ("peaks_overview", "Waveform, overview"),
                            ("peaks_zoom", "Waveform, zoomed"),
                            ("archive", "Composition"),
                            ("report", "Report"),
                            ("receipt", "Receipt"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("content_type", models.CharField(max_length=80, verbose_name="content type")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "file of a version",
                "verbose_name_plural": "files of versions",
                "ordering": ["version", "kind", "name"],
                "indexes": [models.Index(fields=["key"], name="generation_asset_by_key")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "kind", "name"),
                        name="generation_asset_is_unique_in_its_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "stem"), ("name", ""), _connector="XOR"),
                        name="generation_asset_a_stem_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        name="generation_asset_is_stored",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedMix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mixes",
                        to="generation.version",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("gains", models.JSONField(verbose_name="gains")),
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
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="saved"
                    ),
                ),
            ],
            options={
                "verbose_name": "saved mix",
                "verbose_name_plural": "saved mixes",
                "ordering": ["version", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "name"), name="generation_mix_name_is_taken_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="generation_mix_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="generation.version",
                    ),
                ),
                ("body", models.TextField(verbose_name="body")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash of the body")),
                ("key_id", models.CharField(max_length=64, verbose_name="key")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="issued"
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True),
                        name="generation_receipt_has_a_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="generation_receipt_has_a_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key_id", ""), _negated=True),
                        name="generation_receipt_names_its_key",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0003_influence.sql"),
    ]
