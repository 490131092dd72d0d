"""Making, switching and renaming organisations over HTTP."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.services import organisations
from accounts.services.organisations import organisation_close

pytestmark = pytest.mark.django_db

LIST = reverse("accounts:organisation-list")
NEW = reverse("accounts:organisation-create")
SWITCH = reverse("accounts:organisation-switch")
EDIT = reverse("accounts:organisation-edit")


@pytest.fixture
def newcomer(db) -> User:
    return User.objects.create_user("new@example.com", "correct-horse-battery", name="New")


# ---------------------------------------------------------------- first visit


def test_newcomer_is_asked_to_name_a_workspace_and_comes_back_to_where_they_were_going(
    client, newcomer
):
    client.force_login(newcomer)
    answer = client.get(EDIT)
    assert answer.status_code == 302
    assert answer["Location"] == f"{NEW}?next=/organisations/settings/"

    page = client.get(answer["Location"])
    assert "Name your workspace" in page.content.decode()
    made = client.post(NEW, {"name": "New Sounds", "kind": "creator", "next": EDIT})
    assert made["Location"] == EDIT
    membership = Membership.objects.get(user=newcomer)
    assert (membership.role, membership.organisation.name) == ("owner", "New Sounds")
    assert client.get(EDIT).status_code == 200


def test_post_of_a_newcomer_is_not_replayed_as_a_page(client, newcomer):
    client.force_login(newcomer)
    assert client.post(EDIT, {"name": "X"})["Location"] == f"{NEW}?next=/"


@pytest.mark.parametrize("name", ["organisation-list", "organisation-create", "organisation-edit"])
def test_pages_need_a_log_in(client, db, name):
    url = reverse(f"accounts:{name}")
    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"


# ---------------------------------------------------------------- making


def test_second_organisation_of_the_other_kind_is_acted_for_at_once(cast, client):
    client.force_login(cast.alice)
    client.post(NEW, {"name": "Alice Records", "kind": "rights_holder"})
    made = Organisation.objects.get(name="Alice Records")
    assert made.kind == "rights_holder"
    assert client.session["organisation"] == str(made.pk)
    entry = AuditEntry.objects.get(action="accounts.organisation.created")
    assert (entry.actor, entry.organisation) == (cast.alice, made)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "kind": "creator"},
        {"name": "x" * 121, "kind": "creator"},
        {"name": "Good", "kind": "bank"},
        {},
    ],
)
def test_bad_input_comes_back_with_422_and_what_was_typed(cast, client, typed):
    client.force_login(cast.alice)
    answer = client.post(NEW, typed)
    assert answer.status_code == 422
    assert typed.get("name", "") in answer.content.decode()
    assert Organisation.objects.count() == 3


def test_number_of_organisations_is_limited(cast, client, monkeypatch):
    monkeypatch.setattr(organisations, "ORGANISATIONS_PER_PERSON", 1)
    client.force_login(cast.alice)
    answer = client.post(NEW, {"name": "One more", "kind": "creator"})
    assert answer.status_code == 422
    assert "which is the most" in answer.content.decode()
    assert Organisation.objects.count() == 3


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_next_never_leads_to_another_site(cast, client, elsewhere):
    client.force_login(cast.alice)
    answer = client.post(NEW, {"name": "Mine", "kind": "creator", "next": elsewhere})
    assert answer["Location"] == "/"


# ---------------------------------------------------------------- switching


@pytest.fixture
def second(cast) -> Organisation:
    made = Organisation.objects.create(kind="creator", name="Zebra")
    Membership.objects.create(organisation=made, user=cast.alice, role="owner")
    return made


def test_switch_changes_for_whom_one_acts(cast, client, second):
    client.force_login(cast.alice)
    assert "Alice&#x27;s Studio" in client.get(EDIT).content.decode()
    answer = client.post(SWITCH, {"organisation": str(second.pk), "next": EDIT})
    assert answer["Location"] == EDIT
    assert "<h1" in client.get(EDIT).content.decode()
    assert client.get(EDIT).context["organisation"] == second


@pytest.mark.parametrize("wanted", ["stranger", "nonsense", "", "closed"])
def test_switch_to_what_is_not_mine_is_404_and_changes_nothing(cast, client, second, wanted):
    organisation_close(organisation=second, actor=cast.alice)
    value = {"stranger": str(cast.charlies.pk), "closed": str(second.pk)}.get(wanted, wanted)
    client.force_login(cast.alice)
    assert client.post(SWITCH, {"organisation": value}).status_code == 404
    assert "organisation" not in client.session


def test_switch_wants_a_post_and_a_log_in(cast, client):
    assert client.post(SWITCH)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.alice)
    assert client.get(SWITCH).status_code == 405


def test_removed_person_loses_the_organisation_with_the_next_request(cast, client, second):
    client.force_login(cast.bob)
    Membership.objects.create(organisation=second, user=cast.bob, role="viewer")
    client.post(SWITCH, {"organisation": str(second.pk)})
    assert client.get(EDIT).context["organisation"] == second
    Membership.objects.get(user=cast.bob, organisation=second).delete()
    assert client.get(EDIT).context["organisation"] == cast.studio


# ---------------------------------------------------------------- list and rename


def test_list_shows_mine_and_no_others(cast, client, second):
    client.force_login(cast.alice)
    page = client.get(LIST).content.decode()
    assert "Alice&#x27;s Studio" in page
    assert "Zebra" in page
    assert "Charlie" not in page
    assert str(cast.charlies.pk) not in page


def test_list_costs_the_same_for_one_and_for_twenty(cast, client, django_assert_num_queries):
    client.force_login(cast.charlie)
    client.get(LIST)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    cost = len(one)  # now: the next request empties the log
    for n in range(19):
        made = Organisation.objects.create(kind="creator", name=f"Room {n}")
        Membership.objects.create(organisation=made, user=cast.charlie, role="owner")
    with django_assert_num_queries(cost):
        assert client.get(LIST).content.decode().count("Room ") >= 19


def test_owner_renames(cast, client):
    client.force_login(cast.alice)
    assert client.post(EDIT, {"name": "Studio Nine"})["Location"] == EDIT
    cast.studio.refresh_from_db()
    assert cast.studio.name == "Studio Nine"
    client.post(EDIT, {"name": "Studio Nine"})
    assert AuditEntry.objects.filter(action="accounts.organisation.renamed").count() == 1


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_editor_and_viewer_cannot_rename(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get(EDIT).status_code == 200
    assert client.post(EDIT, {"name": "Taken over"}).status_code == 403
    cast.studio.refresh_from_db()
    assert cast.studio.name == "Alice's Studio"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_bad_name_is_422_and_changes_nothing(cast, client, name):
    client.force_login(cast.alice)
    assert client.post(EDIT, {"name": name}).status_code == 422
    cast.studio.refresh_from_db()
    assert cast.studio.name == "Alice's Studio"


@pytest.mark.parametrize("url", [LIST, NEW, EDIT])
def test_other_methods_are_405(cast, client, url):
    client.force_login(cast.alice)
    assert client.delete(url).status_code == 405
