"""Sets of ten songs, whole and frozen by triggers; what owners said about the use of a recording."""

from __future__ import annotations

import uuid

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0002_matches"),
        ("library", "0002_corrections_and_quotas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SongSet",
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
                        related_name="song_sets",
                        to="accounts.organisation",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("frozen_at", models.DateTimeField(blank=True, null=True, verbose_name="frozen")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
            ],
            options={
                "verbose_name": "song set",
                "verbose_name_plural": "song sets",
                "ordering": ["-created_at", "id"],
                "indexes": [
                    models.Index(
                        fields=["organisation", "-created_at"], name="rights_song_set_by_date"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="rights_song_set_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frozen_at", None), ("deleted_at", None), _connector="OR"
                        ),
                        name="rights_song_set_frozen_is_kept",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SongSetEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "song_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="rights.songset",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="song_set_entries",
                        to="library.track",
                    ),
                ),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="song_set_entries",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "song of a set",
                "verbose_name_plural": "songs of sets",
                "ordering": ["song_set", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("song_set", "position"),
                        name="rights_entry_position_is_taken_once",
                    ),
                    models.UniqueConstraint(
                        fields=("song_set", "track"), name="rights_entry_track_is_in_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 10)),
                        name="rights_entry_position_is_one_of_ten",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_ppm__lte", 1000000)),
                        name="rights_entry_weight_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_with_terms", "Allowed with terms"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=20,
                        verbose_name="says",
                    ),
                ),
                ("terms", models.TextField(blank=True, verbose_name="terms")),
                (
                    "may_train",
                    models.BooleanField(
                        default=False,
                        help_text="Its patterns may join the base model, which is paid from every song.",
                        verbose_name="may be trained on",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("said_by", models.CharField(max_length=255, verbose_name="who said so")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("label_delivery", "Label delivery"),
                            ("contract", "Contract"),
                            ("statement", "Written statement"),
                            ("staff", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="how we know",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
                ),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="why withdrawn")),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-valid_from", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label", None), ("recording__isnull", False)),
                            models.Q(("label__isnull", False), ("recording", None)),
                            _connector="OR",
                        ),
                        name="rights_consent_is_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["allowed", "allowed_with_terms", "blocked"])
                        ),
                        name="rights_consent_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "allowed_with_terms"), ("terms", ""), _connector="XOR"
                        ),
                        name="rights_consent_terms_are_written_down",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("may_train", False),
                            models.Q(("state", "blocked"), _negated=True),
                            _connector="OR",
                        ),
                        name="rights_consent_blocked_is_not_trained_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rights_consent_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("said_by", ""), _negated=True),
                        name="rights_consent_was_said_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            models.Q(("withdrawn_reason", ""), _negated=True),
                            _connector="XOR",
                        ),
                        name="rights_consent_withdrawal_has_a_reason",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0003_song_sets.sql"),
    ]
