"""Who is who, who owns what, who is owed what."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.domain.actions import action_describe
from config.jobs import registry


class RightsConfig(AppConfig):
    """Who is who, who owns what, who is owed what."""

    name = "rights"
    verbose_name = _("Rights")

    def ready(self) -> None:
        """Say how songs are identified, what the acts are called, and what is known of people."""
        # Import models: only once the apps are ready.
        from accounts.services.personal_data import personal_data_register  # noqa: PLC0415
        from library.services.readiness import track_ready_register  # noqa: PLC0415

        for action, words in ACTS.items():
            action_describe(action, words)
        _register_songs()
        _register_money()
        track_ready_register("rights.services.matching.match_track_ready")
        personal_data_register(
            "rights",
            collect="rights.services.personal_data.personal_data_collect",
            erase="rights.services.personal_data.personal_data_erase",
            close="rights.services.personal_data.organisation_data_close",
        )


def _register_songs() -> None:
    """What is done with songs and with deliveries of recordings."""
    registry.register(
        "track.identify",
        "rights.tasks.identify.identify",
        title=_("Finding out which recording it is"),
        steps=[
            ("tags", _("Reading the tags")),
            ("index", _("Listening: our own index")),
            ("shazam", _("Listening: Shazam")),
            ("acoustid", _("Listening: AcoustID")),
            ("catalogue", _("Looking it up in Apple Music")),
        ],
        warm=True,
        time_limit_s=900,
        on_retry="rights.services.matching.match_follow_retry",
    )
    registry.register(
        "track.learn",
        "rights.tasks.identify.learn",
        title=_("Learning the sound of a recording"),
        warm=True,
        time_limit_s=300,
    )
    registry.register(
        "rights.delivery.read",
        "rights.tasks.delivery_read.delivery_read",
        title=_("Reading a delivery's audio"),
        steps=[("files", _("Reading the files"))],
        warm=True,
        time_limit_s=3_600,
        on_retry="rights.services.import_audio.import_read_follow_retry",
    )
    registry.register(
        "rights.delivery.apply",
        "rights.tasks.delivery_apply.delivery_apply",
        title=_("Applying a delivery"),
        steps=[
            ("recordings", _("Writing the recordings")),
            ("sounds", _("Learning their sounds")),
        ],
        on_retry="rights.services.import_apply.import_follow_retry",
    )


def _register_money() -> None:
    """What is done with reports and months."""
    registry.register(
        "rights.income.read",
        "rights.tasks.income.income_file_read",
        title=_("Reading a usage report"),
        warm=True,
        time_limit_s=3_600,
        on_retry="rights.services.income.income_follow_retry",
    )
    registry.register(
        "rights.run.calculate",
        "rights.tasks.royalty_run.royalty_run_calculate",
        title=_("Calculating a royalty run"),
        warm=True,
        time_limit_s=3_600,
        on_retry="rights.services.royalty_runs.run_follow_retry",
    )


ACTS = {
    "rights.song_set.created": "made a song set",
    "rights.song_set.song_removed": "took a song out of a song set",
    "rights.song_set.weighted": "changed the weights of a song set",
    "rights.song_set.deleted": "deleted a song set",
    "rights.song_set.restored": "brought a song set back",
    "rights.song_set.frozen": "fixed a song set for a new song",
    "rights.match.confirmed": "said which recording a song is",
    "rights.match.reopened": "took back which recording a song is",
    "rights.match.overridden": "overruled which recording a song is",
    "rights.storefront.chosen": "chose the country %(to)s to look songs up in, instead of %(from)s",
    "rights.consent.recorded": "recorded a consent (%(state)s)",
    "rights.consent.ended": "ended a consent on %(on)s",
    "rights.consent.withdrawn": "withdrew a consent entered by mistake",
    "rights.import.begun": "brought a catalogue delivery",
    "rights.import.applied": "applied a catalogue delivery (%(recordings)s recordings)",
    "rights.import.discarded": "discarded a catalogue delivery",
    "rights.split_sheet.frozen": "froze the split of %(isrc)s, version %(version)s",
    "rights.income.settled": "settled a concern about a usage report (%(code)s)",
    "rights.income.ignored": "said that uses of a report are not of our songs",
    "rights.income.posted": "posted a usage report",
    "rights.income.reversed": "reversed a usage report: %(because)s",
    "rights.rates.imported": "imported %(rates)s exchange rates up to %(to)s",
    "rights.run.begun": "began a royalty run",
    "rights.run.calculated": "had a royalty run calculated",
    "rights.run.approved": "approved a royalty run: %(because)s",
    "rights.run.locked": "locked a royalty run",
    "rights.claim.claimed": "claimed a share of a recording",
    "rights.claim.active": "accepted a claim",
    "rights.claim.rejected": "rejected a claim",
    "rights.claim.withdrawn": "withdrew a claim",
    "rights.claim.superseded": "ended a claim where another begins",
    "rights.claim.evidence_added": "added evidence to a claim",
    "rights.contract.made": "made a contract with a payee",
    "rights.contract.terms_added": "gave a contract new terms from %(from)s on",
    "rights.period.locked": "locked the books",
    "rights.ledger.proved": "proved the ledger",
    "rights.ledger.broken": "found the ledger broken",
}
"""What the acts of the trail are called, as sentences without their subject."""
