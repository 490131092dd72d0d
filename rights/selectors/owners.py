"""Who is proposed as the owner of a recording, with everything that speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.hints import NameHint, learn_registrants, propose_owner, registrant_hints
from rights.models import Recording

if TYPE_CHECKING:
    from rights.domain.hints import Proposal, Role

PREFIX = 5


def owner_proposal(recording: Recording) -> Proposal:
    """Return the first proposed owner; unknown is allowed, the money then waits.

    Whom a prefix belongs to is learned from what labels delivered themselves.
    """
    hints = [
        NameHint(each.source, _role(each.role), each.name, each.confidence_ppm, each.raw_ref)
        for each in recording.owner_hints.all()
    ]
    delivered = (
        Recording.objects.filter(
            isrc__startswith=recording.isrc[:PREFIX], origin=Recording.Origin.LABEL
        )
        .exclude(pk=recording.pk)
        .exclude(label=None)
        .values_list("isrc", "label__name")
    )
    registrants = learn_registrants(delivered)
    return propose_owner([*hints, *registrant_hints(recording.isrc, registrants)])


def _role(kept: str) -> Role:
    role: Role = "owner" if kept == "owner" else "licensee" if kept == "licensee" else "imprint"
    return role
