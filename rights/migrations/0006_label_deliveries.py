"""Catalogues that labels deliver: the table, its rows, its audio."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0005_history_of_matches"),
        ("accounts", "0005_leaving"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="catalogue_imports",
                        to="accounts.organisation",
                        verbose_name="brought by",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("mapped", "Columns named"),
                            ("previewed", "Previewed"),
                            ("applied", "Applied"),
                            ("discarded", "Discarded"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "filename",
                    models.CharField(blank=True, max_length=255, verbose_name="file name"),
                ),
                (
                    "source_key",
                    models.CharField(blank=True, max_length=120, verbose_name="storage key"),
                ),
                ("encoding", models.CharField(blank=True, max_length=20, verbose_name="encoding")),
                ("delimiter", models.CharField(blank=True, max_length=1, verbose_name="delimiter")),
                (
                    "columns",
                    models.JSONField(blank=True, default=list, verbose_name="columns of the file"),
                ),
                (
                    "mapping",
                    models.JSONField(blank=True, default=dict, verbose_name="which column is what"),
                ),
                (
                    "consent_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_with_terms", "Allowed with terms"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=20,
                        verbose_name="consent",
                    ),
                ),
                ("consent_terms", models.TextField(blank=True, verbose_name="terms")),
                (
                    "consent_from",
                    models.DateField(blank=True, null=True, verbose_name="valid from"),
                ),
                ("consent_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "said_by",
                    models.CharField(blank=True, max_length=255, verbose_name="who said so"),
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
                    "reading",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
            ],
            options={
                "verbose_name": "catalogue import",
                "verbose_name_plural": "catalogue imports",
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["uploaded", "mapped", "previewed", "applied", "discarded"],
                            )
                        ),
                        name="rights_import_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "applied"), ("applied_at", None), _connector="XOR"
                        ),
                        name="rights_import_applied_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_state__in", ["", "allowed", "allowed_with_terms", "blocked"])
                        ),
                        name="rights_import_consent_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_state", "allowed_with_terms"),
                            ("consent_terms", ""),
                            _connector="XOR",
                        ),
                        name="rights_import_terms_are_written_down",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_state", ""),
                            models.Q(
                                ("consent_from__isnull", False),
                                models.Q(("said_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_import_consent_is_dated_and_said",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="rights.importrun",
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("raw", models.JSONField(blank=True, default=dict, verbose_name="as it stands")),
                (
                    "values",
                    models.JSONField(blank=True, default=dict, verbose_name="as it was read"),
                ),
                ("errors", models.JSONField(blank=True, default=list, verbose_name="errors")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("create", "New recording"),
                            ("update", "Changes a recording"),
                            ("same", "Known already"),
                            ("refuse", "Cannot be used"),
                        ],
                        max_length=20,
                        verbose_name="effect",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                (
                    "audio_name",
                    models.CharField(blank=True, max_length=255, verbose_name="audio file"),
                ),
                (
                    "audio_key",
                    models.CharField(blank=True, max_length=120, verbose_name="storage key"),
                ),
                (
                    "fingerprint_key",
                    models.CharField(blank=True, max_length=120, verbose_name="fingerprint"),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of an import",
                "verbose_name_plural": "rows of imports",
                "ordering": ["run", "line"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "line"), name="rights_import_row_has_a_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["create", "update", "same", "refuse"])),
                        name="rights_import_row_effect_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action", "refuse"), ("errors", []), _connector="XOR"),
                        name="rights_import_row_refusal_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportAudio",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audio",
                        to="rights.importrun",
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "audio_key",
                    models.CharField(blank=True, max_length=120, verbose_name="storage key"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("read", "Read"),
                            ("refused", "Cannot be used"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("refusal", models.TextField(blank=True, verbose_name="why it cannot be used")),
                (
                    "values",
                    models.JSONField(blank=True, default=dict, verbose_name="what its tags say"),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                (
                    "landmarks_key",
                    models.CharField(blank=True, max_length=120, verbose_name="landmarks"),
                ),
            ],
            options={
                "verbose_name": "audio file of an import",
                "verbose_name_plural": "audio files of imports",
                "ordering": ["run", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "name"), name="rights_import_audio_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "read", "refused"])),
                        name="rights_import_audio_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("refusal", ""), _connector="XOR"),
                        name="rights_import_audio_refusal_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "read"), ("landmarks_key", ""), _connector="XOR"
                        ),
                        name="rights_import_audio_read_has_a_sound",
                    ),
                ],
            },
        ),
    ]
