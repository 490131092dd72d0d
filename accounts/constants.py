"""Names and limits that several modules of the accounts app share."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SESSION_ORGANISATION: Final = "organisation"  # session key: the organisation acted for
SESSION_SEEN: Final = "seen_at"  # session key: when the list of sessions was last told, Unix time
SESSION_SEEN_RESOLUTION_S: Final = 300

TOKENS_PER_MEMBER: Final = 20
TOKEN_USE_RESOLUTION: Final = timedelta(minutes=1)  # how exactly the last use is known

ORGANISATIONS_PER_PERSON: Final = 50
INVITATION_PURPOSE: Final = "accounts.invitation"  # salt of the signed link
INVITATION_LIFE: Final = timedelta(days=7)
INVITATION_RESEND_PAUSE: Final = timedelta(minutes=1)
INVITATIONS_OPEN: Final = 50  # per organisation
MAIL_STOP_PURPOSE: Final = "accounts.mail_stop"  # salt of the signed link that refuses mails
DELETION_PURPOSE: Final = "accounts.deletion"  # salt of the signed link that cancels
