"""Statements with their lines, the entries they posted, and disputes; and the triggers that keep them."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_live_jobs_of_a_tenant"),
        ("rights", "0035_payouts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="revision")),
                ("period", models.CharField(max_length=7, verbose_name="period")),
                ("sequence", models.PositiveIntegerField(verbose_name="period of the payee")),
                ("starts_at", models.DateTimeField(null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "state",
                    models.CharField(
                        choices=[("final", "Final"), ("published", "Published")],
                        default="final",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "issued_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="issued"
                    ),
                ),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                ("first_viewed_at", models.DateTimeField(null=True, verbose_name="first viewed")),
                ("opening", rights.models.micros.MicrosField(verbose_name="opening balance")),
                ("paid", rights.models.micros.MicrosField(verbose_name="paid out")),
                ("earned", rights.models.micros.MicrosField(verbose_name="earned")),
                ("over_cap", rights.models.micros.MicrosField(verbose_name="above the cap")),
                ("fee", rights.models.micros.MicrosField(verbose_name="fee")),
                ("reserve_taken", rights.models.micros.MicrosField(verbose_name="reserve taken")),
                (
                    "reserve_released",
                    rights.models.micros.MicrosField(verbose_name="reserve released"),
                ),
                ("recouped", rights.models.micros.MicrosField(verbose_name="recouped")),
                ("withheld", rights.models.micros.MicrosField(verbose_name="tax withheld")),
                ("adjusted", rights.models.micros.MicrosField(verbose_name="adjustments")),
                ("closing", rights.models.micros.MicrosField(verbose_name="closing balance")),
                ("payable", rights.models.micros.MicrosField(verbose_name="to be paid")),
                ("carried", rights.models.micros.MicrosField(verbose_name="carried forward")),
                (
                    "carried_because",
                    models.CharField(blank=True, max_length=40, verbose_name="why carried forward"),
                ),
                ("n_lines", models.PositiveIntegerField(verbose_name="lines")),
                ("lines_sha256", models.CharField(max_length=64, verbose_name="hash of the lines")),
                ("body", models.TextField(verbose_name="body")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rights.contract",
                        verbose_name="contract",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="rights.statement",
                        verbose_name="replaces",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rights.royaltyrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["-ends_at", "number", "-revision"],
            },
        ),
        migrations.CreateModel(
            name="StatementBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("missed", models.JSONField(default=list, verbose_name="not issued")),
                (
                    "begun_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="begun"
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued")),
                (
                    "begun_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                        verbose_name="job",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_batch",
                        to="rights.royaltyrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "batch of statements",
                "verbose_name_plural": "batches of statements",
                "ordering": ["-run__period"],
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
            ],
            options={
                "verbose_name": "dispute of a statement",
                "verbose_name_plural": "disputes of statements",
                "ordering": ["-opened_at", "id"],
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
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
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
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.statementdispute",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a dispute",
                "verbose_name_plural": "steps of disputes",
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
                ("layout", models.CharField(max_length=40, verbose_name="layout")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("size_bytes", models.PositiveIntegerField(verbose_name="size in bytes")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="drawn"
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
            ],
            options={
                "verbose_name": "PDF of a statement",
                "verbose_name_plural": "PDFs of statements",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="StatementEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=40, verbose_name="step")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_entry",
                        to="rights.entry",
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
            ],
            options={
                "verbose_name": "entry of a statement",
                "verbose_name_plural": "entries of statements",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="line")),
                ("pool", models.CharField(max_length=6, verbose_name="pool")),
                (
                    "song_isrc",
                    models.CharField(blank=True, max_length=12, verbose_name="ISRC of the song"),
                ),
                ("song_title", models.CharField(blank=True, max_length=255, verbose_name="song")),
                ("project", models.CharField(blank=True, max_length=500, verbose_name="project")),
                ("isrc", models.CharField(blank=True, max_length=12, verbose_name="ISRC")),
                ("title", models.CharField(blank=True, max_length=500, verbose_name="recording")),
                ("service", models.CharField(blank=True, max_length=255, verbose_name="service")),
                (
                    "territory",
                    models.CharField(blank=True, max_length=40, verbose_name="territory"),
                ),
                (
                    "month",
                    models.CharField(blank=True, max_length=7, verbose_name="month of the use"),
                ),
                ("use", models.CharField(blank=True, max_length=80, verbose_name="kind of use")),
                (
                    "model",
                    models.CharField(blank=True, max_length=80, verbose_name="commercial model"),
                ),
                (
                    "uses",
                    models.DecimalField(decimal_places=10, max_digits=38, verbose_name="uses"),
                ),
                ("weight", models.BigIntegerField(verbose_name="weight of the recording")),
                ("share_ppm", models.PositiveIntegerField(verbose_name="share in ppm")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("amount", rights.models.micros.MicrosField(verbose_name="amount")),
                (
                    "paid",
                    rights.models.micros.MicrosField(verbose_name="in the statement's currency"),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.claimrelease",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.runshare",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="rights.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a statement",
                "verbose_name_plural": "lines of statements",
                "ordering": ["statement", "number"],
            },
        ),
        migrations.AddField(
            model_name="statementdispute",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="rights.statementline",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["run", "state"], name="rights_statement_of_run"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["party", "-ends_at"], name="rights_statement_of_party"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("number", "revision"), name="rights_statement_numbers_are_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("party", "currency", "sequence", "revision"),
                name="rights_statement_sequence_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("currency__regex", "^[A-Z]{3}$"),
                    ("lines_sha256__regex", "^[0-9a-f]{64}$"),
                    ("number__regex", "^TF-[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{5,7}$"),
                    ("period__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$"),
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                ),
                name="rights_statement_is_well_formed",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("revision", 1)),
                    models.Q(("replaces__isnull", False), ("revision__gte", 2)),
                    _connector="OR",
                ),
                name="rights_statement_revision_replaces",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "closing",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            models.F("opening"),
                                                            "+",
                                                            models.F("paid"),
                                                        ),
                                                        "+",
                                                        models.F("earned"),
                                                    ),
                                                    "+",
                                                    models.F("over_cap"),
                                                ),
                                                "+",
                                                models.F("fee"),
                                            ),
                                            "+",
                                            models.F("reserve_taken"),
                                        ),
                                        "+",
                                        models.F("reserve_released"),
                                    ),
                                    "+",
                                    models.F("recouped"),
                                ),
                                "+",
                                models.F("withheld"),
                            ),
                            "+",
                            models.F("adjusted"),
                        ),
                    )
                ),
                name="rights_statement_closes",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "closing",
                        django.db.models.expressions.CombinedExpression(
                            models.F("payable"), "+", models.F("carried")
                        ),
                    ),
                    ("payable__gte", 0),
                ),
                name="rights_statement_is_paid_or_carried",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", True), ("state", "final")),
                    models.Q(("published_at__isnull", False), ("state", "published")),
                    _connector="OR",
                ),
                name="rights_statement_published_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementdocument",
            constraint=models.UniqueConstraint(
                fields=("statement", "layout"), name="rights_statementdocument_is_drawn_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                fields=("statement", "number"), name="rights_statementline_is_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementdispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("open", "investigating"))),
                fields=("line",),
                name="rights_statementdispute_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementdispute",
            constraint=models.CheckConstraint(
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
        ),
        run_sql(__file__, "0036_statements.sql"),
    ]
