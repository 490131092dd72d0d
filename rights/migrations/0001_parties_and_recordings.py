"""Parties, recordings with what catalogues say of them, hints at their owners, storefronts."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0005_leaving"), ("library", "0002_corrections_and_quotas")]

    operations = [
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "normalised_name"), name="rights_party_is_found_by_its_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["label", "artist", "publisher", "distributor"])
                        ),
                        name="rights_party_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("normalised_name", ""), _negated=True),
                        ),
                        name="rights_party_has_a_name",
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
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["artist", "title", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("isrc__regex", "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")),
                        name="rights_recording_isrc_is_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="rights_recording_has_a_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("upc", ""), ("upc__regex", "^[0-9]{12,14}$"), _connector="OR"
                        ),
                        name="rights_recording_upc_is_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("artwork_colour", ""),
                            ("artwork_colour__regex", "^[0-9a-f]{6}$"),
                            _connector="OR",
                        ),
                        name="rights_recording_colour_is_hex",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("origin__in", ["apple_music", "label", "base", "manual"])
                        ),
                        name="rights_recording_origin_is_known",
                    ),
                ],
            },
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
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="rights.recording",
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
            ],
            options={
                "verbose_name": "catalogue listing",
                "verbose_name_plural": "catalogue listings",
                "ordering": ["storefront", "-preferred", "apple_music_id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("storefront", "apple_music_id"),
                        name="rights_listing_names_one_recording",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("preferred", True)),
                        fields=("recording", "storefront"),
                        name="rights_listing_one_is_preferred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("storefront__regex", "^[a-z]{2}$")),
                        name="rights_listing_storefront_is_two_letters",
                    ),
                ],
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
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="rights.recording",
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
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "ordering": ["field", "-id"],
                "indexes": [
                    models.Index(fields=["recording", "field", "-id"], name="rights_fact_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confidence_ppm__lte", 1000000)),
                        name="rights_fact_confidence_is_a_share",
                    )
                ],
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
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owner_hints",
                        to="rights.recording",
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
            ],
            options={
                "verbose_name": "hint of ownership",
                "verbose_name_plural": "hints of ownership",
                "ordering": ["-confidence_ppm", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "licensee", "imprint"])),
                        name="rights_hint_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence_ppm__lte", 1000000)),
                        name="rights_hint_confidence_is_a_share",
                    ),
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
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="storefront_choice",
                        to="accounts.organisation",
                    ),
                ),
                ("storefront", models.CharField(max_length=2, verbose_name="storefront")),
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
    ]
