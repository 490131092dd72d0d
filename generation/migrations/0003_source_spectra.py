"""How a source sounds in the long run, measured once for each audio."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceSpectrum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audio_sha256", models.CharField(max_length=64)),
                ("revision", models.CharField(max_length=20, verbose_name="revision")),
                ("levels_db", models.JSONField(verbose_name="levels")),
            ],
            options={
                "verbose_name": "spectrum of a source",
                "verbose_name_plural": "spectra of sources",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audio_sha256", "revision"), name="generation_spectrum_is_made_once"
                    )
                ],
            },
        ),
    ]
