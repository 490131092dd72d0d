"""The secrets of second factors in the database: encrypted, working, moved to a new key."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.services.second_steps import second_steps_reseal
from config.lib.sealing import SealBrokenError
from tests.accounts.authenticator import totp

pytestmark = pytest.mark.django_db
OLD, NEW = "the old key of second factors", "the new key of second factors"


def stored() -> str:
    """Everything that a copy of the table would show."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        return cursor.fetchone()[0]


@pytest.fixture
def secret(cast, settings):
    """Alice's app and recovery codes, sealed with the old key."""
    settings.MFA_KEYS = [OLD]
    key = generate_totp_secret()
    TOTP.activate(cast.alice, key)
    RecoveryCodes.activate(cast.alice)
    return key


def app_accepts(user, secret) -> bool:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return TOTP(row).validate_code(totp(secret))


def recovery_codes(user) -> list[str]:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return RecoveryCodes(row).get_unused_codes()


def test_a_copy_of_the_table_shows_no_secret_and_the_app_works(cast, secret):
    assert secret not in stored()
    assert stored().count("sealed:") == 2
    assert app_accepts(cast.alice, secret)
    assert len(recovery_codes(cast.alice)) == 10


def test_resealing_moves_everything_to_the_new_key(cast, secret, settings, capsys):
    codes = recovery_codes(cast.alice)
    settings.MFA_KEYS = [NEW, OLD]
    call_command("reseal")
    assert capsys.readouterr().out == "2 second factors are sealed with the first key.\n"
    settings.MFA_KEYS = [NEW]
    assert app_accepts(cast.alice, secret)
    assert recovery_codes(cast.alice) == codes


def test_without_the_old_key_nothing_is_resealed(secret, settings):
    before = stored()
    settings.MFA_KEYS = [NEW]
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal")
    assert stored() == before


def test_one_broken_row_leaves_the_others_as_they_were(cast, secret, settings):
    settings.MFA_KEYS = ["a key that nobody has any more"]
    TOTP.activate(cast.bob, generate_totp_secret())
    settings.MFA_KEYS = [NEW, OLD]
    before = stored()
    with pytest.raises(SealBrokenError):
        second_steps_reseal()
    assert stored() == before


def test_without_keys_of_their_own_they_are_sealed_with_the_secret_key(settings):
    assert [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS] == settings.MFA_KEYS
