"""Split sheets, base catalogues, and what usage reports say."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import rights.models.micros


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_live_jobs_of_a_tenant"),
        ("rights", "0025_delivered_audio"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BaseCatalogue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.CharField(max_length=80, unique=True, verbose_name="revision")),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("equal", "Equal for each recording"),
                            ("duration", "By duration"),
                            ("exposure", "By how much of it was learned"),
                        ],
                        max_length=20,
                        verbose_name="policy",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "frozen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="frozen"
                    ),
                ),
            ],
            options={
                "verbose_name": "base catalogue",
                "verbose_name_plural": "base catalogues",
                "ordering": ["-frozen_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("policy__in", ["equal", "duration", "exposure"])),
                        name="rights_basecatalogue_policy_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                            models.Q(("revision", ""), _negated=True),
                        ),
                        name="rights_basecatalogue_is_named_by_its_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomeFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="hash")),
                ("key", models.CharField(max_length=120, verbose_name="storage key")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting to be read"),
                            ("read", "Read"),
                            ("posted", "Posted"),
                            ("reversed", "Reversed"),
                            ("refused", "Refused"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("refusal", models.TextField(blank=True, verbose_name="why refused")),
                ("profile", models.CharField(blank=True, max_length=80, verbose_name="profile")),
                ("sender_id", models.CharField(blank=True, max_length=80, verbose_name="sender")),
                (
                    "sender",
                    models.CharField(blank=True, max_length=255, verbose_name="sender's name"),
                ),
                (
                    "message_id",
                    models.CharField(blank=True, max_length=255, verbose_name="message"),
                ),
                ("file_number", models.PositiveIntegerField(default=1, verbose_name="file number")),
                (
                    "files",
                    models.PositiveIntegerField(default=1, verbose_name="files of the report"),
                ),
                (
                    "usage_from",
                    models.CharField(blank=True, max_length=10, verbose_name="uses from"),
                ),
                (
                    "usage_to",
                    models.CharField(blank=True, max_length=10, verbose_name="uses until"),
                ),
                ("service", models.CharField(blank=True, max_length=255, verbose_name="service")),
                ("lines", models.PositiveBigIntegerField(default=0, verbose_name="lines")),
                ("uses", models.PositiveBigIntegerField(default=0, verbose_name="lines with uses")),
                (
                    "faults_left_out",
                    models.PositiveBigIntegerField(default=0, verbose_name="faults not listed"),
                ),
                (
                    "uploaded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="uploaded",
                    ),
                ),
                ("posted_at", models.DateTimeField(blank=True, null=True, verbose_name="posted")),
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
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "usage report",
                "verbose_name_plural": "usage reports",
                "ordering": ["-uploaded_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="IncomeFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveBigIntegerField(verbose_name="line")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("words", models.TextField(verbose_name="what is wrong")),
                ("text", models.TextField(blank=True, verbose_name="the line")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="rights.incomefile",
                    ),
                ),
            ],
            options={
                "verbose_name": "line that could not be read",
                "verbose_name_plural": "lines that could not be read",
                "ordering": ["file", "line", "id"],
            },
        ),
        migrations.CreateModel(
            name="IncomeConcern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("words", models.TextField(verbose_name="what")),
                ("is_blocking", models.BooleanField(verbose_name="must be settled")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                ("settled_because", models.TextField(blank=True, verbose_name="why it is settled")),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="concerns",
                        to="rights.incomefile",
                    ),
                ),
            ],
            options={
                "verbose_name": "concern about a report",
                "verbose_name_plural": "concerns about reports",
                "ordering": ["file", "id"],
            },
        ),
        migrations.CreateModel(
            name="SplitSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("isrc", models.CharField(max_length=12, verbose_name="ISRC")),
                ("icpn", models.CharField(blank=True, max_length=14, verbose_name="ICPN")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("artist", models.CharField(max_length=500, verbose_name="artist")),
                ("receipt", models.UUIDField(verbose_name="receipt")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("valid_from", models.DateField(verbose_name="counts from")),
                ("body", models.TextField(verbose_name="body")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "frozen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="frozen"
                    ),
                ),
                (
                    "base_catalogue",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.basecatalogue",
                    ),
                ),
            ],
            options={
                "verbose_name": "split sheet",
                "verbose_name_plural": "split sheets",
                "ordering": ["isrc", "-version"],
            },
        ),
        migrations.CreateModel(
            name="IncomeGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("summary", models.CharField(max_length=255, verbose_name="summary")),
                ("service", models.CharField(blank=True, max_length=255, verbose_name="service")),
                (
                    "territory",
                    models.CharField(blank=True, max_length=40, verbose_name="territory"),
                ),
                (
                    "model",
                    models.CharField(blank=True, max_length=80, verbose_name="commercial model"),
                ),
                ("use", models.CharField(blank=True, max_length=80, verbose_name="kind of use")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("isrc", models.CharField(blank=True, max_length=40, verbose_name="ISRC")),
                ("icpn", models.CharField(blank=True, max_length=40, verbose_name="ICPN")),
                (
                    "label_id",
                    models.CharField(blank=True, max_length=255, verbose_name="our number"),
                ),
                (
                    "dsp_id",
                    models.CharField(blank=True, max_length=255, verbose_name="the store's number"),
                ),
                ("span", models.CharField(blank=True, max_length=10, verbose_name="days")),
                ("uses", models.PositiveBigIntegerField(verbose_name="lines")),
                (
                    "usages",
                    models.DecimalField(decimal_places=10, max_digits=38, verbose_name="usages"),
                ),
                (
                    "returns",
                    models.DecimalField(decimal_places=10, max_digits=38, verbose_name="returns"),
                ),
                (
                    "net",
                    models.DecimalField(
                        decimal_places=10, max_digits=38, verbose_name="net revenue"
                    ),
                ),
                ("micros", rights.models.micros.MicrosField(verbose_name="micro-units")),
                (
                    "match",
                    models.CharField(
                        choices=[
                            ("matched", "Matched"),
                            ("unmatched", "Not found"),
                            ("ambiguous", "More than one song"),
                            ("ignored", "Not ours"),
                        ],
                        max_length=10,
                        verbose_name="song",
                    ),
                ),
                (
                    "matched_by",
                    models.CharField(blank=True, max_length=10, verbose_name="found by"),
                ),
                ("ignored_because", models.TextField(blank=True, verbose_name="why not ours")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="rights.incomefile",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.splitsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "group of uses",
                "verbose_name_plural": "groups of uses",
                "ordering": ["file", "number"],
            },
        ),
        migrations.CreateModel(
            name="SplitSheetSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight in ppm")),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="rights.splitsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "source of a split sheet",
                "verbose_name_plural": "sources of split sheets",
                "ordering": ["sheet", "position"],
            },
        ),
        migrations.CreateModel(
            name="BaseCatalogueWeight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weight", models.BigIntegerField(verbose_name="weight")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weights",
                        to="rights.basecatalogue",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "weight in the base pool",
                "verbose_name_plural": "weights in the base pool",
                "ordering": ["catalogue", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("catalogue", "recording"),
                        name="rights_basecatalogueweight_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0)),
                        name="rights_basecatalogueweight_is_positive",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="incomefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["uploaded", "read", "posted", "reversed", "refused"])
                ),
                name="rights_incomefile_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                name="rights_incomefile_has_a_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("posted_at__isnull", False), ("state__in", ["posted", "reversed"])),
                    models.Q(
                        models.Q(("state__in", ["posted", "reversed"]), _negated=True),
                        ("posted_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="rights_incomefile_posted_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomefile",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("message_id", ""), _negated=True),
                    models.Q(("state__in", ["refused", "reversed"]), _negated=True),
                ),
                fields=("sender_id", "message_id", "file_number"),
                name="rights_incomefile_message_comes_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomeconcern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_because", "")),
                    models.Q(
                        ("settled_at__isnull", False),
                        models.Q(("settled_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rights_incomeconcern_is_settled_with_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="splitsheet",
            index=models.Index(fields=["icpn"], name="rights_splitsheet_by_icpn"),
        ),
        migrations.AddConstraint(
            model_name="splitsheet",
            constraint=models.UniqueConstraint(
                fields=("isrc", "version"), name="rights_splitsheet_versions"
            ),
        ),
        migrations.AddConstraint(
            model_name="splitsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")),
                name="rights_splitsheet_isrc_is_well_formed",
            ),
        ),
        migrations.AddConstraint(
            model_name="splitsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("icpn", ""), ("icpn__regex", "^[0-9]{12,14}$"), _connector="OR"
                ),
                name="rights_splitsheet_icpn_is_digits",
            ),
        ),
        migrations.AddConstraint(
            model_name="splitsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                    models.Q(("title", ""), _negated=True),
                    ("version__gte", 1),
                ),
                name="rights_splitsheet_is_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="incomegroup",
            index=models.Index(
                condition=models.Q(("match", "matched"), _negated=True),
                fields=["isrc"],
                name="rights_incomegroup_open",
            ),
        ),
        migrations.AddIndex(
            model_name="incomegroup",
            index=models.Index(fields=["sheet"], name="rights_incomegroup_by_sheet"),
        ),
        migrations.AddConstraint(
            model_name="incomegroup",
            constraint=models.UniqueConstraint(
                fields=("file", "number"), name="rights_incomegroup_is_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="incomegroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("match", "matched"), ("sheet__isnull", False)),
                    models.Q(
                        models.Q(("match", "matched"), _negated=True), ("sheet__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="rights_incomegroup_matched_has_a_sheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomegroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("match", "ignored"), _negated=True),
                    models.Q(("ignored_because", ""), _negated=True),
                    _connector="OR",
                ),
                name="rights_incomegroup_ignored_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomegroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("match__in", ["matched", "unmatched", "ambiguous", "ignored"])),
                name="rights_incomegroup_match_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="splitsheetsource",
            constraint=models.UniqueConstraint(
                fields=("sheet", "recording"), name="rights_splitsheetsource_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="splitsheetsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight_ppm__gte", 1), ("weight_ppm__lte", 1000000)),
                name="rights_splitsheetsource_is_a_part",
            ),
        ),
    ]
