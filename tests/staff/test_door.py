"""Who gets into the staff admin, and how the others are turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as product
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.isolation.callers import browser as callers_browser
from tests.isolation.database import difference, rows
from tests.isolation.walker import addresses

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_nobody_is_sent_to_the_products_own_log_in(db: None):
    answer = Client().get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login") + "?next=")
    assert "/admin/accounts/user/" in answer.redirect_chain[-1][0]


def test_people_are_refused(cast: Cast):
    answer = browser(cast.alice).get("/admin/", follow=True)
    assert answer.status_code == 403


def test_staff_without_a_second_factor_are_sent_to_set_one_up(cast: Cast):
    client = browser(cast.sam)
    answer = client.get("/admin/", follow=False)
    answer = client.get(answer["Location"])
    assert answer["Location"] == reverse("mfa_activate_totp")
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert len(told) == 1
    assert "second step" in told[0]


def test_recovery_codes_alone_are_no_second_factor(cast: Cast):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(
        user=cast.sam, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    assert browser(cast.sam).get("/admin/").status_code == 302


def test_staff_with_a_second_factor_get_in(staff: Client):
    answer = staff.get("/admin/")
    assert answer.status_code == 200
    assert "Tenfold staff" in answer.content.decode()


def test_closed_account_of_staff_does_not_get_in(staff: Client, cast: Cast):
    User.objects.filter(pk=cast.sam.pk).update(is_active=False)
    assert staff.get("/admin/").status_code == 302


def test_second_factor_is_asked_for_unless_a_setting_says_no(cast: Cast, settings: Any):
    assert product.ADMIN_MFA_REQUIRED is True
    settings.ADMIN_MFA_REQUIRED = False
    assert browser(cast.sam).get("/admin/").status_code == 200
    assert browser(cast.alice).get("/admin/").status_code == 302


def test_log_in_leads_back_to_the_page_asked_for(staff: Client):
    answer = staff.get("/admin/login/?next=/admin/accounts/user/")
    assert answer["Location"] == "/admin/accounts/user/"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_log_in_leads_nowhere_else(staff: Client, back: str):
    assert staff.get("/admin/login/", {"next": back})["Location"] == "/admin/"


def test_admin_has_no_log_in_form_of_its_own(cast: Cast):
    answer = Client().post(
        "/admin/login/", {"username": cast.sam.email, "password": "correct-horse-battery"}
    )
    assert answer["Location"].startswith(reverse("account_login"))
    assert "sessionid" not in Client().cookies


@pytest.mark.parametrize(
    ("path", "page"),
    [("logout/", "account_logout"), ("password_change/", "account_change_password")],
)
def test_admin_hands_over_to_the_products_own_pages(staff: Client, path: str, page: str):
    assert staff.get(f"/admin/{path}")["Location"] == reverse(page)


def test_every_page_of_the_admin_is_closed_to_everybody_else(cast: Cast):
    """Each pattern with a made-up argument, each method, by nobody, a person and bare staff."""
    people = (cast.alice, cast.charlie, cast.sam)
    callers = [Client(), *(callers_browser(person).client for person in people)]
    before = rows()
    paths = {
        "/" + address.route.replace("<path:object_id>", "1").replace("<path:content_type_id>", "1")
        for address in addresses()
        if address.is_admin and "(" not in address.route and "int:" not in address.route
    }
    assert len(paths) > 20
    for path in sorted(paths):
        for client in callers:
            for method in ("GET", "POST"):
                answer = client.generic(method, path)
                assert answer.status_code in {302, 403, 404, 405}, (path, method)
                if answer.status_code == 302:
                    assert not answer["Location"].startswith("/admin/accounts"), path
    assert difference(before, rows()) == ""


def test_admin_alone_has_the_relaxed_policy(staff: Client):
    admin = staff.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in admin
    assert "script-src 'self' 'unsafe-inline'" not in admin
    for path in ("/", "/api/docs/", reverse("account_login")):
        policy = Client().get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy, path
