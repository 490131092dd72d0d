"""Nora, whose song set lacks three songs: seven are matched, an eighth waits in her library."""

from __future__ import annotations

from accounts.models import Membership, Organisation, User
from tests.browser.sessions import session_of
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_recording, make_song_set

PERSON, PLACE = "nora", "nora's set"
"""By what the site's ``sessions`` and ``addresses`` hold them."""


def started_set_make() -> tuple[str, str]:
    """Save Nora, her studio and her set; return her session's key and the path of the set."""
    nora = User.objects.create_user("nora@example.com", name="Nora")
    studio = Organisation.objects.create(kind=Organisation.Kind.CREATOR, name="Nora's Studio")
    Membership.objects.create(user=nora, organisation=studio, role=Membership.Role.OWNER)
    song_set = make_song_set(studio, 7, matched=True)
    spare = make_track(studio, "Spare")
    make_match(spare, recording=make_recording("Spare"))
    return session_of(nora), f"/sets/{song_set.pk}/"
