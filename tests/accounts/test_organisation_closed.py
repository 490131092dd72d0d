"""What is left of an organisation when its days of grace are over, and what is not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import (
    ApiToken,
    AuditEntry,
    Invitation,
    Membership,
    Organisation,
)
from accounts.services import personal_data
from accounts.services.closings import (
    OrganisationClosingError,
    closing_cancel,
    closing_carry_out,
    closing_request,
)
from accounts.services.deletions import account_deletion_request, account_erase
from accounts.services.invitations import invitation_send
from accounts.services.organisations import organisation_close
from accounts.services.tokens import token_authenticate, token_create
from accounts.tasks.data import data_sweep
from config.jobs.models import Job
from library.models import Track
from tests.accounts import confirmed
from tests.accounts.confirmed import run_job
from tests.accounts.test_data_deletion import grace_is_over
from tests.accounts.test_organisation_closing import over, owner
from tests.jobs.factories import make_job
from tests.library.factories import make_track

pytestmark = pytest.mark.django_db


def close(membership) -> None:
    """Ask, let the days go by, and run what the sweep asks for."""
    over(closing_request(actor=membership))
    data_sweep()
    assert run_job(Job.objects.get(kind="organisation.close")) == "done"


def names_in_the_trail(organisation) -> set[str]:
    events = apps.get_model("accounts", "OrganisationEvent")
    return set(events.objects.filter(pgh_obj_id=organisation.pk).values_list("name", flat=True))


def test_members_tokens_and_invitations_are_out_and_the_name_stays(cast, alice):
    raw = token_create(membership=owner(cast), name="laptop", scopes=["write"]).raw
    invitation_send(actor=owner(cast), email="guest@example.net", role="viewer")
    close(owner(cast))
    studio = Organisation.objects.get(pk=cast.studio.pk)
    assert studio.closed_at is not None
    assert studio.name == "Alice's Studio"
    assert names_in_the_trail(studio) == {"Alice's Studio"}
    assert not studio.memberships.exists()
    assert token_authenticate(raw) is None
    assert not ApiToken.objects.exists()
    assert not Invitation.objects.acceptable().exists()
    assert Invitation.objects.get().withdrawn_at is not None
    answer = alice.get(reverse("accounts:member-list"))
    assert answer["Location"].startswith(reverse("accounts:organisation-create"))
    last = AuditEntry.objects.filter(organisation=studio).latest("id")
    assert (last.action, last.actor) == ("accounts.organisation.closed", None)


def test_other_organisations_and_the_people_are_as_before(cast):
    before = list(Membership.objects.exclude(organisation=cast.studio).values())
    close(owner(cast))
    assert list(Membership.objects.values()) == before
    assert Organisation.objects.active().count() == 2
    cast.alice.refresh_from_db()
    assert cast.alice.is_active
    assert cast.alice.email == "alice@example.com"


def test_jobs_that_wait_stop_at_once_and_running_ones_are_told(cast):
    waiting = make_job(tenant=cast.studio.pk)
    running = make_job("running", tenant=cast.studio.pk)
    done = make_job("succeeded", tenant=cast.studio.pk)
    of_others = make_job(tenant=cast.charlies.pk)
    close(owner(cast))
    for job in (waiting, running, done, of_others):
        job.refresh_from_db()
    assert (waiting.state, done.state, of_others.state) == ("cancelled", "succeeded", "queued")
    assert running.cancel_requested
    assert not of_others.cancel_requested


def test_songs_are_deleted_with_their_names_and_those_of_others_stay(cast):
    ours = make_track(cast.studio, title="Ours")
    theirs = make_track(cast.charlies, title="Theirs")
    close(owner(cast))
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert ours.deleted_at is not None
    assert ours.title == "Deleted song"
    assert (theirs.title, theirs.deleted_at) == ("Theirs", None)
    assert Track.objects.count() == 2


def test_apps_above_are_asked_the_highest_first_and_may_hold_nothing(cast, monkeypatch):
    monkeypatch.setattr(personal_data, "_holders", {})
    monkeypatch.setattr(confirmed, "CLOSED", [])
    for name, close in (("low", "low_close"), ("nothing", ""), ("high", "high_close")):
        path = f"tests.accounts.confirmed.{close}" if close else ""
        personal_data.personal_data_register(name, collect="", erase="", close=path)
    personal_data.organisation_data_close(organisation_id=cast.studio.pk)
    assert [("high", cast.studio.pk), ("low", cast.studio.pk)] == confirmed.CLOSED


def test_closing_again_or_keeping_it_open_afterwards_changes_nothing(cast):
    alice = owner(cast)
    closing = closing_request(actor=alice)
    over(closing)
    closing_carry_out(closing_id=closing.pk)
    before = AuditEntry.objects.count()
    with pytest.raises(OrganisationClosingError) as again:
        closing_carry_out(closing_id=closing.pk)
    with pytest.raises(OrganisationClosingError) as kept:
        closing_cancel(actor=alice)
    assert (again.value.code, kept.value.code) == ("closing.not_due", "closing.forbidden")
    assert AuditEntry.objects.count() == before
    data_sweep()
    assert not Job.objects.filter(kind="organisation.close").exists()


def test_one_that_was_closed_with_its_person_meanwhile_ends_quietly(cast):
    charlie = Membership.objects.get(user=cast.charlie)
    closing = closing_request(actor=charlie)
    organisation_close(organisation=cast.charlies, actor=None)
    over(closing)
    closing_carry_out(closing_id=closing.pk)
    assert AuditEntry.objects.filter(action="accounts.organisation.closed").count() == 1
    assert Organisation.objects.get(pk=cast.charlies.pk).name == "Closed workspace"


def test_name_stays_when_one_of_several_members_is_forgotten_later(cast):
    close(owner(cast))
    erase(cast.bob)
    assert Organisation.objects.get(pk=cast.studio.pk).name == "Alice's Studio"
    assert names_in_the_trail(cast.studio) == {"Alice's Studio"}


def test_name_goes_when_the_only_person_who_was_ever_in_it_is_forgotten_later(cast):
    close(Membership.objects.get(user=cast.charlie))
    assert names_in_the_trail(cast.charlies) == {"Charlie's Room"}
    erase(cast.charlie)
    assert Organisation.objects.get(pk=cast.charlies.pk).name == "Closed workspace"
    assert names_in_the_trail(cast.charlies) == {"Closed workspace"}


def erase(user) -> None:
    """Delete the account as if its days of grace were over."""
    deletion = account_deletion_request(user=user)
    grace_is_over(deletion)
    account_erase(deletion_id=deletion.pk)
    deletion.refresh_from_db()
    assert deletion.erased_at is not None
