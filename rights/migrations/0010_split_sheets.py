"""Split sheets and base catalogues; triggers keep them whole and frozen."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0009_ledger_entries")]

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
            name="BaseCatalogueWeight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("weight", models.BigIntegerField(verbose_name="weight")),
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
                (
                    "base_catalogue",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.basecatalogue",
                    ),
                ),
                ("body", models.TextField(verbose_name="body")),
                ("sha256", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "frozen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="frozen"
                    ),
                ),
            ],
            options={
                "verbose_name": "split sheet",
                "verbose_name_plural": "split sheets",
                "ordering": ["isrc", "-version"],
                "indexes": [models.Index(fields=["icpn"], name="rights_splitsheet_by_icpn")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("isrc", "version"), name="rights_splitsheet_versions"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")),
                        name="rights_splitsheet_isrc_is_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("icpn", ""), ("icpn__regex", "^[0-9]{12,14}$"), _connector="OR"
                        ),
                        name="rights_splitsheet_icpn_is_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                            models.Q(("title", ""), _negated=True),
                            ("version__gte", 1),
                        ),
                        name="rights_splitsheet_is_whole",
                    ),
                ],
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
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="rights.splitsheet",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight in ppm")),
            ],
            options={
                "verbose_name": "source of a split sheet",
                "verbose_name_plural": "sources of split sheets",
                "ordering": ["sheet", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sheet", "recording"), name="rights_splitsheetsource_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_ppm__gte", 1), ("weight_ppm__lte", 1000000)),
                        name="rights_splitsheetsource_is_a_part",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0010_split_sheets.sql"),
    ]
