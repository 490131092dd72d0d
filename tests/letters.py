"""What a letter says to its reader: its words without its addresses, whose tokens hold anything."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"""[a-z]+://[^\s"'<>]+""")


def words(text: str) -> str:
    """Return a letter's text or page without its addresses; a token says "50" or "EUR" by chance."""
    return _ADDRESS.sub("", text)
