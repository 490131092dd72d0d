"""Asking for a version: read what was asked, write its rows, enqueue its job. All or nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from config.jobs.services import enqueue
from generation.constants import SEED_MAX
from generation.engines.edits import edit_read
from generation.engines.errors import OptionInvalidError
from generation.engines.options import options_read
from generation.engines.registry import DEFAULT, card_of
from generation.exceptions import VersionRefusedError
from generation.models import BaseModel, Version, VersionSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from generation.models import Song

KIND = "song.generate"


@dataclass(frozen=True)
class Wish:
    """What one version is asked to be; ``edit`` is empty without a ``parent``."""

    options: dict[str, Any]
    seed: int
    parent: Version | None = None
    edit: Mapping[str, Any] | None = None
    files: Sequence[str] = ()


def options_checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option; raises :class:`VersionRefusedError` in words for people."""
    try:
        return options_read(given)
    except OptionInvalidError as wrong:
        text = _("“%(name)s” must be %(rule)s. Nothing was made; change it and try again.")
        said = {"name": wrong.name, "rule": wrong.rule}
        raise VersionRefusedError("generation.options", text % said) from wrong


def edit_checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the edit, a seed drawn where none was given.

    Raises
    ------
    VersionRefusedError
        If it is none that a version can be edited by.
    """
    wanted = dict(given)
    if str(given.get("kind", "")).startswith("reroll") and given.get("seed") is None:
        wanted["seed"] = seed_drawn()
    try:
        return edit_read(wanted)
    except OptionInvalidError as wrong:
        text = _("This edit needs “%(name)s”: %(rule)s. The version stays as it is.")
        said = {"name": wrong.name, "rule": wrong.rule}
        raise VersionRefusedError("generation.edit", text % said) from wrong


def seed_checked(seed: int | None) -> int:
    """Return the seed, one drawn by lot if None was given; raises VersionRefusedError."""
    if seed is None:
        return seed_drawn()
    if not 0 <= seed <= SEED_MAX:
        text = _("A seed is a whole number from 0 to %(most)s. Nothing was made.")
        raise VersionRefusedError("generation.seed", text % {"most": SEED_MAX})
    return seed


def seed_drawn() -> int:
    """Return a seed by lot."""
    return secrets.randbelow(SEED_MAX + 1)


def version_request(
    *, song: Song, wish: Wish, sources: Sequence[VersionSource], idem: str, actor: User
) -> Version:
    """Write one version with its sources and ask for its job, in the caller's transaction.

    The caller holds the row of the song, so numbers follow each other without gaps. The newest
    frozen base model is fixed now, so that trying again later gives the same song; where there is
    none yet the job builds it.
    """
    card = card_of(DEFAULT)
    newest = BaseModel.objects.exclude(frozen_at=None).order_by("-pk").first()
    last = song.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        song=song,
        number=last + 1,
        parent=wish.parent,
        edit=dict(wish.edit or {}),
        options=wish.options,
        seed=wish.seed,
        engine=card.key,
        engine_revision=card.revision,
        base_model=wish.parent.base_model if wish.parent else newest,
        policy=card.policy,
        idem=idem,
        created_by=actor,
    )
    for source in sources:
        source.version = version
    VersionSource.objects.bulk_create(sources)
    version.job = enqueue(
        KIND,
        {"version": str(version.pk), "files": list(wish.files)},
        idem=f"{KIND}/{version.pk}",
        queue=card.queue,
        tenant=song.organisation_id,
        title=song.title,
    )
    version.save(update_fields=["job"])
    return version


def quota_require(*, song: Song, wanted: int) -> None:
    """Refuse more versions in a day than an organisation may make; 0 means as many as it likes.

    Raises
    ------
    VersionRefusedError
        If ``wanted`` more are too many.
    """
    limit: int = settings.GENERATION_VERSIONS_PER_DAY
    if not limit:
        return
    with connection.cursor() as cursor:  # two requests at once count one after the other
        name = f"generation.quota/{song.organisation_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    made = Version.objects.filter(
        song__organisation=song.organisation_id, created_at__gt=Now() - timedelta(days=1)
    ).count()
    if made + wanted > limit:
        text = _(
            "This workspace can make %(limit)s versions in 24 hours and has made %(made)s. "
            "Nothing was made; try again later."
        )
        raise VersionRefusedError("generation.quota", text % {"limit": limit, "made": made})
