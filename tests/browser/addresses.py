"""Every address that can be visited with nothing but its path, read from the resolver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver

from config.urls import urlpatterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Pages that are not drawn by our templates: the admin's are Unfold's.
FOREIGN = ("admin/",)
ARGUMENT = re.compile(r"<[^>]+>|\(")


def plain_paths() -> list[str]:
    """Return the paths of all addresses without an argument, sorted."""
    found = {f"/{path}" for path in _walk(urlpatterns) if not path.startswith(FOREIGN)}
    return sorted(path for path in found if not ARGUMENT.search(path))


def _walk(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + re.sub(r"^\^|\\Z$|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path
