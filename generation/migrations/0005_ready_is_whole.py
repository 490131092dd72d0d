"""A ready version lacks nothing: a comparison with nothing is no refusal, so each is asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0004_sweep_schedule"),
        ("jobs", "0002_live_jobs_of_a_tenant"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="version",
            name="generation_version_ready_is_whole",
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(
                        ("audio_sha256__regex", "^[0-9a-f]{64}$"),
                        ("base_model__isnull", False),
                        ("duration_ms__gt", 0),
                        ("duration_ms__isnull", False),
                        ("key_mode__in", ["major", "minor"]),
                        ("key_pitch_class__isnull", False),
                        ("key_pitch_class__lte", 11),
                        ("passed__isnull", False),
                        ("ready_at__isnull", False),
                        ("tempo_bpm__gt", 0),
                        ("tempo_bpm__isnull", False),
                        ("used_seed__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="generation_version_ready_is_whole",
            ),
        ),
    ]
