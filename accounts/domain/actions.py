"""What the acts of the audit trail are called, for people.

The apps above add theirs from ``AppConfig.ready()`` with ``action_describe``. The words may use
``%(user)s``, the name of the person an act was about, and every other key of the entry's data.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


WORDS: dict[str, str] = {
    "accounts.organisation.created": gettext_noop("made the organisation"),
    "accounts.organisation.renamed": gettext_noop("renamed the organisation"),
    "accounts.organisation.closed": gettext_noop("closed the organisation"),
    "accounts.organisation.closing_requested": gettext_noop(
        "asked for the closing of the organisation"
    ),
    "accounts.organisation.closing_cancelled": gettext_noop("kept the organisation open"),
    "accounts.member.role_changed": gettext_noop(
        "changed the role of %(user)s from %(from)s to %(to)s"
    ),
    "accounts.member.removed": gettext_noop("removed %(user)s (%(role)s)"),
    "accounts.member.left": gettext_noop("left the organisation (%(role)s)"),
    "accounts.invitation.sent": gettext_noop("invited %(email)s as %(role)s"),
    "accounts.invitation.resent": gettext_noop("sent the invitation to %(email)s again"),
    "accounts.invitation.withdrawn": gettext_noop("withdrew the invitation to %(email)s"),
    "accounts.invitation.accepted": gettext_noop("joined as %(role)s"),
    "accounts.invitation.declined": gettext_noop("declined the invitation (%(email)s)"),
    "accounts.token.created": gettext_noop("made the API token %(prefix)s… of %(user)s"),
    "accounts.token.revoked": gettext_noop("revoked the API token %(prefix)s… of %(user)s"),
    "accounts.mail.refused": gettext_noop("stopped mails of the kind “%(kind)s”"),
    "accounts.mail.wanted": gettext_noop("asked for mails of the kind “%(kind)s” again"),
    "accounts.data.requested": gettext_noop("asked for a copy of their data"),
    "accounts.account.deletion_requested": gettext_noop("asked for the deletion of their account"),
    "accounts.account.deletion_cancelled": gettext_noop("kept their account after all"),
    "accounts.account.erased": gettext_noop("deleted an account"),
    "accounts.log_in.password_changed": gettext_noop("changed the password"),
    "accounts.log_in.password_set": gettext_noop("set a password"),
    "accounts.log_in.password_reset": gettext_noop("reset the password"),
    "accounts.log_in.email_changed": gettext_noop("changed the e-mail address"),
    "accounts.log_in.email_deleted": gettext_noop("removed an e-mail address"),
    "accounts.log_in.totp_activated": gettext_noop("added an authenticator app"),
    "accounts.log_in.totp_deactivated": gettext_noop("removed the authenticator app"),
    "accounts.log_in.webauthn_added": gettext_noop("added a passkey"),
    "accounts.log_in.webauthn_removed": gettext_noop("removed a passkey"),
    "accounts.log_in.recovery_codes_generated": gettext_noop("made new recovery codes"),
    "accounts.log_in.session_ended": gettext_noop("ended a session"),
    "accounts.log_in.other_sessions_ended": gettext_noop("ended all other sessions"),
    "accounts.job.cancelled": gettext_noop("cancelled the job %(reference)s"),
    "accounts.job.retried": gettext_noop("tried a job again, as %(reference)s"),
}


def action_describe(action: str, words: str) -> None:
    """Say what an act is called, as a sentence without its subject: "issued a statement"."""
    WORDS[action] = words


def action_sentence(words: str, data: Mapping[str, Any]) -> str:
    """Fill the words with an entry's data; what the entry lacks becomes a hyphen."""
    return words % defaultdict(lambda: "-", data)
