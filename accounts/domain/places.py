"""Name the place of an IP address from a MaxMind DB file, where the installation has one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import maxminddb


def place_name(address: str, *, database: str) -> str:
    """Return "City, Country", or the country alone; "" when the file does not know, or is none.

    ``database`` is the path of the file. A file that is given and cannot be read raises OSError or
    ``maxminddb.InvalidDatabaseError``: a wrong setting should be seen.
    """
    if not database:
        return ""
    found: Any = _reader(database).get(address)
    if not isinstance(found, dict):
        return ""
    country = _english(found.get("country")) or _english(found.get("registered_country"))
    return ", ".join(part for part in (_english(found.get("city")), country) if part)


@lru_cache(maxsize=2)
def _reader(database: str) -> maxminddb.Reader:
    # Mapped into memory: the file is some 60 MB and read once per process, page by page.
    return maxminddb.open_database(database)


def _english(part: Any) -> str:
    """Return the English name of a city or country record."""
    names = part.get("names") if isinstance(part, dict) else None
    return str(names.get("en", "")) if isinstance(names, dict) else ""
