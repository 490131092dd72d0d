"""The history and the course of matches; triggers: evidence is append-only."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0004_history_of_recordings"),
        ("jobs", "0001_initial"),
        ("library", "0002_corrections_and_quotas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.match",
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=20, verbose_name="from")),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        max_length=20,
                        verbose_name="to",
                    ),
                ),
                (
                    "from_recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "to_recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=20, verbose_name="method")),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a match",
                "verbose_name_plural": "changes of matches",
                "ordering": ["match", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="rights_change_has_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rights.match",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                (
                    "track",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="library.track",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        default="matching",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "problem_code",
                    models.CharField(blank=True, max_length=40, verbose_name="problem code"),
                ),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("several", "Several strong candidates"),
                            ("weak", "Weak"),
                            ("altered", "Altered audio"),
                            ("conflict", "Sources disagree"),
                        ],
                        max_length=20,
                        verbose_name="doubt",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "round",
                    models.PositiveIntegerField(default=1, verbose_name="round of identification"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."doubt", NEW."id", NEW."job_id", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."problem", NEW."problem_code", NEW."reasons", NEW."recording_id", NEW."round", NEW."score_ppm", NEW."state", NEW."track_id", NEW."updated_at"); RETURN NULL;',
                    hash="5f5c1a4bb4cbb79f82ed49d6731dfa188ec8d060",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9e4e1",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."doubt", NEW."id", NEW."job_id", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."problem", NEW."problem_code", NEW."reasons", NEW."recording_id", NEW."round", NEW."score_ppm", NEW."state", NEW."track_id", NEW."updated_at"); RETURN NULL;',
                    hash="1cb1bf7100087753d5341149615952db121b8357",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_52765",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (OLD."confirmed_at", OLD."confirmed_by_id", OLD."created_at", OLD."doubt", OLD."id", OLD."job_id", OLD."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."problem", OLD."problem_code", OLD."reasons", OLD."recording_id", OLD."round", OLD."score_ppm", OLD."state", OLD."track_id", OLD."updated_at"); RETURN NULL;',
                    hash="37cd211ba35a779d98bec19b340b1ea04b8a4e7d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9380b",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        run_sql(__file__, "0005_history_of_matches.sql"),
    ]
