"""Statements, their lines, and the batches they are issued in."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0018_payouts"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("missed", models.JSONField(default=list, verbose_name="not issued")),
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
                    "begun_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="begun"
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued")),
            ],
            options={
                "verbose_name": "batch of statements",
                "verbose_name_plural": "batches of statements",
                "ordering": ["-run__period"],
            },
        ),
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rights.party",
                        verbose_name="payee",
                    ),
                ),
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rights.royaltyrun",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["-ends_at", "number", "-revision"],
                "indexes": [
                    models.Index(fields=["run", "state"], name="rights_statement_of_run"),
                    models.Index(fields=["party", "-ends_at"], name="rights_statement_of_party"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number", "revision"), name="rights_statement_numbers_are_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("party", "currency", "sequence", "revision"),
                        name="rights_statement_sequence_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("currency__regex", "^[A-Z]{3}$"),
                            ("lines_sha256__regex", "^[0-9a-f]{64}$"),
                            ("number__regex", "^TF-[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{5,7}$"),
                            ("period__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$"),
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="rights_statement_is_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaces__isnull", True), ("revision", 1)),
                            models.Q(("replaces__isnull", False), ("revision__gte", 2)),
                            _connector="OR",
                        ),
                        name="rights_statement_revision_replaces",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", True), ("state", "final")),
                            models.Q(("published_at__isnull", False), ("state", "published")),
                            _connector="OR",
                        ),
                        name="rights_statement_published_has_a_moment",
                    ),
                ],
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
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="rights.statement",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="line")),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.runshare",
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
                ("pool", models.CharField(max_length=6, verbose_name="pool")),
                (
                    "song_isrc",
                    models.CharField(blank=True, max_length=12, verbose_name="ISRC of the song"),
                ),
                ("song_title", models.CharField(blank=True, max_length=255, verbose_name="song")),
                ("project", models.CharField(blank=True, max_length=500, verbose_name="project")),
                (
                    "recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "line of a statement",
                "verbose_name_plural": "lines of statements",
                "ordering": ["statement", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("statement", "number"), name="rights_statementline_is_numbered"
                    )
                ],
            },
        ),
    ]
