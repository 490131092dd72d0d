"""What the rights know of a person, and how they forget: see accounts.services.personal_data.

Matches, their history, claims and consents stay: they are evidence about recordings, and name people only
by the number that is left of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organisation
from config.jobs.models import Job
from rights.models import (
    ClaimChange,
    ClaimEvidence,
    Consent,
    ImportRun,
    MatchChange,
    RightsClaim,
    SongSet,
    StatementDispute,
)
from rights.services.audio_leftovers import organisation_audio_forget

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

FORGOTTEN_SET = "Deleted set"  # the one name that the trigger on frozen sets lets through
FORGOTTEN_SONG = "Deleted song"
FORGOTTEN_DELIVERY = "Deleted delivery"


def personal_data_collect(*, user_id: int) -> Mapping[str, object]:
    """Return the sets that the person made, what they decided, said and delivered."""
    sets = SongSet.objects.filter(created_by=user_id).select_related("organisation")
    changes = MatchChange.objects.filter(actor=user_id).select_related("to_recording")
    consents = Consent.objects.filter(entered_by=user_id)
    runs = ImportRun.objects.filter(created_by=user_id).select_related("label")
    claims = RightsClaim.objects.filter(claimed_by=user_id).select_related("party", "recording")
    evidence = ClaimEvidence.objects.filter(given_by=user_id)
    disputes = StatementDispute.objects.filter(opened_by=user_id).select_related("line__statement")
    return {
        "song_sets": [
            {
                "name": each.name,
                "organisation": each.organisation.name,
                "made_at": each.created_at.isoformat(),
            }
            for each in sets.order_by("created_at", "pk")
        ],
        "decisions": [
            {
                "match": str(each.match_id),
                "became": each.to_state,
                "recording": each.to_recording.isrc if each.to_recording else "",
                "reason": each.reason,
                "at": each.at.isoformat(),
            }
            for each in changes.order_by("pk")
        ],
        "consents": [
            {"state": each.state, "said_by": each.said_by, "at": each.created_at.isoformat()}
            for each in consents.order_by("pk")
        ],
        "claims": [
            {
                "party": each.party.name,
                "recording": each.recording.isrc,
                "share_ppm": each.share_ppm,
                "state": each.state,
                "at": each.claimed_at.isoformat(),
            }
            for each in claims.order_by("claimed_at", "pk")
        ],
        "evidence": [
            {"words": each.words, "file": each.name, "at": each.given_at.isoformat()}
            for each in evidence.order_by("pk")
        ],
        "disputes": [
            {
                "statement": str(each.line.statement),
                "line": each.line.number,
                "reason": each.reason,
                "at": each.opened_at.isoformat(),
            }
            for each in disputes.order_by("opened_at", "pk")
        ],
        "deliveries": [
            {"label": each.label.name, "file": each.filename, "at": each.created_at.isoformat()}
            for each in runs.order_by("created_at", "pk")
        ],
    }


def personal_data_erase(*, user_id: int) -> None:
    """Empty the workspaces that close with the person; elsewhere only forget who it was."""
    closed = list(
        Organisation.objects.filter(
            memberships__user_id=user_id, closed_at__isnull=False
        ).values_list("pk", flat=True)
    )
    for organisation_id in closed:
        organisation_data_close(organisation_id=organisation_id)
    SongSet.objects.filter(created_by=user_id).update(created_by=None)
    Consent.objects.filter(entered_by=user_id).update(entered_by=None)
    ImportRun.objects.filter(created_by=user_id).update(created_by=None)
    RightsClaim.objects.filter(claimed_by=user_id).update(claimed_by=None)
    ClaimEvidence.objects.filter(given_by=user_id).update(given_by=None)
    ClaimChange.objects.filter(made_by=user_id).update(made_by=None)


def organisation_data_close(*, organisation_id: UUID) -> None:
    """Forget what an organisation that is closed called its sets, deliveries and jobs."""
    SongSet.objects.filter(organisation=organisation_id).update(name=FORGOTTEN_SET)
    ImportRun.objects.filter(organisation=organisation_id).update(filename="")
    organisation_audio_forget(organisation_id=organisation_id)
    jobs = Job.objects.filter(tenant=organisation_id, kind__in=("track.identify", "track.learn"))
    jobs.update(title=FORGOTTEN_SONG)
    deliveries = Job.objects.filter(tenant=organisation_id, kind__startswith="rights.delivery.")
    deliveries.update(title=FORGOTTEN_DELIVERY)
