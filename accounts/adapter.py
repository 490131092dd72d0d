"""Where allauth meets the product: its mails, its security events, its names.

allauth finds these classes through ``ACCOUNT_ADAPTER`` and ``MFA_ADAPTER``.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts.domain.devices import device_names
from accounts.services.mail import mail_send
from accounts.services.second_steps import secret_open, secret_seal
from accounts.services.sessions import security_event_record

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest

    from accounts.models import User

log = structlog.get_logger(__name__)

PRODUCT = "Tenfold"
REAUTHENTICATION = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Mail through the outbox; every security event ends the other sessions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "That e-mail address and password do not belong together. Check both, "
            "or reset the password."
        ),
        "too_many_login_attempts": _(
            "Too many failed attempts. Nothing has changed; try again in five minutes."
        ),
        "incorrect_code": _("That code is not right. Check it and enter it again."),
        "incorrect_password": _("That is not your password. Enter it again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one of allauth's mails into the outbox (``account/email/x`` is ``account/x``)."""
        values = {key: value for key, value in context.items() if key != "request"}
        mail_send(template=template_prefix.replace("/email/", "/"), to=email, context=values)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person about a change of password, address or factor, and act on it.

        allauth calls this for each such change and for nothing else.
        """
        browser, system = device_names(self.get_http_user_agent(self.request))
        details = {"browser": browser, "system": system, **(context or {})}
        super().send_notification_mail(template_prefix, user, details, email)
        security_event_record(
            user=user,
            event=template_prefix.rpartition("/")[2],
            keep_session_key=self.request.session.session_key,
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a wrong password; the line names neither the address nor the password."""
        log.warning("login_failed")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Name the ways to answer "is it you?" as the rest of the product names them."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [
            {**method, "description": REAUTHENTICATION.get(method["id"], method["description"])}
            for method in methods
        ]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a new password: back to the page it was started from."""
        return reverse("accounts:security")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """After a changed address: back to the settings; after a sign-up: on into the product."""
        if self.request.user.is_authenticated:
            return reverse("accounts:security")
        url: str = super().get_email_verification_redirect_url(email_address)
        return url


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets sealed in the database; names of passkeys and of the product on the authenticator."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right. Check it and enter it again."),
    }

    def encrypt(self, text: str) -> str:
        """Seal the key of an app or the seed of recovery codes on its way into the database."""
        return secret_seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again."""
        return secret_open(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code on white, so that a dark page does not hide it."""
        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, border=2).save(buffer)
        return buffer.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Suggest a name that says where the passkey was made."""
        browser, system = device_names(self.request.META.get("HTTP_USER_AGENT", ""))
        if browser and system:
            return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        return browser or system or gettext("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the product; the id, which binds the passkey, stays the host."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": PRODUCT}
