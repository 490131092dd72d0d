"""The demo cast and the command that seeds it."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Membership, Organisation, User
from accounts.services.demo import PASSWORD, PEOPLE, demo_accounts_seed
from tests.cast import make_cast

pytestmark = pytest.mark.django_db


def test_seeding_twice_makes_nothing_twice():
    first = demo_accounts_seed()
    assert demo_accounts_seed() == first
    counts = [m.objects.count() for m in (User, EmailAddress, Organisation, Membership)]
    assert counts == [6, 6, 3, 5]


def test_the_cast_of_the_tests_is_that_of_the_demo():
    def rows():
        models = (
            User.objects.values_list("email", "name", "is_staff", "is_superuser", "is_active"),
            EmailAddress.objects.values_list("user__email", "email", "verified", "primary"),
            Organisation.objects.values_list("name", "kind", "closed_at"),
            Membership.objects.values_list("organisation__name", "user__email", "role"),
        )
        return [sorted(found, key=repr) for found in models]

    with transaction.atomic():
        cast = make_cast()
        made = rows()
        assert all(cast.__dict__[name].check_password(PASSWORD) for name in PEOPLE)
        transaction.set_rollback(True)
    demo_accounts_seed()
    assert made == rows()


def test_cast_can_log_in_with_verified_addresses(client):
    for login in demo_accounts_seed():
        client.logout()
        client.post("/account/login/", {"login": login.email, "password": login.password})
        assert client.session["_auth_user_id"]


def test_seeding_leaves_a_stranger_with_the_same_workspace_name_alone(db):
    other = Organisation.objects.create(kind="creator", name="Alice's Studio")
    demo_accounts_seed()
    assert not other.memberships.exists()


def test_command_prints_the_log_ins(settings):
    settings.DEBUG = True
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert len(out.getvalue().splitlines()) == 6
    assert f"alice@example.com      {PASSWORD}" in out.getvalue()


def test_command_refuses_outside_development(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_forced_command_outside_development_gives_a_random_password(settings):
    settings.DEBUG = False
    out = StringIO()
    call_command("seed_demo", "--force", stdout=out)
    assert PASSWORD not in out.getvalue()
    password = out.getvalue().splitlines()[0].split()[1]
    assert len(password) >= 20
    assert User.objects.get(email="alice@example.com").check_password(password)
