"""A word for training: may patterns of a recording join the base model."""

from __future__ import annotations

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0023_second_tries_schedule"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="consent",
            name="may_train",
            field=models.BooleanField(
                default=False,
                help_text="Its patterns may join the base model, which is paid from every song.",
                verbose_name="may be trained on",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="may_train",
            field=models.BooleanField(
                default=False,
                help_text="Its patterns may join the base model, which is paid from every song.",
                verbose_name="may be trained on",
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
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("may_train", False),
                    models.Q(("state", "blocked"), _negated=True),
                    _connector="OR",
                ),
                name="rights_consent_blocked_is_not_trained_on",
            ),
        ),
        run_sql(__file__, "0024_consent_training.sql"),
    ]
