"""Which mails a person may refuse, and what they are called.

A mail without a kind is about security and cannot be refused. The apps above add their kinds from
``AppConfig.ready()`` with ``mail_kind_describe``. A name is for ever: it stands signed in mails
that were sent years ago.
"""

from __future__ import annotations

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class MailKind:
    """What the settings call these mails, and when they come."""

    title: str
    when: str


KINDS: dict[str, MailKind] = {
    "export": MailKind(
        gettext_noop("Copies of your data"),
        gettext_noop("When a copy that you asked for is ready to download."),
    ),
    "invitation": MailKind(
        gettext_noop("Invitations"),
        gettext_noop(
            "When somebody invites you to an organisation. Without the mail, invitations still "
            "wait for you under Organisations."
        ),
    ),
}

# What keeps coming whatever somebody refuses: it may be the only sign that an account is misused.
ALWAYS: tuple[str, ...] = (
    gettext_noop("Codes and links that you ask for to log in or to reset your password"),
    gettext_noop("Changes of your password, e-mail address, passkeys or authenticator app"),
    gettext_noop("New API tokens made with your account"),
    gettext_noop("The deletion of your account, or the closing of an organisation you are in"),
)


def mail_kind_describe(name: str, *, title: str, when: str) -> None:
    """Say what the mails of a kind are called and when they come; the same again is harmless."""
    KINDS[name] = MailKind(title, when)
