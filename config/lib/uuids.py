"""Keys that come from outside, as text."""

from __future__ import annotations

from uuid import UUID


def is_uuid(text: str) -> bool:
    """Tell whether a database would take ``text`` for a key."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
