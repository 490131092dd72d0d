"""Walks every address: strangers, nobody and viewers are refused, and nothing changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from accounts.models import Membership
from tests.cast import make_cast
from tests.isolation.callers import METHODS, READING, Caller, browser, nobody, program
from tests.isolation.case import Case, Kind, Viewer
from tests.isolation.cases import CASES, UNNAMED
from tests.isolation.database import Household, difference, rows
from tests.isolation.walker import Address, addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpResponse

    from tests.cast import Cast

pytestmark = pytest.mark.django_db

BY_NAME = {case.name: case for case in CASES}
ADDRESSES = [address for address in addresses() if not address.is_admin]
API = {address.name for address in ADDRESSES if address.is_api}
# "These methods are for somebody else" and "there is nothing here" are both a no.
REFUSALS = frozenset({401, 403, 404, 405})
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def cases(*kinds: Kind) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in CASES if case.kind in kinds]


# ---------------------------------------------------------------- every address has a case


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name or address.route)
def test_address_has_a_case(address: Address) -> None:
    if not address.name:
        assert address.route in UNNAMED, "name the URL, or give the reason in UNNAMED"
    else:
        assert address.name in BY_NAME, f"add a case for {address.name} to tests/isolation/cases.py"


def test_every_case_has_an_address_and_only_one_verdict() -> None:
    assert set(BY_NAME) == {address.name for address in ADDRESSES if address.name}
    assert len(BY_NAME) == len(CASES)
    assert set(UNNAMED) == {address.route for address in ADDRESSES if not address.name}


def test_every_public_page_says_why() -> None:
    assert [case.name for case in CASES if case.kind is Kind.PUBLIC and len(case.reason) < 20] == []


# ---------------------------------------------------------------- what is called, and with what


class Studio:
    """Alice's studio with one of everything in it, and what of it nobody else may read."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.made: dict[Any, dict[str, Any]] = {}
        for case in CASES:
            for factory in (case.make, case.body):
                if factory is not None and factory not in self.made:
                    self.made[factory] = factory(cast)
        self.household = Household.of(cast)
        own = self.household.own(rows())
        self.secrets = {cast.studio.name, "Alice&#x27;s Studio", cast.alice.email, cast.bob.email}
        self.secrets |= {found for _table, row in own for found in UUID.findall(row)}

    def path(self, case: Case) -> str:
        return reverse(case.name, kwargs=self.made[case.make] if case.make else None)

    def data(self, case: Case) -> Mapping[str, Any]:
        return self.made[case.body] if case.body else case.data

    def told(self, case: Case) -> set[str]:
        return case.tells(self.made[case.make]) if case.tells and case.make else set()

    def leaked(self, response: HttpResponse, path: str) -> list[str]:
        """Return the studio's secrets in the answer that the caller did not send themselves."""
        stream = getattr(response, "streaming_content", None)
        body = (b"".join(stream) if stream else response.content).decode(errors="replace")
        return sorted(secret for secret in self.secrets if secret in body and secret not in path)


