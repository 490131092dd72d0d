"""On which days the months of a report were cut, so that a later change of owners is noticed."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0038_income_mappings")]

    operations = [
        migrations.AddField(
            model_name="incomefile",
            name="cuts",
            field=models.JSONField(default=list, verbose_name="months cut on"),
        ),
    ]
