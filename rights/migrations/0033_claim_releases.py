"""What claims got out of held money, and the triggers that let it go once only."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import rights.models.micros
from config.lib.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [("rights", "0032_royalty_run_rules")]

    operations = [
        migrations.CreateModel(
            name="ClaimRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("share_ppm", models.PositiveIntegerField(verbose_name="share in ppm")),
                ("amount", rights.models.micros.MicrosField(verbose_name="micro-units")),
                (
                    "released_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="released",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.rightsclaim",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.entry",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="rights.runshare",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of held money",
                "verbose_name_plural": "releases of held money",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_ppm__gte", 1), ("share_ppm__lte", 1000000)),
                        name="rights_claimrelease_is_a_share",
                    )
                ],
            },
        ),
        run_sql(__file__, "0033_claim_releases.sql"),
    ]
