"""Row history by triggers: what a row was, whoever changed it and by whatever way.

``track`` gives a model a table of events that a trigger writes on INSERT, UPDATE and DELETE, with
the context (person, organisation, request, route) that ``accounts.middleware`` set. Secrets and
noise are left out of the copy. A migration makes each such table append-only with
``EXECUTE FUNCTION accounts_append_only()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
import pgtrigger

from accounts.models.invitation import Invitation
from accounts.models.organisation import Membership, Organisation
from accounts.models.token import ApiToken
from accounts.models.user import User

if TYPE_CHECKING:
    from django.db.models import Model


def track(model: type[Model], *, exclude: tuple[str, ...] = ()) -> None:
    """Keep the history of ``model`` in ``<Model>Event``, without the fields ``exclude``.

    The context is copied into each event row: a shared context row would have to be updated when
    more becomes known, and then the trail would not be append-only.
    """
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
        context_field=pghistory.ContextJSONField(),
        level=pgtrigger.Row,
    )(model)


track(User, exclude=("password", "last_login"))
track(Organisation)
track(Membership)
track(Invitation, exclude=("digest",))
track(ApiToken, exclude=("digest", "last_used_at"))
