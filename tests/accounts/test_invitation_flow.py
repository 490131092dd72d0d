"""Invitations from the mail to the membership, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.constants import INVITATION_PURPOSE
from accounts.models import AuditEntry, Invitation, Membership, OutgoingMail, User
from accounts.services import invitations
from accounts.services.links import link_secret_digest, link_secret_make
from accounts.services.organisations import organisation_close

pytestmark = pytest.mark.django_db

SEND = reverse("accounts:invitation-send")
MEMBERS = reverse("accounts:member-list")
ADDRESS = "new@example.com"


def person(email=ADDRESS, *, verified=True) -> User:
    user = User.objects.create_user(email, "correct-horse-battery")
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def mailed_path():
    """The path of the link in the newest mail."""
    text = OutgoingMail.objects.latest("pk").text
    return re.search(r"http://[^/\s]+(/invitations/\S+/)", text)[1]


def act(name, invitation) -> str:
    return reverse(f"accounts:invitation-{name}", args=[invitation.pk])


@pytest.fixture
def invitation(cast, client) -> Invitation:
    """Alice has invited the address as an editor; the client is logged out again."""
    client.force_login(cast.alice)
    client.post(SEND, {"email": ADDRESS, "role": "editor"})
    client.logout()
    return Invitation.objects.get()


def undecided(invitation) -> bool:
    return Invitation.objects.undecided().filter(pk=invitation.pk).exists()


# ---------------------------------------------------------------- sending


def test_owner_invites_and_the_mail_holds_the_link(cast, client):
    client.force_login(cast.alice)
    answer = client.post(SEND, {"email": "New@Example.com", "role": "editor"})
    assert answer["Location"] == MEMBERS
    made = Invitation.objects.get()
    assert (made.email, made.role, made.organisation) == (ADDRESS, "editor", cast.studio)
    assert made.expires_at - made.sent_at == timedelta(days=7)
    mail = OutgoingMail.objects.get()
    assert mail.to == ADDRESS
    assert mail.subject == "Alice invites you to Alice's Studio on Tenfold"
    assert "as: Editor" in mail.text
    assert mailed_path() in mail.html
    entry = AuditEntry.objects.get(action="accounts.invitation.sent")
    assert entry.data == {"email": ADDRESS, "role": "editor"}
    assert ADDRESS in client.get(MEMBERS).content.decode()


def test_link_is_kept_only_as_a_hash(invitation):
    token = mailed_path().split("/")[2]
    assert bytes(invitation.digest) == link_secret_digest(token, purpose=INVITATION_PURPOSE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i::text || e::text FROM accounts_invitation i, accounts_invitationevent e"
        )
        assert token.partition("~")[0] not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "nonsense", "role": "viewer"},
        {"email": "", "role": "viewer"},
        {"email": "x@example.com", "role": "accountant"},
        {"email": "x@example.com", "role": "king"},
        {},
    ],
)
def test_bad_invitation_is_422_with_what_was_typed(cast, client, typed):
    client.force_login(cast.alice)
    answer = client.post(SEND, typed)
    assert answer.status_code == 422
    assert typed.get("email", "") in answer.content.decode()
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("email", "words"), [("bob@example.com", "is a member already"), (ADDRESS, "invited already")]
)
def test_members_and_invited_people_are_not_invited_again(cast, client, invitation, email, words):
    client.force_login(cast.alice)
    answer = client.post(SEND, {"email": email, "role": "viewer"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 1


def test_number_of_open_invitations_is_limited(cast, client, invitation, monkeypatch):
    monkeypatch.setattr(invitations, "INVITATIONS_OPEN", 1)
    client.force_login(cast.alice)
    assert client.post(SEND, {"email": "x@example.com", "role": "viewer"}).status_code == 422
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_only_owners_invite(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.post(SEND, {"email": ADDRESS, "role": "viewer"}).status_code == 403
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_sending_needs_log_in_and_post(cast, client):
    assert client.post(SEND)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.alice)
    assert client.get(SEND).status_code == 405


def test_database_keeps_one_open_invitation_per_address(cast, invitation):
    again = Invitation(
        organisation=cast.studio, email=ADDRESS, role="viewer", digest=b"2",
        sent_at=invitation.sent_at, expires_at=invitation.expires_at,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert Invitation.objects.count() == 1


# ---------------------------------------------------------------- again, withdraw


def test_sending_again_kills_the_old_link_and_starts_the_days_anew(cast, client, invitation):
    old = mailed_path()
    Invitation.objects.update(
        sent_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(days=2)
    )
    client.force_login(cast.alice)
    assert "expired" in client.get(MEMBERS).content.decode()
    assert client.post(act("resend", invitation))["Location"] == MEMBERS
    invitation.refresh_from_db()
    assert invitation.expires_at > timezone.now() + timedelta(days=6)
    assert OutgoingMail.objects.count() == 2
    assert mailed_path() != old
    assert client.get(old).status_code == 404
    assert client.get(mailed_path()).status_code == 200


def test_sending_again_at_once_is_refused(cast, client, invitation):
    client.force_login(cast.alice)
    assert client.post(act("resend", invitation)).status_code == 422
    assert OutgoingMail.objects.count() == 1


def test_withdrawn_invitation_opens_nothing(cast, client, invitation):
    client.force_login(cast.alice)
    assert client.post(act("withdraw", invitation))["Location"] == MEMBERS
    assert client.post(act("withdraw", invitation)).status_code == 422
    assert client.post(act("resend", invitation)).status_code == 422
    client.force_login(person())
    assert client.get(mailed_path()).status_code == 404
    assert client.post(act("accept", invitation)).status_code == 404
    assert cast.studio.memberships.count() == 3
    assert AuditEntry.objects.filter(action="accounts.invitation.withdrawn").count() == 1


@pytest.mark.parametrize("name", ["resend", "withdraw"])
def test_invitation_belongs_to_its_owners(cast, client, invitation, name):
    url = act(name, invitation)
    assert client.post(url)["Location"].startswith(reverse("account_login"))
    for who, status in ((cast.charlie, 404), (cast.rita, 404), (cast.bob, 403), (cast.vera, 403)):
        client.force_login(who)
        assert client.post(url).status_code == status
    assert client.get(url).status_code == 405
    assert undecided(invitation)
    assert OutgoingMail.objects.count() == 1


# ---------------------------------------------------------------- the invited person


def test_visitor_without_account_is_shown_both_ways_in(client, invitation):
    path = mailed_path()
    page = client.get(path)
    words = page.content.decode()
    assert "Join Alice&#x27;s Studio?" in words
    assert f"{reverse('account_login')}?next={path}" in words
    assert f"{reverse('account_signup')}?next={path}" in words
    assert ADDRESS not in words
    assert page["Referrer-Policy"] == "no-referrer"


def test_invited_person_accepts_and_acts_there(cast, client, invitation):
    user = person()
    client.force_login(user)
    assert "Accept and join" in client.get(mailed_path()).content.decode()
    client.post(act("accept", invitation))
    made = Membership.objects.get(user=user)
    assert (made.organisation, made.role) == (cast.studio, "editor")
    assert client.session["organisation"] == str(cast.studio.pk)
    assert AuditEntry.objects.filter(action="accounts.invitation.accepted", actor=user).exists()
    assert client.post(act("accept", invitation)).status_code == 404
    assert client.get(mailed_path()).status_code == 404


def test_newcomer_finds_the_invitation_on_the_first_page(client, invitation):
    client.force_login(person())
    page = client.get(reverse("accounts:organisation-create")).content.decode()
    assert act("accept", invitation) in page


def test_another_person_is_told_and_cannot_accept(cast, client, invitation):
    client.force_login(cast.charlie)
    page = client.get(mailed_path()).content.decode()
    assert "n…@example.com" in page
    assert "Accept and join" not in page
    assert client.post(act("accept", invitation)).status_code == 404
    assert client.post(act("decline", invitation)).status_code == 404
    assert undecided(invitation)
    assert cast.studio.memberships.count() == 3


def test_unverified_address_is_no_proof(cast, client, invitation):
    client.force_login(person(verified=False))
    assert client.post(act("accept", invitation)).status_code == 404
    assert undecided(invitation)
    assert cast.studio.memberships.count() == 3


def test_expired_invitation_opens_nothing(cast, client, invitation):
    Invitation.objects.update(
        sent_at=timezone.now() - timedelta(days=8), expires_at=timezone.now() - timedelta(days=1)
    )
    client.force_login(person())
    assert client.get(mailed_path()).status_code == 404
    assert client.post(act("accept", invitation)).status_code == 404
    assert cast.studio.memberships.count() == 3


def test_closed_organisation_cannot_be_joined(cast, client, invitation):
    organisation_close(organisation=cast.studio, actor=cast.alice)
    client.force_login(person())
    assert client.post(act("accept", invitation)).status_code == 404
    assert cast.studio.memberships.count() == 3


def test_member_who_accepts_keeps_their_role(cast, client, invitation):
    EmailAddress.objects.create(user=cast.vera, email=ADDRESS, verified=True)
    client.force_login(cast.vera)
    client.post(act("accept", invitation))
    assert Membership.objects.get(user=cast.vera).role == "viewer"
    assert not undecided(invitation)


def test_declining_with_the_link_needs_no_account(cast, client, invitation):
    refuse = reverse("accounts:invitation-refuse", args=[mailed_path().split("/")[2]])
    assert client.get(refuse).status_code == 405
    assert client.post(refuse)["Location"] == "/"
    invitation.refresh_from_db()
    assert invitation.declined_at is not None
    assert client.post(refuse).status_code == 404
    assert AuditEntry.objects.get(action="accounts.invitation.declined").actor is None
    client.force_login(cast.alice)
    assert client.post(SEND, {"email": ADDRESS, "role": "viewer"}).status_code == 302


def test_invited_person_declines_from_the_list(client, invitation):
    client.force_login(person())
    assert client.post(act("decline", invitation)).status_code == 302
    invitation.refresh_from_db()
    assert invitation.declined_at is not None


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_answer_needs_log_in_and_post(client, invitation, name):
    url = act(name, invitation)
    assert client.post(url)["Location"].startswith(reverse("account_login"))
    client.force_login(person())
    assert client.get(url).status_code == 405
    assert undecided(invitation)


@pytest.mark.parametrize("token", ["x", "a~b", "~", "x" * 500])
def test_forged_link_never_reaches_the_table(client, invitation, token):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("accounts:invitation-show", args=[token])).status_code == 404
    assert not [q for q in queries if "accounts_invitation" in q["sql"]]


def test_link_made_for_another_purpose_opens_nothing(client, invitation):
    other = link_secret_make(purpose="something.else")
    Invitation.objects.update(digest=other.digest)
    assert client.get(reverse("accounts:invitation-show", args=[other.raw])).status_code == 404


def test_members_page_costs_the_same_for_one_and_for_twenty_invitations(
    cast, client, invitation, django_assert_num_queries
):
    client.force_login(cast.alice)
    client.get(MEMBERS)
    with CaptureQueriesContext(connection) as one:
        client.get(MEMBERS)
    cost = len(one)  # now: the next request empties the log
    for n in range(19):
        client.post(SEND, {"email": f"x{n}@example.com", "role": "viewer"})
    with django_assert_num_queries(cost):
        assert len(client.get(MEMBERS).context["page"].invitations) == 20
