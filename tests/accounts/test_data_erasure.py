"""After an erasure the person's strings appear nowhere in a full dump of the database."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse

from accounts.models import (
    AuditEntry,
    DataExport,
    Membership,
    Organisation,
    OutgoingMail,
    User,
)
from accounts.services.data_exports import data_export_request
from accounts.services.deletions import account_deletion_request
from accounts.services.invitations import invitation_accept, invitation_send
from accounts.services.organisations import organisation_create
from accounts.services.profile import profile_update
from accounts.services.tokens import token_authenticate, token_create
from accounts.tasks.data import data_sweep
from config.jobs.models import Job
from config.lib import blobs
from tests.accounts.confirmed import run_job
from tests.accounts.test_data_deletion import grace_is_over
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

STRINGS = ("quittenbaum", "mirabelle")  # in every address and name of the person, and nowhere else


def dump() -> dict[str, str]:
    """Return every row of every table as text, by table, in lower case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        texts = {}
        for table in tables:
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')  # noqa: S608
            texts[table] = (cursor.fetchone()[0] or "").lower()
    return texts


def tables_with(strings) -> set[str]:
    return {table for table, text in dump().items() if any(s in text for s in strings)}


@pytest.fixture
def person(cast, client) -> User:
    """Somebody who left traces wherever this product and its packages keep any."""
    user = User.objects.create_user("quittenbaum@example.com", PASSWORD, name="Mirabelle Q")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.email = "mirabelle@example.org"  # moved to another address; the history knows both
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    profile_update(user=user, name="Mirabelle Quittenbaum")

    own = organisation_create(user=user, kind="creator", name="Mirabelle's Attic")
    Membership.objects.create(organisation=cast.studio, user=user, role="owner")
    token_create(membership=own, name="mirabelle's laptop", scopes=["write"])
    invitation_send(actor=own, email="friend@example.net", role="viewer")
    alice = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    invitation_send(actor=alice, email="Quittenbaum@Example.net", role="viewer")
    EmailAddress.objects.create(user=user, email="quittenbaum@example.net", verified=True)

    client.post(reverse("account_login"), {"login": user.email, "password": "wrong"})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.get(reverse("accounts:data"), headers={"user-agent": "Mirabelle's browser"})
    Authenticator.objects.create(user=user, type="totp", data={"secret": "mirabelle"})
    LogEntry.objects.create(
        user=cast.sam,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=str(user),
        action_flag=CHANGE,
        change_message="mirabelle@example.org",
    )
    export = data_export_request(user=user)
    assert run_job(export.job) == "done"
    return user


@pytest.fixture
def erased(person) -> User:
    """The same, fifteen days after they asked to be deleted."""
    deletion = account_deletion_request(user=person)
    # By then the outbox has sent everything; sending empties the texts but not the subject.
    OutgoingMail.objects.update(state="sent", sent_at="2026-01-01T00:00Z", text="", html="")
    grace_is_over(deletion)
    data_sweep()
    assert run_job(Job.objects.get(kind="account.erase")) == "done"
    person.refresh_from_db()
    return person


def test_person_left_traces_before(person):
    assert tables_with(STRINGS) >= {
        "accounts_user",
        "accounts_userevent",
        "accounts_organisation",
        "accounts_organisationevent",
        "accounts_apitoken",
        "accounts_apitokenevent",
        "accounts_invitation",
        "accounts_invitationevent",
        "accounts_auditentry",
        "accounts_outgoingmail",
        "account_emailaddress",
        "mfa_authenticator",
        "usersessions_usersession",
        "django_admin_log",
    }


def test_no_table_holds_a_string_of_the_person_afterwards(erased):
    assert tables_with(STRINGS) == set()


def test_row_stays_as_a_number_that_cannot_log_in(erased, client):
    assert (erased.name, erased.is_active) == ("Deleted person", False)
    assert erased.email == f"deleted-{erased.pk}@deleted.invalid"
    assert not erased.has_usable_password()
    assert client.get(reverse("accounts:data"))["Location"].startswith(reverse("account_login"))


def test_workspace_of_their_own_is_closed_and_that_of_others_lives_on(cast, erased):
    closed = Organisation.objects.get(closed_at__isnull=False)
    assert closed.name == "Closed workspace"
    assert not closed.memberships.exists()
    cast.studio.refresh_from_db()
    assert cast.studio.closed_at is None
    assert cast.studio.memberships.count() == 3


def test_acts_stay_in_the_trail_under_the_number(cast, erased):
    acts = AuditEntry.objects.filter(actor=erased).values_list("action", flat=True)
    assert "accounts.organisation.created" in acts
    assert AuditEntry.objects.filter(action="accounts.account.erased").count() == 1
    invited = AuditEntry.objects.get(action="accounts.invitation.sent", actor=cast.alice)
    assert invited.data == {"email": erased.email, "role": "viewer"}


def test_history_keeps_ids_and_times(erased):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT email), min(name) FROM accounts_userevent "
            "WHERE pgh_obj_id = %s",
            [erased.pk],
        )
        assert cursor.fetchone() == (4, 1, "Deleted person")


def test_file_of_the_copy_is_gone(person):
    key = DataExport.objects.get().key
    assert blobs.exists(key)
    grace_is_over(account_deletion_request(user=person))
    data_sweep()
    assert run_job(Job.objects.get(kind="account.erase")) == "done"
    assert not blobs.exists(key)
    assert not DataExport.objects.exists()


def test_traces_of_others_are_untouched(cast, person):
    before = {name: text for name, text in dump().items() if "alice@example.com" in text}
    grace_is_over(account_deletion_request(user=person))
    data_sweep()
    run_job(Job.objects.get(kind="account.erase"))
    after = dump()
    assert all(
        text.count("alice@example.com") == after[name].count("alice@example.com")
        for name, text in before.items()
    )


def test_token_of_the_person_opens_nothing_afterwards(cast, person):
    membership = Membership.objects.get(user=person, organisation=cast.studio)
    raw = token_create(membership=membership, name="x", scopes=["read"]).raw
    assert token_authenticate(raw) is not None
    grace_is_over(account_deletion_request(user=person))
    data_sweep()
    run_job(Job.objects.get(kind="account.erase"))
    assert token_authenticate(raw) is None


def test_erasing_again_does_nothing(erased):
    before = AuditEntry.objects.count()
    data_sweep()
    assert Job.objects.filter(kind="account.erase").count() == 1
    assert AuditEntry.objects.count() == before


def test_address_used_once_for_an_invitation_and_given_up_is_forgotten_too(cast, person):
    rita = Membership.objects.get(user=cast.rita)
    invitation = invitation_send(actor=rita, email="quittenbaum@example.com", role="viewer")
    invitation_accept(invitation_id=invitation.pk, user=person)
    EmailAddress.objects.filter(user=person, email="quittenbaum@example.com").delete()
    grace_is_over(account_deletion_request(user=person))
    OutgoingMail.objects.update(state="sent", sent_at="2026-01-01T00:00Z", text="", html="")
    data_sweep()
    assert run_job(Job.objects.get(kind="account.erase")) == "done"
    assert tables_with(STRINGS) == set()
