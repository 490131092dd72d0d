"""Mira, whose set of ten is complete and measured: a song can be made from it."""

from __future__ import annotations

from accounts.models import Membership, Organisation, User
from generation.services.base_models import base_model_build
from tests.browser.sessions import session_of
from tests.generation.engine.ten import make_ten

PERSON, PLACE = "mira", "mira's set"
"""By what the site's ``sessions`` and ``addresses`` hold them."""


def ready_set_make() -> tuple[str, str]:
    """Save Mira, her studio and her set; return her session's key and the path of the set."""
    mira = User.objects.create_user("mira@example.net", name="Mira")
    studio = Organisation.objects.create(kind=Organisation.Kind.CREATOR, name="Mira's Studio")
    Membership.objects.create(user=mira, organisation=studio, role=Membership.Role.OWNER)
    # The newest: those of the other things are names without a file that an engine could load.
    base_model_build(with_recordings=False)
    return session_of(mira), f"/sets/{make_ten(studio).pk}/"
