"""When a report was taken back; a run that goes step by step; terms that stay as they were agreed."""

from __future__ import annotations

from django.db import migrations, models

from config.lib.sqlfiles import run_sql

APPROVED = models.Q(("state__in", ["approved", "locked", "published"]), _negated=True)
# A report that moved nothing left no entry to learn from; then the day of this migration counts.
REVERSED = """
UPDATE rights_incomefile file
   SET reversed_at = coalesce((SELECT min(effective_at) FROM rights_entry
                                WHERE idem LIKE 'income-reversal:' || file.id || ':%'), now())
 WHERE state = 'reversed'
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0036_statements")]

    operations = [
        migrations.AddField(
            model_name="incomefile",
            name="reversed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reversed"),
        ),
        migrations.RunSQL(REVERSED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="incomefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversed_at__isnull", False), ("state", "reversed")),
                    models.Q(
                        models.Q(("state", "reversed"), _negated=True),
                        ("reversed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="rights_incomefile_reversed_has_a_moment",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="royaltyrun", name="rights_royaltyrun_approved_has_a_moment"
        ),
        migrations.AddConstraint(
            model_name="royaltyrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    APPROVED,
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="rights_royaltyrun_approved_by_somebody",
            ),
        ),
        run_sql(__file__, "0037_money_keeps_its_course.sql"),
    ]
