"""Songs, versions, what they owe, their files, receipts, base models."""

from __future__ import annotations

import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0014_scrub_keeps_names"),
        ("jobs", "0002_live_jobs_of_a_tenant"),
        ("rights", "0023_second_tries_schedule"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        run_sql(__file__, "0001_ppm_sum.sql"),
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
            name="Song",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("idem", models.CharField(max_length=80, verbose_name="idempotency key")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
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
            ],
            options={
                "verbose_name": "song",
                "verbose_name_plural": "songs",
                "ordering": ["-created_at", "id"],
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
                ("number", models.PositiveIntegerField(verbose_name="number")),
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
                ("policy", models.CharField(max_length=20, verbose_name="policy of attribution")),
                ("idem", models.CharField(max_length=80, verbose_name="idempotency key")),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="generation.version",
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
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["song", "number"],
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
        migrations.CreateModel(
            name="SavedMix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("gains", models.JSONField(verbose_name="gains")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="saved"
                    ),
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
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mixes",
                        to="generation.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved mix",
                "verbose_name_plural": "saved mixes",
                "ordering": ["version", "name"],
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
                ("body", models.TextField(verbose_name="body")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash of the body")),
                ("key_id", models.CharField(max_length=64, verbose_name="key")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="issued"
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
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["-created_at", "id"],
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
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="generation.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a version",
                "verbose_name_plural": "files of versions",
                "ordering": ["version", "kind", "name"],
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
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("start_ms", models.PositiveIntegerField(verbose_name="begins, ms")),
                ("end_ms", models.PositiveIntegerField(verbose_name="ends, ms")),
                ("section", models.CharField(max_length=20, verbose_name="section")),
                ("shares", models.JSONField(verbose_name="shares, ppm")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bars",
                        to="generation.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "bar",
                "verbose_name_plural": "bars",
                "ordering": ["version", "number"],
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
                ("layer", models.CharField(max_length=20, verbose_name="layer")),
                ("shares", models.JSONField(verbose_name="shares, ppm")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="layers",
                        to="generation.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "layer",
                "verbose_name_plural": "layers",
                "ordering": ["version", "layer"],
            },
        ),
        migrations.CreateModel(
            name="VersionSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("isrc", models.CharField(blank=True, max_length=12, verbose_name="ISRC")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("artist", models.CharField(blank=True, max_length=500, verbose_name="artist")),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                (
                    "share_ppm",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="share, ppm"),
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
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="generation.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "source of a version",
                "verbose_name_plural": "sources of versions",
                "ordering": ["version", "position"],
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
                    "kind",
                    models.CharField(
                        choices=[("pattern", "Pattern"), ("recording", "Recording")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=120, verbose_name="key")),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "base_model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="generation.basemodel",
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
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["-created_at"], name="generation_version_by_date"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                fields=("song", "number"), name="generation_version_number_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                fields=("song", "idem"), name="generation_version_is_asked_for_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)),
                name="generation_version_numbers_begin_at_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "ready", "failed", "cancelled"])),
                name="generation_version_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("edit", {}), ("parent__isnull", True)),
                    models.Q(("parent__isnull", False), models.Q(("edit", {}), _negated=True)),
                    _connector="OR",
                ),
                name="generation_version_with_a_parent_is_an_edit",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True),
                name="generation_version_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "failed"), ("refusal_code", ""), _connector="XOR"),
                name="generation_version_failure_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(
                        ("audio_sha256__regex", "^[0-9a-f]{64}$"),
                        ("base_model__isnull", False),
                        ("duration_ms__gt", 0),
                        ("key_mode__in", ["major", "minor"]),
                        ("key_pitch_class__lte", 11),
                        ("passed__isnull", False),
                        ("ready_at__isnull", False),
                        ("tempo_bpm__gt", 0),
                        ("used_seed__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="generation_version_ready_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rating", None),
                    models.Q(("rating__gte", 1), ("rating__lte", 5), ("state", "ready")),
                    _connector="OR",
                ),
                name="generation_version_rating_is_one_to_five",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seed__lte", 2147483647),
                    models.Q(("used_seed", None), ("used_seed__lte", 2147483647), _connector="OR"),
                ),
                name="generation_version_seed_is_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("engine", ""), _negated=True),
                    models.Q(("engine_revision", ""), _negated=True),
                    models.Q(("policy", ""), _negated=True),
                    models.Q(("idem", ""), _negated=True),
                ),
                name="generation_version_says_how_it_is_made",
            ),
        ),
        migrations.AddIndex(
            model_name="song",
            index=models.Index(
                fields=["organisation", "-created_at"], name="generation_song_by_date"
            ),
        ),
        migrations.AddIndex(
            model_name="song",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at"],
                name="generation_song_to_purge",
            ),
        ),
        migrations.AddConstraint(
            model_name="song",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="generation_song_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="song",
            constraint=models.CheckConstraint(
                condition=models.Q(("idem", ""), _negated=True), name="generation_song_has_a_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="song",
            constraint=models.UniqueConstraint(
                fields=("organisation", "idem"), name="generation_song_is_asked_for_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmix",
            constraint=models.UniqueConstraint(
                fields=("version", "name"), name="generation_mix_name_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmix",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="generation_mix_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True),
                name="generation_receipt_has_a_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                name="generation_receipt_has_a_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("key_id", ""), _negated=True),
                name="generation_receipt_names_its_key",
            ),
        ),
        migrations.AddIndex(
            model_name="versionasset",
            index=models.Index(fields=["key"], name="generation_asset_by_key"),
        ),
        migrations.AddConstraint(
            model_name="versionasset",
            constraint=models.UniqueConstraint(
                fields=("version", "kind", "name"), name="generation_asset_is_unique_in_its_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionasset",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "stem"), ("name", ""), _connector="XOR"),
                name="generation_asset_a_stem_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionasset",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="generation_asset_is_stored"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionbar",
            constraint=models.UniqueConstraint(
                fields=("version", "number"), name="generation_bar_number_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionbar",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_ms__gt", models.F("start_ms")), ("number__gte", 1)),
                name="generation_bar_has_a_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionbar",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="versionlayer",
            constraint=models.UniqueConstraint(
                fields=("version", "layer"), name="generation_layer_is_in_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionlayer",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="versionsource",
            constraint=models.UniqueConstraint(
                fields=("version", "position"), name="generation_source_position_is_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionsource",
            constraint=models.UniqueConstraint(
                fields=("version", "isrc"), name="generation_source_is_in_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionsource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$"),
                        ("pool", "references"),
                        ("recording__isnull", False),
                    ),
                    models.Q(("isrc", ""), ("pool", "catalogue"), ("recording__isnull", True)),
                    _connector="OR",
                ),
                name="generation_source_is_of_one_pool",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionsource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weight_ppm__lte", 1000000),
                    models.Q(("share_ppm", None), ("share_ppm__lte", 1000000), _connector="OR"),
                ),
                name="generation_source_has_a_share",
            ),
        ),
    ]
