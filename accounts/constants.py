"""Names and limits that several modules of the accounts app share."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SESSION_ORGANISATION: Final = "organisation"  # session key: the organisation acted for
SESSION_SEEN: Final = "seen_at"  # session key: when the list of sessions was last told, Unix time
SESSION_SEEN_RESOLUTION_S: Final = 300

TOKENS_PER_MEMBER: Final = 20
TOKEN_SCOPES: Final = ("read", "write")
TOKEN_USE_RESOLUTION: Final = timedelta(minutes=1)  # how exactly the last use is known
