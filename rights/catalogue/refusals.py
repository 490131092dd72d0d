"""What people read when Apple Music does not answer as hoped: what happened, what is safe, what to do."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rights.catalogue.types import (
    CatalogueNotFoundError,
    CatalogueRefusedError,
    CatalogueUnavailableError,
)


def busy(retry_after_s: float) -> CatalogueUnavailableError:
    """Return the error for too many questions, ours or others'."""
    return CatalogueUnavailableError(
        "catalogue.busy",
        _("Apple Music is being asked too often at the moment. Your songs are safe. %(when)s")
        % {"when": when(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def broken(retry_after_s: float) -> CatalogueUnavailableError:
    """Return the error for a breaker that is open."""
    return CatalogueUnavailableError(
        "catalogue.resting",
        _(
            "Apple Music has not answered several times in a row, so it is left alone for a while. "
            "Your songs are safe. %(when)s"
        )
        % {"when": when(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def down(retry_after_s: float) -> CatalogueUnavailableError:
    """Return the error for a service in trouble: 5xx."""
    return CatalogueUnavailableError(
        "catalogue.down",
        _("Apple Music is in trouble and does not answer. Your songs are safe. %(when)s")
        % {"when": when(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def silent(retry_after_s: float) -> CatalogueUnavailableError:
    """Return the error for a service that cannot be reached, or takes too long."""
    return CatalogueUnavailableError(
        "catalogue.unreachable",
        _("Apple Music could not be reached in time. Your songs are safe. %(when)s")
        % {"when": when(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def garbled(retry_after_s: float) -> CatalogueUnavailableError:
    """Return the error for an answer that is no answer."""
    return CatalogueUnavailableError(
        "catalogue.garbled",
        _("Apple Music sent an answer that cannot be read. Your songs are safe. %(when)s")
        % {"when": when(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def off() -> CatalogueUnavailableError:
    """Return the error for an installation that does not ask Apple Music."""
    return CatalogueUnavailableError(
        "catalogue.off",
        _(
            "This installation does not ask Apple Music. Your songs are safe. Whoever runs it can "
            "switch Apple Music on with APPLE_MUSIC_KEY."
        ),
    )


def key_refused() -> CatalogueRefusedError:
    """Return the error for 401."""
    return CatalogueRefusedError(
        "catalogue.key_refused",
        _(
            "Apple Music does not accept the key of this installation. Your songs are safe. Nothing "
            "that you do will change this: whoever runs this installation checks APPLE_MUSIC_KEY, "
            "APPLE_MUSIC_KEY_ID and APPLE_MUSIC_TEAM_ID."
        ),
    )


def forbidden() -> CatalogueRefusedError:
    """Return the error for 403."""
    return CatalogueRefusedError(
        "catalogue.forbidden",
        _(
            "Apple Music does not allow this installation to look songs up. Your songs are safe. "
            "Whoever runs this installation checks in Apple's developer account that the key is "
            "made for MusicKit and has not been revoked."
        ),
    )


def refused(status: int) -> CatalogueRefusedError:
    """Return the error for a question that Apple does not take."""
    return CatalogueRefusedError(
        "catalogue.refused",
        _(
            "Apple Music did not take this question (status %(status)d). Nothing was changed. Try "
            "other words, or search by ISRC."
        )
        % {"status": status},
    )


def not_found(storefront: str) -> CatalogueNotFoundError:
    """Return the error for 404."""
    return CatalogueNotFoundError(
        "catalogue.not_found",
        _(
            "Apple Music has nothing under this id in the storefront “%(storefront)s”. Nothing was "
            "changed. Look at the link again, or search by title and artist."
        )
        % {"storefront": storefront},
    )


def no_storefront(storefront: str) -> CatalogueNotFoundError:
    """Return the error for a country without a shop."""
    return CatalogueNotFoundError(
        "catalogue.storefront_unknown",
        _(
            "Apple Music has no storefront “%(storefront)s”. Nothing was changed. Choose the "
            "country of your organisation anew."
        )
        % {"storefront": storefront},
    )


def when(retry_after_s: float) -> str:
    """Return when it is worth another attempt."""
    seconds = max(1, math.ceil(retry_after_s))
    if seconds < 90:
        return ngettext(
            "Try again in %(count)d second.", "Try again in %(count)d seconds.", seconds
        ) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Try again in %(count)d minute.", "Try again in %(count)d minutes.", minutes
    ) % {"count": minutes}
