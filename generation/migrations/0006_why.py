"""Bars keep what each of their layers took, and from where."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0005_ready_is_whole")]

    operations = [
        migrations.AddField(
            model_name="versionbar",
            name="why",
            field=models.JSONField(blank=True, default=list, verbose_name="what was taken"),
        ),
    ]
