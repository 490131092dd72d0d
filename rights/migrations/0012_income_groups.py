"""What a report says for a song; triggers: what a posted report said stays."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0011_income_files")]

    operations = [
        migrations.CreateModel(
            name="IncomeGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="rights.incomefile",
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
                ("matched_because", models.TextField(blank=True, verbose_name="why this song")),
                (
                    "sheet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.splitsheet",
                    ),
                ),
                ("ignored_because", models.TextField(blank=True, verbose_name="why not ours")),
            ],
            options={
                "verbose_name": "group of uses",
                "verbose_name_plural": "groups of uses",
                "ordering": ["file", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("match", "matched"), _negated=True),
                        fields=["isrc"],
                        name="rights_incomegroup_open",
                    ),
                    models.Index(fields=["sheet"], name="rights_incomegroup_by_sheet"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "number"), name="rights_incomegroup_is_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("match", "matched"), ("sheet__isnull", False)),
                            models.Q(
                                models.Q(("match", "matched"), _negated=True),
                                ("sheet__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_incomegroup_matched_has_a_sheet",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("match", "ignored"), _negated=True),
                            models.Q(("ignored_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rights_incomegroup_ignored_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("match__in", ["matched", "unmatched", "ambiguous", "ignored"])
                        ),
                        name="rights_incomegroup_match_is_known",
                    ),
                ],
            },
        ),
        run_sql(__file__, "0012_income.sql"),
        run_sql(__file__, "0012_income_mappings.sql"),
    ]
