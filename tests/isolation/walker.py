"""Every address of the product, read from the resolver itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import URLPattern, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLResolver


@dataclass(frozen=True)
class Address:
    """One route with its full name ("accounts:member-list"; "" when it has none)."""

    name: str
    route: str

    @property
    def is_api(self) -> bool:
        """Whether programs come here, with a token instead of a session."""
        return self.route.startswith("api/v")

    @property
    def is_admin(self) -> bool:
        """Whether the address belongs to the staff admin, which has one rule for all of it."""
        return self.name.startswith("admin:") or self.route.startswith("admin/")


def addresses() -> list[Address]:
    """Return every route of the URLconf, includes followed, in the resolver's order."""
    return list(_walk(get_resolver().url_patterns, route="", namespaces=()))


def _walk(
    patterns: list[URLPattern | URLResolver], *, route: str, namespaces: tuple[str, ...]
) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join((*namespaces, pattern.name)) if pattern.name else ""
            yield Address(name=name, route=here)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, route=here, namespaces=inner)
