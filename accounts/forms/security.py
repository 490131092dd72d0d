"""allauth's forms in our words: visible labels instead of placeholders, and what browsers fill in.

Named in ``ACCOUNT_FORMS`` and ``MFA_FORMS``; checks and effects stay allauth's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as account
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise


PASSWORD_HELP = _("At least 12 characters. A few unrelated words are good.")


class _InOurWords:
    """Apply ``labels``, ``helps`` and ``attrs`` to the fields that exist."""

    labels: dict[str, StrOrPromise] = {}
    helps: dict[str, StrOrPromise] = {}
    attrs: dict[str, dict[str, str]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(self.attrs.get(name, {}))
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, field.help_text)


class _Code(_InOurWords):
    """A code of digits or letters that the browser may fill in from a message."""

    labels = {"code": _("Code")}
    attrs = {
        "code": {
            "autocomplete": "one-time-code",
            "autofocus": "",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
    }


class LoginForm(_InOurWords, account.LoginForm):
    """E-mail address and password; the address field also offers saved passkeys."""

    labels = {
        "login": _("E-mail address"),
        "password": _("Password"),
        "remember": _("Keep me logged in for two weeks"),
    }
    helps = {"password": ""}  # the page has the link to the reset
    attrs = {"login": {"autocomplete": "username webauthn", "autofocus": "", "spellcheck": "false"}}


class SignupForm(_InOurWords, account.SignupForm):
    """E-mail address and password, once: the field can be shown, and the address is verified."""

    labels = {"email": _("E-mail address"), "password1": _("Password")}
    helps = {"password1": PASSWORD_HELP}
    attrs = {"email": {"autocomplete": "username", "spellcheck": "false"}}


class AddEmailForm(_InOurWords, account.AddEmailForm):
    """The new address."""

    labels = {"email": _("New e-mail address")}
    helps = {"email": _("We send a code there. The address changes once you enter it.")}

    def save(self, request: HttpRequest) -> EmailAddress:
        """Send the code; to somebody else's address, the mail that says it has an account.

        allauth would send a code there too. It opens nothing, but it is a mail that its reader
        cannot understand. The page is the same for both, so that nothing is betrayed.
        """
        email = self.cleaned_data["email"]
        if not filter_users_by_email(email):
            address: EmailAddress = super().save(request)
            return address
        state = {
            **EmailVerificationProcess.initial_state(self.user, email),
            "account_already_exists": True,
        }
        process = EmailVerificationProcess(request=request, user=self.user, state=state)
        process.generate_code()  # never sent
        process.send()
        process.persist()
        return EmailAddress(user=self.user, email=email)


class ChangePasswordForm(_InOurWords, account.ChangePasswordForm):
    """The old password once, the new one twice."""

    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    helps = {"oldpassword": "", "password1": PASSWORD_HELP}


class SetPasswordForm(_InOurWords, account.SetPasswordForm):
    """A first password, for somebody who logs in with a passkey only."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    helps = {"password1": PASSWORD_HELP}


class ResetPasswordForm(_InOurWords, account.ResetPasswordForm):
    """The address that gets the link."""

    labels = {"email": _("E-mail address")}
    attrs = {"email": {"autocomplete": "username", "spellcheck": "false"}}


class ResetPasswordKeyForm(_InOurWords, account.ResetPasswordKeyForm):
    """The new password, after the link."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    helps = {"password1": PASSWORD_HELP}


class ReauthenticateForm(_InOurWords, account.ReauthenticateForm):
    """The password once more before something sensitive."""

    labels = {"password": _("Password")}
    helps = {"password": ""}
    attrs = {"password": {"autofocus": ""}}


class ConfirmEmailVerificationCodeForm(_Code, account.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""


class AuthenticateForm(_Code, mfa.AuthenticateForm):
    """The second step of a log-in: a code from the app, or a recovery code."""

    helps = {"code": _("From your authenticator app, or one of your recovery codes.")}


class ReauthenticateCodeForm(_Code, mfa.ReauthenticateForm):
    """A code once more before something sensitive."""

    helps = {"code": _("From your authenticator app, or one of your recovery codes.")}


class ActivateTOTPForm(_Code, totp.ActivateTOTPForm):
    """The first code proves that app and server agree."""

    labels = {"code": _("Code from the app")}
    attrs = {"code": {"autocomplete": "one-time-code", "inputmode": "numeric"}}


class AddWebAuthnForm(_InOurWords, webauthn.AddWebAuthnForm):
    """A name to know the passkey by, and whether it logs in without the password."""

    labels = {"name": _("Name"), "passwordless": _("Log in with this passkey alone")}
    helps = {
        "name": _("How you will recognise it, for example the device it is on."),
        "passwordless": _(
            "No password needed: the device asks for your fingerprint, face or PIN. "
            "Without the tick it is a second step after the password."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("passwordless", True)
        super().__init__(*args, **kwargs)


class EditWebAuthnForm(_InOurWords, webauthn.EditWebAuthnForm):
    """A new name for a passkey."""

    labels = {"name": _("Name")}
