"""Parties, recordings, matches, song sets, consents, catalogue imports."""

from __future__ import annotations

import uuid

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0010_person_scrub"),
        ("jobs", "0002_live_jobs_of_a_tenant"),
        ("library", "0003_drop_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Match",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        default="matching",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "problem_code",
                    models.CharField(blank=True, max_length=40, verbose_name="problem code"),
                ),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("several", "Several strong candidates"),
                            ("weak", "Weak"),
                            ("altered", "Altered audio"),
                            ("conflict", "Sources disagree"),
                        ],
                        max_length=20,
                        verbose_name="doubt",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "round",
                    models.PositiveIntegerField(default=1, verbose_name="round of identification"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "track",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match",
                        to="library.track",
                    ),
                ),
            ],
            options={
                "verbose_name": "match",
                "verbose_name_plural": "matches",
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "normalised_name",
                    models.CharField(max_length=255, verbose_name="normalised name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("artist", "Artist"),
                            ("publisher", "Publisher"),
                            ("distributor", "Distributor"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="accounts.organisation",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("mapped", "Columns named"),
                            ("previewed", "Previewed"),
                            ("applied", "Applied"),
                            ("discarded", "Discarded"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "filename",
                    models.CharField(blank=True, max_length=255, verbose_name="file name"),
                ),
                (
                    "source_key",
                    models.CharField(blank=True, max_length=120, verbose_name="storage key"),
                ),
                ("encoding", models.CharField(blank=True, max_length=20, verbose_name="encoding")),
                ("delimiter", models.CharField(blank=True, max_length=1, verbose_name="delimiter")),
                (
                    "columns",
                    models.JSONField(blank=True, default=list, verbose_name="columns of the file"),
                ),
                (
                    "mapping",
                    models.JSONField(blank=True, default=dict, verbose_name="which column is what"),
                ),
                (
                    "consent_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_with_terms", "Allowed with terms"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=20,
                        verbose_name="consent",
                    ),
                ),
                ("consent_terms", models.TextField(blank=True, verbose_name="terms")),
                (
                    "consent_from",
                    models.DateField(blank=True, null=True, verbose_name="valid from"),
                ),
                ("consent_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "said_by",
                    models.CharField(blank=True, max_length=255, verbose_name="who said so"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="catalogue_imports",
                        to="accounts.organisation",
                        verbose_name="brought by",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
            ],
            options={
                "verbose_name": "catalogue import",
                "verbose_name_plural": "catalogue imports",
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_with_terms", "Allowed with terms"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=20,
                        verbose_name="says",
                    ),
                ),
                ("terms", models.TextField(blank=True, verbose_name="terms")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("said_by", models.CharField(max_length=255, verbose_name="who said so")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("label_delivery", "Label delivery"),
                            ("contract", "Contract"),
                            ("statement", "Written statement"),
                            ("staff", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="how we know",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
                ),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="why withdrawn")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-valid_from", "-id"],
            },
        ),
        migrations.CreateModel(
            name="PartyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "normalised_name",
                    models.CharField(max_length=255, verbose_name="normalised name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("artist", "Artist"),
                            ("publisher", "Publisher"),
                            ("distributor", "Distributor"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="customer",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rights.party",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecognitionAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audio_sha256", models.CharField(max_length=64, verbose_name="hash of the audio")),
                ("recogniser", models.CharField(max_length=40, verbose_name="source")),
                ("revision", models.CharField(max_length=80, verbose_name="revision")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("hit", "Found"), ("miss", "Not found")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.JSONField(verbose_name="answer")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "kept answer",
                "verbose_name_plural": "kept answers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audio_sha256", "recogniser", "revision"),
                        name="rights_answer_is_kept_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["hit", "miss"])),
                        name="rights_answer_is_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("isrc", models.CharField(max_length=12, unique=True, verbose_name="ISRC")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("version", models.CharField(blank=True, max_length=255, verbose_name="version")),
                ("artist", models.CharField(max_length=500, verbose_name="artist")),
                ("artists", models.JSONField(blank=True, default=list, verbose_name="artists")),
                ("album", models.CharField(blank=True, max_length=255, verbose_name="album")),
                ("upc", models.CharField(blank=True, max_length=14, verbose_name="UPC")),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                ("release_date", models.DateField(blank=True, null=True, verbose_name="released")),
                (
                    "label_name",
                    models.CharField(blank=True, max_length=255, verbose_name="label as printed"),
                ),
                ("p_line", models.CharField(blank=True, max_length=500, verbose_name="℗ line")),
                ("c_line", models.CharField(blank=True, max_length=500, verbose_name="© line")),
                ("explicit", models.BooleanField(default=False, verbose_name="explicit")),
                (
                    "artwork_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="artwork"),
                ),
                (
                    "artwork_colour",
                    models.CharField(blank=True, max_length=6, verbose_name="artwork colour"),
                ),
                (
                    "preview_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="preview"),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("apple_music", "Apple Music"),
                            ("label", "Label delivery"),
                            ("base", "Base catalogue"),
                            ("manual", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="first known from",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["artist", "title", "id"],
            },
        ),
        migrations.CreateModel(
            name="OwnerHint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("licensee", "Licensee"),
                            ("imprint", "Imprint"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("normalised", models.CharField(max_length=255, verbose_name="normalised name")),
                ("confidence_ppm", models.PositiveIntegerField(verbose_name="confidence, ppm")),
                (
                    "fetched_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="fetched"
                    ),
                ),
                (
                    "raw_ref",
                    models.CharField(blank=True, max_length=200, verbose_name="where it stands"),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owner_hints",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "hint of ownership",
                "verbose_name_plural": "hints of ownership",
                "ordering": ["-confidence_ppm", "id"],
            },
        ),
        migrations.CreateModel(
            name="MatchEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        default="matching",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "problem_code",
                    models.CharField(blank=True, max_length=40, verbose_name="problem code"),
                ),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("several", "Several strong candidates"),
                            ("weak", "Weak"),
                            ("altered", "Altered audio"),
                            ("conflict", "Sources disagree"),
                        ],
                        max_length=20,
                        verbose_name="doubt",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "round",
                    models.PositiveIntegerField(default=1, verbose_name="round of identification"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rights.match",
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="library.track",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MatchChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=20, verbose_name="from")),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("matched", "Matched"),
                            ("choose", "Choose"),
                            ("none", "Not found"),
                            ("problem", "Problem"),
                        ],
                        max_length=20,
                        verbose_name="to",
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=20, verbose_name="method")),
                ("score_ppm", models.PositiveIntegerField(default=0, verbose_name="score, ppm")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="rights.match",
                    ),
                ),
                (
                    "from_recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
                (
                    "to_recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a match",
                "verbose_name_plural": "changes of matches",
                "ordering": ["match", "id"],
            },
        ),
        migrations.CreateModel(
            name="MatchCandidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("isrc", "ISRC in the file"),
                            ("fingerprint", "Own fingerprint index"),
                            ("shazam", "Shazam"),
                            ("acoustid", "AcoustID"),
                            ("search", "Search of Apple Music"),
                            ("link", "Pasted link"),
                            ("override", "Staff"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                ("score_ppm", models.PositiveIntegerField(verbose_name="score, ppm")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("evidence", models.JSONField(blank=True, default=dict, verbose_name="evidence")),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="rights.match",
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
                "verbose_name": "candidate",
                "verbose_name_plural": "candidates",
                "ordering": ["match", "rank"],
            },
        ),
        migrations.AddField(
            model_name="match",
            name="recording",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches",
                to="rights.recording",
                verbose_name="recording",
            ),
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("raw", models.JSONField(blank=True, default=dict, verbose_name="as it stands")),
                (
                    "values",
                    models.JSONField(blank=True, default=dict, verbose_name="as it was read"),
                ),
                ("errors", models.JSONField(blank=True, default=list, verbose_name="errors")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("create", "New recording"),
                            ("update", "Changes a recording"),
                            ("same", "Known already"),
                            ("refuse", "Cannot be used"),
                        ],
                        max_length=20,
                        verbose_name="effect",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                (
                    "audio_name",
                    models.CharField(blank=True, max_length=255, verbose_name="audio file"),
                ),
                (
                    "audio_key",
                    models.CharField(blank=True, max_length=120, verbose_name="storage key"),
                ),
                (
                    "fingerprint_key",
                    models.CharField(blank=True, max_length=120, verbose_name="fingerprint"),
                ),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="rights.importrun",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of an import",
                "verbose_name_plural": "rows of imports",
                "ordering": ["run", "line"],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_with_terms", "Allowed with terms"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=20,
                        verbose_name="says",
                    ),
                ),
                ("terms", models.TextField(blank=True, verbose_name="terms")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("said_by", models.CharField(max_length=255, verbose_name="who said so")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("label_delivery", "Label delivery"),
                            ("contract", "Contract"),
                            ("statement", "Written statement"),
                            ("staff", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="how we know",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
                ),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="why withdrawn")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rights.consent",
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.recording",
                        verbose_name="recording",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="recording",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="rights.recording",
                verbose_name="recording",
            ),
        ),
        migrations.CreateModel(
            name="CatalogueListing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("storefront", models.CharField(max_length=2, verbose_name="storefront")),
                ("apple_music_id", models.CharField(max_length=20, verbose_name="Apple Music id")),
                ("url", models.CharField(blank=True, max_length=1000, verbose_name="address")),
                ("playable", models.BooleanField(default=True, verbose_name="playable")),
                ("preferred", models.BooleanField(default=False, verbose_name="preferred")),
                (
                    "fetched_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="fetched"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "catalogue listing",
                "verbose_name_plural": "catalogue listings",
                "ordering": ["storefront", "-preferred", "apple_music_id"],
            },
        ),
        migrations.CreateModel(
            name="RecordingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ("isrc", models.CharField(max_length=12, verbose_name="ISRC")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("version", models.CharField(blank=True, max_length=255, verbose_name="version")),
                ("artist", models.CharField(max_length=500, verbose_name="artist")),
                ("artists", models.JSONField(blank=True, default=list, verbose_name="artists")),
                ("album", models.CharField(blank=True, max_length=255, verbose_name="album")),
                ("upc", models.CharField(blank=True, max_length=14, verbose_name="UPC")),
                (
                    "duration_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in ms"
                    ),
                ),
                ("release_date", models.DateField(blank=True, null=True, verbose_name="released")),
                (
                    "label_name",
                    models.CharField(blank=True, max_length=255, verbose_name="label as printed"),
                ),
                ("p_line", models.CharField(blank=True, max_length=500, verbose_name="℗ line")),
                ("c_line", models.CharField(blank=True, max_length=500, verbose_name="© line")),
                ("explicit", models.BooleanField(default=False, verbose_name="explicit")),
                (
                    "artwork_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="artwork"),
                ),
                (
                    "artwork_colour",
                    models.CharField(blank=True, max_length=6, verbose_name="artwork colour"),
                ),
                (
                    "preview_url",
                    models.CharField(blank=True, max_length=1000, verbose_name="preview"),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("apple_music", "Apple Music"),
                            ("label", "Label delivery"),
                            ("base", "Base catalogue"),
                            ("manual", "Entered by staff"),
                        ],
                        max_length=20,
                        verbose_name="first known from",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "label",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rights.party",
                        verbose_name="label",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecordingFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("value", models.JSONField(verbose_name="value")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("confidence_ppm", models.PositiveIntegerField(verbose_name="confidence, ppm")),
                (
                    "fetched_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="fetched"
                    ),
                ),
                (
                    "raw_ref",
                    models.CharField(blank=True, max_length=200, verbose_name="where it stands"),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="rights.recording",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "ordering": ["field", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SongSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("frozen_at", models.DateTimeField(blank=True, null=True, verbose_name="frozen")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="song_sets",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "song set",
                "verbose_name_plural": "song sets",
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SongSetEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("weight_ppm", models.PositiveIntegerField(verbose_name="weight, ppm")),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="song_set_entries",
                        to="rights.recording",
                    ),
                ),
                (
                    "song_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="rights.songset",
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="song_set_entries",
                        to="library.track",
                    ),
                ),
            ],
            options={
                "verbose_name": "song of a set",
                "verbose_name_plural": "songs of sets",
                "ordering": ["song_set", "position"],
            },
        ),
        migrations.CreateModel(
            name="MatchEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveIntegerField(verbose_name="round of identification")),
                ("recogniser", models.CharField(max_length=40, verbose_name="source")),
                ("revision", models.CharField(blank=True, max_length=80, verbose_name="revision")),
                (
                    "audio_sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="hash of the audio"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("hit", "Found"),
                            ("miss", "Not found"),
                            ("error", "No answer"),
                            ("skipped", "Not asked"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.JSONField(blank=True, default=dict, verbose_name="answer")),
                ("took_ms", models.PositiveIntegerField(default=0, verbose_name="took, ms")),
                (
                    "from_cache",
                    models.BooleanField(default=False, verbose_name="known from before"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="when"
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="rights.match",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["match", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["hit", "miss", "error", "skipped"])),
                        name="rights_evidence_outcome_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationStorefront",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("storefront", models.CharField(max_length=2, verbose_name="storefront")),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="storefront_choice",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "storefront of an organisation",
                "verbose_name_plural": "storefronts of organisations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("storefront__regex", "^[a-z]{2}$")),
                        name="rights_storefront_is_two_letters",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                fields=("kind", "normalised_name"), name="rights_party_is_found_by_its_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["label", "artist", "publisher", "distributor"])),
                name="rights_party_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    models.Q(("normalised_name", ""), _negated=True),
                ),
                name="rights_party_has_a_name",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."name", NEW."normalised_name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="07c29b22c45c85748da7a78f66a551002a0f36bb",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8c6fe",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."name", NEW."normalised_name", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="cd2c6f55da9178abc90d6844efa91362013ad27f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_956a6",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="party",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_partyevent" ("created_at", "id", "kind", "name", "normalised_name", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."id", OLD."kind", OLD."name", OLD."normalised_name", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="93f7348c19a1630e03439c8d9cc089a9c7b09d55",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a48f9",
                    table="rights_party",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["uploaded", "mapped", "previewed", "applied", "discarded"])
                ),
                name="rights_import_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "applied"), ("applied_at", None), _connector="XOR"),
                name="rights_import_applied_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("consent_state__in", ["", "allowed", "allowed_with_terms", "blocked"])
                ),
                name="rights_import_consent_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("consent_state", "allowed_with_terms"), ("consent_terms", ""), _connector="XOR"
                ),
                name="rights_import_terms_are_written_down",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("consent_state", ""),
                    models.Q(
                        ("consent_from__isnull", False), models.Q(("said_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="rights_import_consent_is_dated_and_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")),
                name="rights_recording_isrc_is_well_formed",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="rights_recording_has_a_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("upc", ""), ("upc__regex", "^[0-9]{12,14}$"), _connector="OR"),
                name="rights_recording_upc_is_digits",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("artwork_colour", ""),
                    ("artwork_colour__regex", "^[0-9a-f]{6}$"),
                    _connector="OR",
                ),
                name="rights_recording_colour_is_hex",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["apple_music", "label", "base", "manual"])),
                name="rights_recording_origin_is_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (NEW."album", NEW."artist", NEW."artists", NEW."artwork_colour", NEW."artwork_url", NEW."c_line", NEW."created_at", NEW."duration_ms", NEW."explicit", NEW."id", NEW."isrc", NEW."label_id", NEW."label_name", NEW."origin", NEW."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."preview_url", NEW."release_date", NEW."title", NEW."upc", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="0bde41a1b625a14817e5642f11108de04887c6ab",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1ede4",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (NEW."album", NEW."artist", NEW."artists", NEW."artwork_colour", NEW."artwork_url", NEW."c_line", NEW."created_at", NEW."duration_ms", NEW."explicit", NEW."id", NEW."isrc", NEW."label_id", NEW."label_name", NEW."origin", NEW."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."preview_url", NEW."release_date", NEW."title", NEW."upc", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="0c6c667c6532cdebb6bb0e66f53b8fc2d95d489e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0c27f",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_recordingevent" ("album", "artist", "artists", "artwork_colour", "artwork_url", "c_line", "created_at", "duration_ms", "explicit", "id", "isrc", "label_id", "label_name", "origin", "p_line", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preview_url", "release_date", "title", "upc", "updated_at", "version") VALUES (OLD."album", OLD."artist", OLD."artists", OLD."artwork_colour", OLD."artwork_url", OLD."c_line", OLD."created_at", OLD."duration_ms", OLD."explicit", OLD."id", OLD."isrc", OLD."label_id", OLD."label_name", OLD."origin", OLD."p_line", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."preview_url", OLD."release_date", OLD."title", OLD."upc", OLD."updated_at", OLD."version"); RETURN NULL;',
                    hash="3e5945acfc8683289818e7f3cda3ef5ff21ee284",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f2f5d",
                    table="rights_recording",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ownerhint",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "licensee", "imprint"])),
                name="rights_hint_role_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownerhint",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence_ppm__lte", 1000000)),
                name="rights_hint_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="rights_change_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.UniqueConstraint(
                fields=("match", "recording"), name="rights_candidate_is_named_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.UniqueConstraint(
                fields=("match", "rank"), name="rights_candidate_has_a_rank"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(("rank__gte", 1), ("score_ppm__lte", 1000000)),
                name="rights_candidate_is_ranked",
            ),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("doubt", ""), _negated=True),
                fields=["doubt", "-updated_at"],
                name="rights_match_in_doubt",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["matching", "matched", "choose", "none", "problem"])
                ),
                name="rights_match_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "problem"),
                    models.Q(("problem", ""), ("problem_code", "")),
                    _connector="XOR",
                ),
                name="rights_match_problem_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "matched"), _negated=True),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("recording__isnull", False),
                        models.Q(("method", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rights_match_confirmed_has_a_recording",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["matched", "problem"]),
                    models.Q(("confirmed_at", None), ("confirmed_by", None), ("recording", None)),
                    _connector="OR",
                ),
                name="rights_match_open_has_no_recording",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("score_ppm__lte", 1000000)),
                name="rights_match_score_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("doubt__in", ["", "several", "weak", "altered", "conflict"])),
                name="rights_match_doubt_is_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."doubt", NEW."id", NEW."job_id", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."problem", NEW."problem_code", NEW."reasons", NEW."recording_id", NEW."round", NEW."score_ppm", NEW."state", NEW."track_id", NEW."updated_at"); RETURN NULL;',
                    hash="5f5c1a4bb4cbb79f82ed49d6731dfa188ec8d060",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9e4e1",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."doubt", NEW."id", NEW."job_id", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."problem", NEW."problem_code", NEW."reasons", NEW."recording_id", NEW."round", NEW."score_ppm", NEW."state", NEW."track_id", NEW."updated_at"); RETURN NULL;',
                    hash="1cb1bf7100087753d5341149615952db121b8357",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_52765",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="match",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_matchevent" ("confirmed_at", "confirmed_by_id", "created_at", "doubt", "id", "job_id", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "problem_code", "reasons", "recording_id", "round", "score_ppm", "state", "track_id", "updated_at") VALUES (OLD."confirmed_at", OLD."confirmed_by_id", OLD."created_at", OLD."doubt", OLD."id", OLD."job_id", OLD."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."problem", OLD."problem_code", OLD."reasons", OLD."recording_id", OLD."round", OLD."score_ppm", OLD."state", OLD."track_id", OLD."updated_at"); RETURN NULL;',
                    hash="37cd211ba35a779d98bec19b340b1ea04b8a4e7d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9380b",
                    table="rights_match",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                fields=("run", "line"), name="rights_import_row_has_a_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["create", "update", "same", "refuse"])),
                name="rights_import_row_effect_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("action", "refuse"), ("errors", []), _connector="XOR"),
                name="rights_import_row_refusal_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("label", None), ("recording__isnull", False)),
                    models.Q(("label__isnull", False), ("recording", None)),
                    _connector="OR",
                ),
                name="rights_consent_is_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["allowed", "allowed_with_terms", "blocked"])),
                name="rights_consent_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "allowed_with_terms"), ("terms", ""), _connector="XOR"
                ),
                name="rights_consent_terms_are_written_down",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="rights_consent_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("said_by", ""), _negated=True),
                name="rights_consent_was_said_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="XOR",
                ),
                name="rights_consent_withdrawal_has_a_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (NEW."created_at", NEW."entered_by_id", NEW."id", NEW."label_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recording_id", NEW."said_by", NEW."source", NEW."state", NEW."terms", NEW."valid_from", NEW."valid_to", NEW."withdrawn_at", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="8da94a17c5201d651054d0e93cdd7977a2b8896c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e26f2",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (NEW."created_at", NEW."entered_by_id", NEW."id", NEW."label_id", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recording_id", NEW."said_by", NEW."source", NEW."state", NEW."terms", NEW."valid_from", NEW."valid_to", NEW."withdrawn_at", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="a73043b822fd8979f151973a19d31dd8c6b8c44b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5c9c1",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "rights_consentevent" ("created_at", "entered_by_id", "id", "label_id", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recording_id", "said_by", "source", "state", "terms", "valid_from", "valid_to", "withdrawn_at", "withdrawn_reason") VALUES (OLD."created_at", OLD."entered_by_id", OLD."id", OLD."label_id", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recording_id", OLD."said_by", OLD."source", OLD."state", OLD."terms", OLD."valid_from", OLD."valid_to", OLD."withdrawn_at", OLD."withdrawn_reason"); RETURN NULL;',
                    hash="a9f5a066dc43d1435d2ce30b63f1199783641997",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e9054",
                    table="rights_consent",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="cataloguelisting",
            constraint=models.UniqueConstraint(
                fields=("storefront", "apple_music_id"), name="rights_listing_names_one_recording"
            ),
        ),
        migrations.AddConstraint(
            model_name="cataloguelisting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("preferred", True)),
                fields=("recording", "storefront"),
                name="rights_listing_one_is_preferred",
            ),
        ),
        migrations.AddConstraint(
            model_name="cataloguelisting",
            constraint=models.CheckConstraint(
                condition=models.Q(("storefront__regex", "^[a-z]{2}$")),
                name="rights_listing_storefront_is_two_letters",
            ),
        ),
        migrations.AddIndex(
            model_name="recordingfact",
            index=models.Index(fields=["recording", "field", "-id"], name="rights_fact_newest"),
        ),
        migrations.AddConstraint(
            model_name="recordingfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence_ppm__lte", 1000000)),
                name="rights_fact_confidence_is_a_share",
            ),
        ),
        migrations.AddIndex(
            model_name="songset",
            index=models.Index(
                fields=["organisation", "-created_at"], name="rights_song_set_by_date"
            ),
        ),
        migrations.AddConstraint(
            model_name="songset",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="rights_song_set_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="songset",
            constraint=models.CheckConstraint(
                condition=models.Q(("frozen_at", None), ("deleted_at", None), _connector="OR"),
                name="rights_song_set_frozen_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="songsetentry",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("song_set", "position"),
                name="rights_entry_position_is_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="songsetentry",
            constraint=models.UniqueConstraint(
                fields=("song_set", "track"), name="rights_entry_track_is_in_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="songsetentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1), ("position__lte", 10)),
                name="rights_entry_position_is_one_of_ten",
            ),
        ),
        migrations.AddConstraint(
            model_name="songsetentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight_ppm__lte", 1000000)),
                name="rights_entry_weight_is_a_share",
            ),
        ),
    ]
