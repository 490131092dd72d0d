"""Where a browser plays a track from: the small file, or until that is made the master."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from config.media import signed_url
from library.models import Asset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from library.models import Track

PLAYED = (Asset.Kind.PLAYBACK, Asset.Kind.MASTER)


def play_url(track: Track, files: Iterable[Asset], user: User) -> str:
    """Return where ``track`` is played from, or "" while nothing of it can be heard.

    ``files`` are those of its assets that are at hand, the kinds ``PLAYED`` among them. A master is
    behind an address of its own, whose visitors are the reason to make the small file (ADR 107).
    """
    at_hand = {asset.kind: asset for asset in files}
    if small := at_hand.get(Asset.Kind.PLAYBACK):
        return file_url(small, track, user)
    if Asset.Kind.MASTER in at_hand:
        return reverse("library:track-listen", args=[track.pk])
    return ""


def file_url(asset: Asset, track: Track, user: User, *, inline: bool = True) -> str:
    """Return a signed link with which ``user`` sees or hears one file in the page, or saves it."""
    suffix = asset.key.rpartition(".")[2]
    return signed_url(
        asset.key,
        user_id=user.pk,
        filename=f"{track.title}.{suffix}",
        content_type=asset.content_type,
        inline=inline,
    )
