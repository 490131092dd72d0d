"""What belongs to a statement: entries, documents, disputes; triggers keep it whole."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0019_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="rights.statement",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_entry",
                        to="rights.entry",
                    ),
                ),
                ("step", models.CharField(max_length=40, verbose_name="step")),
            ],
            options={
                "verbose_name": "entry of a statement",
                "verbose_name_plural": "entries of statements",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="StatementDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="rights.statement",
                    ),
                ),
                ("layout", models.CharField(max_length=40, verbose_name="layout")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("size_bytes", models.PositiveIntegerField(verbose_name="size in bytes")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="drawn"
                    ),
                ),
            ],
            options={
                "verbose_name": "PDF of a statement",
                "verbose_name_plural": "PDFs of statements",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("statement", "layout"),
                        name="rights_statementdocument_is_drawn_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementDispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="rights.statementline",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("investigating", "Being looked into"),
                            ("upheld", "Upheld"),
                            ("rejected", "Rejected"),
                        ],
                        default="open",
                        max_length=14,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(verbose_name="what is wrong")),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"
                    ),
                ),
                ("amount", rights.models.micros.MicrosField(null=True, verbose_name="amount")),
                ("because", models.TextField(blank=True, verbose_name="answer")),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="rights.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute of a statement",
                "verbose_name_plural": "disputes of statements",
                "ordering": ["-opened_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "investigating"))),
                        fields=("line",),
                        name="rights_statementdispute_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(
                                    ("amount__isnull", True),
                                    ("because", ""),
                                    ("entry__isnull", True),
                                    ("state__in", ("open", "investigating")),
                                ),
                                models.Q(
                                    ("amount__isnull", True),
                                    ("entry__isnull", True),
                                    ("state", "rejected"),
                                    models.Q(("because", ""), _negated=True),
                                ),
                                models.Q(
                                    ("amount__isnull", False),
                                    ("entry__isnull", False),
                                    ("state", "upheld"),
                                    models.Q(("because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="rights_statementdispute_is_decided_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.statementdispute",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("investigating", "Being looked into"),
                            ("upheld", "Upheld"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=14,
                        verbose_name="became",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a dispute",
                "verbose_name_plural": "steps of disputes",
                "ordering": ["id"],
            },
        ),
        run_sql(__file__, "0020_statements.sql"),
    ]
