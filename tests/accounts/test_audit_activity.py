"""The page "Activity": the audit trail for owners."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain.actions import WORDS, action_describe, action_sentence
from accounts.models import AuditEntry, Membership
from accounts.services.audit import audit_record
from accounts.services.memberships import membership_change_role

pytestmark = pytest.mark.django_db

URL = reverse("accounts:activity")


@pytest.fixture
def trail(cast):
    """Three acts at Alice's, one elsewhere."""
    rows = Membership.objects.select_related("user", "organisation")
    membership_change_role(
        actor=rows.get(user=cast.alice), member=rows.get(user=cast.vera), role="editor"
    )
    audit_record(
        action="accounts.invitation.sent",
        actor=cast.bob,
        organisation=cast.studio,
        data={"email": "new@example.com", "role": "viewer"},
    )
    audit_record(action="library.track.made_up", actor=None, organisation=cast.studio)
    audit_record(
        action="accounts.organisation.renamed", actor=cast.charlie, organisation=cast.charlies
    )


def shown(client, **query):
    return [(row.who, row.what) for row in client.get(URL, query).context["activity"].rows]


def test_owner_reads_who_did_what_newest_first(cast, client, trail):
    client.force_login(cast.alice)
    assert shown(client) == [
        ("Tenfold", "library.track.made_up"),
        ("Bob", "invited new@example.com as viewer"),
        ("Alice", "changed the role of Vera from viewer to editor"),
    ]


def test_filters_by_person_act_and_day(cast, client, trail):
    client.force_login(cast.alice)
    today = AuditEntry.objects.latest("pk").created_at.date()
    assert [who for who, _ in shown(client, person=cast.bob.pk)] == ["Bob"]
    assert [who for who, _ in shown(client, action="accounts.member.role_changed")] == ["Alice"]
    assert len(shown(client, since=today, until=today)) == 3
    assert shown(client, until="2020-01-01") == []
    assert "No act fits" in client.get(URL, {"until": "2020-01-01"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"person": "999999"}, {"action": "x"}, {"since": "soon"}, {"page": "-1"}]
)
def test_nonsense_in_the_filter_is_422(cast, client, trail, query):
    client.force_login(cast.alice)
    assert client.get(URL, query).status_code == 422


def test_one_cannot_filter_by_a_person_of_another_organisation(cast, client, trail):
    client.force_login(cast.alice)
    assert client.get(URL, {"person": cast.charlie.pk}).status_code == 422
    assert "Charlie" not in client.get(URL).content.decode()


def test_pages_are_of_fifty_and_keep_the_filter(cast, client):
    for _ in range(60):
        audit_record(
            action="accounts.organisation.renamed", actor=cast.alice, organisation=cast.studio
        )
    client.force_login(cast.alice)
    assert len(shown(client)) == 50
    first = client.get(URL, {"person": cast.alice.pk}).content.decode()
    assert f"?person={cast.alice.pk}&amp;page=2" in first
    assert len(shown(client, person=cast.alice.pk, page=2)) == 10


def test_page_costs_the_same_for_one_and_for_fifty(cast, client, django_assert_num_queries):
    client.force_login(cast.alice)

    def act(user):
        audit_record(
            action="accounts.member.removed",
            actor=user,
            organisation=cast.studio,
            data={"user": cast.vera.pk, "role": "viewer"},
        )

    act(cast.alice)
    client.get(URL)
    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    cost = len(one)  # now: the next request empties the log
    for n in range(49):
        act((cast.alice, cast.bob, cast.rita)[n % 3])
    with django_assert_num_queries(cost):
        assert len(shown(client)) == 50


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_only_owners_read_it(cast, client, trail, who):
    client.force_login(getattr(cast, who))
    answer = client.get(URL)
    assert answer.status_code == 403
    assert "new@example.com" not in answer.content.decode()


def test_page_needs_a_log_in_and_is_read_only(cast, client):
    assert client.get(URL)["Location"] == f"{reverse('account_login')}?next={URL}"
    client.force_login(cast.alice)
    assert client.post(URL).status_code == 405


def test_apps_above_describe_their_own_acts(cast, client, monkeypatch):
    monkeypatch.setitem(WORDS, "rights.test.done", "")
    action_describe("rights.test.done", "issued statement %(number)s")
    audit_record(
        action="rights.test.done", actor=cast.alice, organisation=cast.studio, data={"number": 7}
    )
    client.force_login(cast.alice)
    assert shown(client) == [("Alice", "issued statement 7")]


def test_words_survive_an_entry_without_their_data():
    assert action_sentence("removed %(user)s", {}) == "removed -"


def test_every_act_of_this_app_has_words():
    import re
    from pathlib import Path

    sources = Path(__file__).parents[2] / "accounts" / "services"
    used = set()
    for source in sources.glob("*.py"):
        used |= set(re.findall(r'"(accounts\.[a-z_]+\.[a-z_]+)"', source.read_text()))
    acts = {
        name
        for name in used
        if name.split(".")[1]
        in {"organisation", "member", "invitation", "token", "data", "account"}
    }
    assert acts <= set(WORDS)
