"""Mixes of the stems that people save and find again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from generation.constants import MIX_GAIN_MAX_DB, MIX_GAIN_MIN_DB, MIXES_MAX
from generation.exceptions import MixRefusedError
from generation.models import SavedMix, Version, VersionAsset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

NAME_MAX = 80


@transaction.atomic
def mix_save(
    *, version: Version, name: str, gains: Mapping[str, Mapping[str, Any]], actor: User
) -> SavedMix:
    """Save a mix under ``name``; the same name again replaces it.

    Parameters
    ----------
    gains
        By name of a stem: ``{"gain_db": -3.0, "muted": false, "solo": false}``; what is left out
        is 0 dB and neither.

    Raises
    ------
    MixRefusedError
        If the version is not ready, the name is empty, a stem is not of this version, a gain is
        out of range, or there are too many mixes already.
    """
    mine = Version.objects.select_for_update().get(pk=version.pk)
    called = " ".join(name.split())[:NAME_MAX]
    if mine.state != Version.State.READY or not called:
        text = _("Give the mix of a finished version a name. Nothing was saved.")
        raise MixRefusedError("generation.mix.name", text)
    stems = mine.assets.filter(kind=VersionAsset.Kind.STEM)
    read = _gains(gains, set(stems.values_list("name", flat=True)))
    held = mine.mixes.filter(name=called).first()
    if held is None and mine.mixes.count() >= MIXES_MAX:
        text = _("This version has %(most)s mixes already. Delete one; nothing was saved.")
        raise MixRefusedError("generation.mix.full", text % {"most": MIXES_MAX})
    mix = held or SavedMix(version=mine, name=called)
    mix.gains, mix.created_by = read, actor
    mix.save()
    return mix


def mix_delete(*, mix: SavedMix, actor: User) -> None:
    """Forget a mix. Deleted before, nothing happens."""
    SavedMix.objects.filter(pk=mix.pk).delete()


def _gains(
    gains: Mapping[str, Mapping[str, Any]], stems: set[str]
) -> dict[str, dict[str, float | bool]]:
    """Return the gains as they are kept; raises :class:`MixRefusedError`."""
    kept: dict[str, dict[str, float | bool]] = {}
    for stem, said in sorted(gains.items()):
        gain = said.get("gain_db", 0.0)
        is_number = isinstance(gain, int | float) and not isinstance(gain, bool)
        if stem not in stems or not is_number or not MIX_GAIN_MIN_DB <= gain <= MIX_GAIN_MAX_DB:
            text = _("“%(stem)s” cannot be mixed like this. Nothing was saved; reload the page.")
            raise MixRefusedError("generation.mix.gain", text % {"stem": stem})
        kept[stem] = {
            "gain_db": round(float(gain), 2),
            "muted": said.get("muted") is True,
            "solo": said.get("solo") is True,
        }
    return kept
