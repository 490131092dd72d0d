"""Ten songs in, one new song out, with exact shares for every bar."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.domain.actions import action_describe
from config.jobs import registry


class GenerationConfig(AppConfig):
    """Ten songs in, one new song out, with exact shares for every bar."""

    name = "generation"
    verbose_name = _("Songs")

    def ready(self) -> None:
        """Register the system checks; say how songs are made and what the acts are called."""
        # Import models: only once the apps are ready.
        from accounts.services.personal_data import personal_data_register  # noqa: PLC0415
        from generation import checks  # noqa: F401, PLC0415 - importing registers them
        from library.services.naming import key_named_register  # noqa: PLC0415

        for action, words in ACTS.items():
            action_describe(action, words)
        registry.register(
            "song.generate",
            "generation.tasks.generate.generate",
            title=_("Making a song"),
            steps=[
                ("compose", _("Composing")),
                ("perform", _("Playing the instruments")),
                ("mix", _("Mixing and mastering")),
                ("judge", _("Listening critically")),
                ("encode", _("Writing the files")),
                ("attribute", _("Settling who gets what")),
                ("receipt", _("Signing the receipt")),
            ],
            warm=True,
            time_limit_s=900,
            on_retry="generation.services.edits.version_follow_retry",
        )
        registry.register(
            "song.file",
            "generation.tasks.wanted.make",
            title=_("Making a file of a song"),
            steps=[("write", _("Writing the file"))],
            warm=True,
            time_limit_s=300,
        )
        key_named_register("generation.services.retention.key_named")
        personal_data_register(
            "generation",
            collect="generation.services.personal_data.personal_data_collect",
            erase="generation.services.personal_data.personal_data_erase",
            close="generation.services.personal_data.organisation_data_close",
        )
        _register_demo()


def _register_demo() -> None:
    """Say how the demonstration is set up."""
    registry.register(
        "demo.piece",
        "generation.tasks.demo.piece",
        title=_("Rendering a song of the demonstration"),
        steps=[("render", _("Playing and mixing"))],
        warm=True,
        time_limit_s=600,
    )
    registry.register(
        "demo.seed",
        "generation.tasks.demo.seed",
        title=_("Setting up the demonstration"),
        steps=[
            ("render", _("Recording the ten songs")),
            ("register", _("Telling the stand-ins of the catalogue")),
            ("upload", _("Uploading")),
            ("analyse", _("Reading and measuring")),
            ("identify", _("Finding out which recordings they are")),
        ],
        time_limit_s=1_800,
    )


ACTS = {
    "generation.song.requested": "asked for a new song",
    "generation.song.renamed": "renamed a song",
    "generation.song.deleted": "deleted a song",
    "generation.song.restored": "brought a song back",
    "generation.version.requested": "asked for a new version of a song (%(kind)s)",
    "generation.version.retried": "tried a version of a song again",
    "generation.version.cancelled": "stopped the making of a song",
    "generation.version.chosen": "chose the present version of a song",
    "generation.version.rated": "rated a version of a song (%(rating)s)",
}
"""What the acts of the trail are called, as sentences without their subject."""