# Hundreds of tests look at the studio and each leaves it as it was: it is made once, in a transaction
# around theirs, which is never committed.
@pytest.fixture(scope="module")
def studio(
    django_db_setup: None, django_db_blocker: Any, _media: dict[str, Any]
) -> Iterator[Studio]:
    with django_db_blocker.unblock(), override_settings(STORAGES=_media), transaction.atomic():
        made = Studio(make_cast())
        connection.check_constraints()  # what spans several rows is checked at the end
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = {"location": str(tmp_path_factory.mktemp("media"))}
    return {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": place}}


@pytest.fixture(autouse=True)
def _private_storage(_media: dict[str, Any]) -> Iterator[None]:
    """Have the files of the studio where the studio was made."""
    with override_settings(STORAGES=_media):
        yield


def strangers(cast: Cast, case: Case) -> list[Caller]:
    found = [browser(cast.charlie)]
    if case.name in API:
        found.append(program(Membership.objects.get(user=cast.charlie), "read", "write"))
    return found


def viewers(cast: Cast, case: Case) -> list[Caller]:
    found = [browser(cast.vera)]
    if case.name in API:
        found.append(program(Membership.objects.get(user=cast.vera), "read"))
    return found


def refused(response: HttpResponse, method: str) -> bool:
    if response.status_code == 302:
        return response["Location"].startswith(reverse("account_login"))
    if method == "OPTIONS" and response.status_code == 204:
        return True  # names methods or versions, the same for everything and everybody
    return response.status_code in REFUSALS


# ---------------------------------------------------------------- the walk


@pytest.mark.parametrize("case", cases(Kind.PUBLIC))
def test_public_page_changes_nothing_and_tells_nothing(case: Case, studio: Studio) -> None:
    path, told = studio.path(case), studio.told(case)
    for caller in (nobody(), browser(studio.cast.charlie)):
        before = rows(but_session=caller.session_key)
        for method in ("GET", "HEAD"):
            response = caller.call(method, path, {}, as_json=False)
            assert response.status_code < 500, (caller.label, method)
            assert set(studio.leaked(response, path)) <= told, (caller.label, method)
        assert difference(before, rows(but_session=caller.session_key)) == "", caller.label


@pytest.mark.parametrize("case", cases(Kind.PERSONAL, Kind.LISTING, Kind.OWNED))
def test_nobody_is_sent_to_log_in_and_nothing_changes(case: Case, studio: Studio) -> None:
    path, caller = studio.path(case), nobody()
    before = rows()
    for method in METHODS:
        response = caller.call(method, path, studio.data(case), as_json=case.name in API)
        assert refused(response, method), (method, response.status_code)
        assert studio.leaked(response, path) == [], method
    assert difference(before, rows()) == ""


@pytest.mark.parametrize("case", cases(Kind.OWNED))
def test_stranger_is_refused_and_nothing_changes(case: Case, studio: Studio) -> None:
    path = studio.path(case)
    for caller in strangers(studio.cast, case):
        before = rows(but_session=caller.session_key)
        for method in METHODS:
            response = caller.call(method, path, studio.data(case), as_json=case.name in API)
            assert response.status_code != 302, (caller.label, method)  # they are logged in
            assert refused(response, method), (caller.label, method, response.status_code)
            assert studio.leaked(response, path) == [], (caller.label, method)
        assert difference(before, rows(but_session=caller.session_key)) == "", caller.label


@pytest.mark.parametrize("case", cases(Kind.PERSONAL, Kind.LISTING))
def test_stranger_sees_and_changes_only_what_is_theirs(case: Case, studio: Studio) -> None:
    path = studio.path(case)
    for label, caller in enumerate(strangers(studio.cast, case)):
        before = studio.household.own(rows(but_session=caller.session_key))
        for method in METHODS:
            # Some of these end the session: each call comes from a fresh browser.
            fresh = strangers(studio.cast, case)[label]
            response = fresh.call(method, path, studio.data(case), as_json=case.name in API)
            assert response.status_code < 500, (fresh.label, method)
            assert studio.leaked(response, path) == [], (fresh.label, method)
        after = studio.household.own(rows(but_session=caller.session_key))
        assert difference(before, after) == "", caller.label


@pytest.mark.parametrize("case", cases(Kind.LISTING, Kind.OWNED))
def test_viewer_changes_nothing(case: Case, studio: Studio) -> None:
    if case.viewer is Viewer.ACTS:
        return
    path = studio.path(case)
    for caller in viewers(studio.cast, case):
        before = rows(but_session=caller.session_key)
        for method in METHODS:
            response = caller.call(method, path, studio.data(case), as_json=case.name in API)
            if case.viewer is Viewer.READS and method in READING:
                assert response.status_code < 500, (caller.label, method)
            else:
                assert refused(response, method), (caller.label, method, response.status_code)
        assert difference(before, rows(but_session=caller.session_key)) == "", caller.label
