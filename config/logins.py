"""How often people may try to log in, and the forms that allauth shows them; read by settings."""

from __future__ import annotations

ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/m/ip",
    "reset_password": "10/m/ip,3/m/key",
    "reset_password_from_key": "10/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "confirm_email": "1/30s/key",
}

ACCOUNT_FORMS = {
    "login": "accounts.forms.security.LoginForm",
    "signup": "accounts.forms.security.SignupForm",
    "add_email": "accounts.forms.security.AddEmailForm",
    "change_password": "accounts.forms.security.ChangePasswordForm",
    "set_password": "accounts.forms.security.SetPasswordForm",
    "reset_password": "accounts.forms.security.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.security.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.security.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.forms.security.ConfirmEmailVerificationCodeForm",
}

MFA_FORMS = {
    "authenticate": "accounts.forms.security.AuthenticateForm",
    "reauthenticate": "accounts.forms.security.ReauthenticateCodeForm",
    "activate_totp": "accounts.forms.security.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.security.AddWebAuthnForm",
    "edit_webauthn": "accounts.forms.security.EditWebAuthnForm",
}
