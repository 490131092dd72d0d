"""How the tables of a source are read, and by which revision a report was; why a song was chosen by hand."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0037_money_keeps_its_course"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomeMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60, verbose_name="source")),
                ("revision", models.PositiveIntegerField(verbose_name="revision")),
                ("body", models.JSONField(verbose_name="columns")),
                (
                    "header_sha256",
                    models.CharField(max_length=64, verbose_name="hash of the column names"),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="made",
                    ),
                ),
            ],
            options={
                "verbose_name": "column mapping",
                "verbose_name_plural": "column mappings",
                "ordering": ["source", "-revision"],
            },
        ),
        migrations.AddField(
            model_name="incomegroup",
            name="matched_because",
            field=models.TextField(blank=True, verbose_name="why this song"),
        ),
        migrations.AddField(
            model_name="incomemapping",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incomefile",
            name="mapping",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="rights.incomemapping",
                verbose_name="column mapping",
            ),
        ),
        migrations.AddIndex(
            model_name="incomemapping",
            index=models.Index(fields=["header_sha256"], name="rights_incomemapping_header"),
        ),
        migrations.AddConstraint(
            model_name="incomemapping",
            constraint=models.UniqueConstraint(
                fields=("source", "revision"), name="rights_incomemapping_is_revised"
            ),
        ),
        migrations.AddConstraint(
            model_name="incomemapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__regex", "^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")),
                name="rights_incomemapping_source_is_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomemapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("header_sha256__regex", "^[0-9a-f]{64}$")),
                name="rights_incomemapping_has_a_hash",
            ),
        ),
        run_sql(__file__, "0038_income_mappings.sql"),
    ]
