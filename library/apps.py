"""Audio the creator owns: uploads, analysis, stems, samples, exports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.domain.actions import action_describe
from config.jobs import registry


class LibraryConfig(AppConfig):
    """Audio the creator owns: uploads, analysis, stems, samples, exports."""

    name = "library"
    verbose_name = _("Library")

    def ready(self) -> None:
        """Say how the library's jobs are done, and what it knows of people."""
        action_describe("library.quota.changed", "changed the storage to %(limit_bytes)s bytes")
        action_describe("library.correction.made", "corrected the %(what)s of a song")
        action_describe("library.correction.undone", "let the measured %(what)s of a song stand")
        # Imports models: only once the apps are ready.
        from accounts.services.personal_data import personal_data_register  # noqa: PLC0415

        registry.register(
            "track.ingest",
            "library.tasks.ingest.ingest",
            title=_("Reading a song"),
            steps=[("store", _("Keeping the original")), ("read", _("Reading the sound"))],
            warm=True,
            time_limit_s=600,
            on_retry="library.services.tracks.track_follow_retry",
        )
        registry.register(
            "track.analyse",
            "library.tasks.analyse.analyse",
            title=_("Listening to a song"),
            steps=[("measure", _("Tempo, key, chords and form"))],
            warm=True,
            time_limit_s=600,
            on_retry="library.services.tracks.track_follow_retry",
        )
        registry.register(
            "track.playback",
            "library.tasks.playback.playback",
            title=_("Making a song quick to play"),
            warm=True,
            time_limit_s=600,
        )
        personal_data_register(
            "library",
            collect="library.services.personal_data.personal_data_collect",
            erase="library.services.personal_data.personal_data_erase",
            close="library.services.personal_data.organisation_data_close",
        )
