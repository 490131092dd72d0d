"""Who is who, who owns what, who is owed what."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.domain.actions import action_describe
from accounts.domain.mail_kinds import gettext_noop, mail_kind_describe
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
        mail_kind_describe(
            "statement",
            title=gettext_noop("Statements"),
            when=gettext_noop("When a statement of your organisation is published or corrected."),
        )
        mail_kind_describe(
            "payout",
            title=gettext_noop("Payouts"),
            when=gettext_noop("When a payout is on its way, or a bank has refused one."),
        )
        _register_songs()
        _register_money()
        _register_payouts()
        _register_demo()
        track_ready_register("rights.services.matching.match_track_ready")
        personal_data_register(
            "rights",
            collect="rights.services.personal_data.personal_data_collect",
            erase="rights.services.personal_data.personal_data_erase",
            close="rights.services.personal_data.organisation_data_close",
        )


def _register_demo() -> None:
    """How the demonstration's label comes to its money."""
    registry.register(
        "demo.money",
        "rights.tasks.demo_money.demo_money",
        title=_("Setting up the demonstration's income"),
        steps=[
            ("owners", _("Recordings, claims and a contract")),
            ("months", _("Reports, runs and statements")),
            ("payout", _("Paying the label")),
        ],
        time_limit_s=900,
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
    registry.register(
        "rights.statements.issue",
        "rights.tasks.statements.statements_issue_job",
        title=_("Issuing the statements of a month"),
        steps=[("statements", _("Settling and writing")), ("documents", _("Drawing the PDFs"))],
        time_limit_s=7_200,
        on_retry="rights.services.statements.batch_follow_retry",
    )
    registry.register(
        "rights.statements.publish",
        "rights.tasks.statements.statements_publish_job",
        title=_("Publishing the statements of a month"),
        time_limit_s=3_600,
    )


def _register_payouts() -> None:
    """What is done at the payment provider."""
    registry.register(
        "rights.payouts.send",
        "rights.tasks.payouts.payout_batch_send",
        title=_("Sending payouts"),
        time_limit_s=3_600,
        on_retry="rights.services.payouts.batch_follow_retry",
    )
    registry.register(
        "rights.payouts.event",
        "rights.tasks.payouts.payout_event",
        title=_("Acting upon a message of the payment provider"),
        warm=True,
        time_limit_s=300,
    )
    registry.register(
        "rights.payouts.reconcile",
        "rights.tasks.payouts.payout_reconcile",
        title=_("Comparing payouts with the payment provider"),
        time_limit_s=1_800,
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
    "rights.income.mapping_saved": "saved how the reports of %(source)s are read (revision %(revision)s)",
    "rights.income.mapped": "chose the columns of a usage report (%(source)s)",
    "rights.income.reread": "had a usage report read again",
    "rights.income.assigned": "said of which song uses of a report are (%(isrc)s): %(because)s",
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
    "rights.advance.paid": "paid an advance of %(amount)s (%(reference)s)",
    "rights.statement.begun": "had the statements of a month issued",
    "rights.statement.issued": "issued %(statements)s statements",
    "rights.statement.revised": "corrected the statement %(number)s: %(because)s",
    "rights.statement.published": "published the statement %(number)s",
    "rights.dispute.opened": "disputed line %(line)s of the statement %(number)s",
    "rights.dispute.investigated": "looked into a dispute of the statement %(number)s, line %(line)s",
    "rights.dispute.upheld": "upheld a dispute of the statement %(number)s, line %(line)s",
    "rights.dispute.rejected": "rejected a dispute of the statement %(number)s, line %(line)s",
    "rights.payout_batch.made": "made a payout batch",
    "rights.payout_batch.approved": "approved a payout batch: %(because)s",
    "rights.payout_batch.cancelled": "cancelled a payout batch: %(because)s",
    "rights.payout_batch.sent": "had a payout batch sent",
    "rights.payout.paid": "sent a payout on its way",
    "rights.payout.take_back_asked": "asked for a payout back: %(because)s",
    "rights.payout.taken_back": "saw money of a payout come back",
    "rights.payout.topped_up": "saw a top-up arrive at the payment provider",
    "rights.payee.opened": "opened an account for payouts",
    "rights.payee.onboarding": "saw that details for payouts are missing",
    "rights.payee.active": "saw an account for payouts become ready",
    "rights.payee.restricted": "saw an account for payouts restricted",
    "rights.payee.closed": "saw an account for payouts disconnected",
    "rights.payee_hold.placed": "held the payouts of a payee (%(reason)s)",
    "rights.payee_hold.lifted": "lifted a hold of payouts (%(reason)s)",
    "rights.period.locked": "locked the books",
    "rights.ledger.proved": "proved the ledger",
    "rights.ledger.broken": "found the ledger broken",
}
"""What the acts of the trail are called, as sentences without their subject."""
