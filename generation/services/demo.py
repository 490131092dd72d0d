"""The demonstration: asking for its ten songs, their labels, and the song that is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.services.demo import demo_address
from config.jobs.models import Job
from config.jobs.services import enqueue, job_retry
from generation.exceptions import DemoMissingError
from rights.models import Party, SongSet
from rights.services.parties import party_find_or_create
from rights.services.song_sets import song_set_create

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from library.models import Track

CREATOR, LABEL_OWNER = "alice", "rita"
SET_NAME = "The ten of the demonstration"
SONG_TITLE = "Ten into One"
SONG_SEED = 10
QUEUE = "gpu"
"""The conductor waits more than it works; here it keeps no worker from the songs it waits for."""


def demo_folder() -> Path:
    """Return where the songs of the demonstration stand; ``bin/song`` reads them there."""
    return Path(settings.VAR_DIR) / "demo-songs"


def demo_creator() -> Membership:
    """Return alice's membership of the workspace she owns.

    Raises
    ------
    DemoMissingError
        If the demo people are missing.
    """
    owned = Membership.objects.select_related("organisation", "user").filter(
        user__email=demo_address(CREATOR),
        role=Membership.Role.OWNER,
        organisation__closed_at=None,
    )
    if (found := owned.order_by("pk").first()) is None:
        raise DemoMissingError(
            "generation.demo.nobody",
            _("There is no demo creator to give the songs to. Run manage.py seed_demo first."),
        )
    return found


@transaction.atomic
def demo_songs_ask(*, revision: str) -> Job:
    """Ask for the ten songs in alice's library, a set of them and a song, in the background.

    Asked again for the same ``revision`` of the pieces, it is the same work: what is done stays
    done, and what failed or was stopped goes on where it was.

    Raises
    ------
    DemoMissingError
        If the demo people are missing.
    """
    creator = demo_creator()
    tenant = creator.organisation_id
    job = enqueue(
        "demo.seed",
        {},
        idem=f"demo.seed/{tenant}/{revision[:32]}",
        queue=QUEUE,
        tenant=tenant,
        title=_("The ten songs of the demonstration"),
    )
    while (later := Job.objects.filter(retry_of=job).first()) is not None:
        job = later
    if job.state in {Job.State.FAILED, Job.State.CANCELLED}:
        return job_retry(job=job, idem=f"demo.seed/retry/{job.pk}")
    return job


@transaction.atomic
def demo_labels_seed(*, names: Collection[str]) -> list[Party]:
    """Make an organisation for every label, owned by rita, and connect the label's party to it."""
    rita = User.objects.get(email=demo_address(LABEL_OWNER))
    parties = []
    for name in sorted(names):
        mine = Organisation.objects.active().filter(name=name, members=rita)
        organisation = mine.order_by("pk").first() or Organisation.objects.create(
            kind=Organisation.Kind.RIGHTS_HOLDER, name=name
        )
        Membership.objects.get_or_create(
            organisation=organisation, user=rita, defaults={"role": Membership.Role.OWNER}
        )
        party = party_find_or_create(name=name, kind=Party.Kind.LABEL, organisation=organisation)
        parties.append(party)
    return parties


@transaction.atomic
def demo_set_make(*, creator: Membership, tracks: Sequence[Track]) -> SongSet:
    """Return the set of exactly these tracks, made (and their identification begun) if missing."""
    wanted = {track.pk for track in tracks}
    sets = SongSet.objects.filter(organisation=creator.organisation, name=SET_NAME, deleted_at=None)
    for known in sets.order_by("pk"):
        if {entry.track_id for entry in known.entries.all()} == wanted:
            return known
    return song_set_create(
        organisation=creator.organisation, name=SET_NAME, actor=creator.user, tracks=tracks
    )
