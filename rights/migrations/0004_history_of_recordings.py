"""The history of parties, recordings and consent; triggers: what was said about consent stays said."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0003_song_sets_and_consent"),
        ("accounts", "0005_leaving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyEvent",
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
                        to="rights.party",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "normalised_name",
                    models.CharField(max_length=255, verbose_name="normalised name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("artist", "Artist"),
                            ("publisher", "Publisher"),
                            ("distributor", "Distributor"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="customer",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecordingEvent",
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
                        to="rights.recording",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ("isrc", models.CharField(max_length=12, verbose_name="ISRC")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("version", models.CharField(blank=True, max_length=255, verbose_name="version")),
                ("artist", models.CharField(max_length=500, verbose_name="artist")),
                ("artists", models.JSONField(blank=True, default=list, verbose_name="artists")),
                ("album", models.CharField(blank=True, max_length=255, verbose_name="album")),
                ("upc", models.CharField(blank=True, max_length=14, verbose_name="UPC")),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                ("release_date", models.DateField(blank=True, null=True, verbose_name="released")),
                (
                    "label_name",
                    models.CharField(blank=True, max_length=255, verbose_name="label as printed"),
                ),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
                ("p_line", models.CharField(blank=True, max_length=500, verbose_name="℗ line")),
                ("c_line", models.CharField(blank=True, max_length=500, verbose_name="© line")),
                ("explicit", models.BooleanField(default=False, verbose_name="explicit")),
                (
                    "artwork_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="artwork"),
                ),
                (
                    "artwork_colour",
                    models.CharField(blank=True, max_length=6, verbose_name="artwork colour"),
                ),
                (
                    "preview_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="preview"),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("apple_music", "Apple Music"),
                            ("label", "Label delivery"),
                            ("base", "Base catalogue"),
                            ("manual", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="first known from",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
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
                        to="rights.consent",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
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
                    "label",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
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
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."name", NEW."normalised_name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="07c29b22c45c85748da7a78f66a551002a0f36bb",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8c6fe",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."name", NEW."normalised_name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="cd2c6f55da9178abc90d6844efa91362013ad27f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_956a6",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."id", OLD."kind", OLD."name", OLD."normalised_name", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="93f7348c19a1630e03439c8d9cc089a9c7b09d55",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a48f9",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (NEW."album", NEW."artist", NEW."artists", NEW."artwork_colour", NEW."artwork_url", NEW."c_line", NEW."created_at", NEW."duration_ms", NEW."explicit", NEW."id", NEW."isrc", NEW."label_id", NEW."label_name", NEW."origin", NEW."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."preview_url", NEW."release_date", NEW."title", NEW."upc", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="0bde41a1b625a14817e5642f11108de04887c6ab",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1ede4",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (NEW."album", NEW."artist", NEW."artists", NEW."artwork_colour", NEW."artwork_url", NEW."c_line", NEW."created_at", NEW."duration_ms", NEW."explicit", NEW."id", NEW."isrc", NEW."label_id", NEW."label_name", NEW."origin", NEW."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."preview_url", NEW."release_date", NEW."title", NEW."upc", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="0c6c667c6532cdebb6bb0e66f53b8fc2d95d489e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0c27f",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (OLD."album", OLD."artist", OLD."artists", OLD."artwork_colour", OLD."artwork_url", OLD."c_line", OLD."created_at", OLD."duration_ms", OLD."explicit", OLD."id", OLD."isrc", OLD."label_id", OLD."label_name", OLD."origin", OLD."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."preview_url", OLD."release_date", OLD."title", OLD."upc", OLD."updated_at", OLD."version"); RETURN NULL;',
                    hash="3e5945acfc8683289818e7f3cda3ef5ff21ee284",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f2f5d",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "may_train", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (NEW."created_at", NEW."entered_by_id", NEW."id", NEW."label_id", NEW."may_train", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recording_id", NEW."said_by", NEW."source", NEW."state", NEW."terms", NEW."valid_from", NEW."valid_to", NEW."withdrawn_at", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="d997a734fcfe68a27d9317eac48faeaf57d9d8f8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e26f2",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "may_train", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (NEW."created_at", NEW."entered_by_id", NEW."id", NEW."label_id", NEW."may_train", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recording_id", NEW."said_by", NEW."source", NEW."state", NEW."terms", NEW."valid_from", NEW."valid_to", NEW."withdrawn_at", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="a4ea14e8383abed4fbcd7263caedf9793d08cd5d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5c9c1",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "may_train", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (OLD."created_at", OLD."entered_by_id", OLD."id", OLD."label_id", OLD."may_train", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recording_id", OLD."said_by", OLD."source", OLD."state", OLD."terms", OLD."valid_from", OLD."valid_to", OLD."withdrawn_at", OLD."withdrawn_reason"); RETURN NULL;',
                    hash="44a23477e4a4453e1b0137c03a99f4ac127f2cff",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e9054",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        run_sql(__file__, "0004_history_of_recordings.sql"),
    ]
