"""Every address, read from the resolver: those that are a path, and the names of those that take an argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver

from config.urls import urlpatterns
from tests.isolation.walker import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Pages that are not drawn by our templates: the admin's are Unfold's.
FOREIGN = ("admin/",)
# Nor are those for programs, nor the way to the payment service and back, which shows none; and what
# is played or shown is a file, whose address dies after minutes.
FOREIGN_NAMES = ("admin:", "api:", "apiframe:", "rights:payee-onboarding-", "media")
ARGUMENT = re.compile(r"<[^>]+>|\(")


def plain_paths() -> list[str]:
    """Return the paths of all addresses without an argument, sorted."""
    found = {f"/{path}" for path in _walk(urlpatterns) if not path.startswith(FOREIGN)}
    return sorted(path for path in found if not ARGUMENT.search(path))


def names_with_argument() -> list[str]:
    """Return the names of all addresses that are about one thing, sorted."""
    found = {one.name for one in addresses() if ARGUMENT.search(one.route)}
    return sorted(name for name in found if name and not name.startswith(FOREIGN_NAMES))


def _walk(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + re.sub(r"^\^|\\Z$|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path
