"""The audit trail: rows of history by triggers, entries in words, neither can be changed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import ApiToken, AuditEntry, Invitation, Membership, Organisation, User
from accounts.services.audit import audit_record
from accounts.services.tokens import token_create

pytestmark = pytest.mark.django_db

TRAIL = [
    "accounts_auditentry",
    "accounts_userevent",
    "accounts_organisationevent",
    "accounts_membershipevent",
    "accounts_invitationevent",
    "accounts_apitokenevent",
]


def events(model, **of):
    return apps.get_model("accounts", f"{model.__name__}Event").objects.filter(**of).order_by("pk")


@pytest.fixture
def full_trail(cast):
    """A row in each table of the trail."""
    owner = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    token_create(membership=owner, name="laptop", scopes=["read"])
    Invitation.objects.create(
        organisation=cast.studio,
        email="new@example.com",
        role="viewer",
        digest=b"1",
        sent_at="2026-01-01T00:00Z",
        expires_at="2026-01-08T00:00Z",
    )
    audit_record(action="accounts.test.made", actor=cast.alice, organisation=cast.studio)


@pytest.mark.parametrize("table", TRAIL)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}", "TRUNCATE {table}"],
    ids=["update", "delete", "truncate"],
)
def test_application_role_cannot_change_the_trail(full_trail, table, statement):
    key = "id" if table == "accounts_auditentry" else "pgh_id"
    with connection.cursor() as cursor:
        checksum = f"SELECT count(*), md5(string_agg(t::text, '')) FROM {table} t"  # noqa: S608
        cursor.execute(checksum)
        before = cursor.fetchone()
        assert before[0] > 0
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            cursor.execute(statement.format(table=table, key=key))
        cursor.execute(checksum)
        assert cursor.fetchone() == before


def test_switching_triggers_off_is_beyond_the_application_role(full_trail):
    with connection.cursor() as cursor:
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SET session_replication_role = replica")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL")


def test_every_table_of_history_is_append_only():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'accounts_append_only'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    of_accounts = {
        model._meta.db_table
        for model in apps.get_app_config("accounts").get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    assert guarded >= of_accounts | {"accounts_auditentry"}


def test_history_follows_a_row_from_birth_to_death(cast):
    member = Membership.objects.get(user=cast.vera)
    key = member.pk
    member.role = "editor"
    member.save()
    Membership.objects.filter(pk=key).update(role="viewer")
    member.delete()
    assert list(events(Membership, pgh_obj_id=key).values_list("pgh_label", "role")) == [
        ("insert", "viewer"),
        ("update", "editor"),
        ("update", "viewer"),
        ("delete", "viewer"),
    ]


def test_change_that_changes_nothing_leaves_no_event(cast):
    before = events(User).count()
    cast.alice.save()
    assert events(User).count() == before


def test_log_in_and_passwords_stay_out_of_the_history(cast, client):
    before = events(User).count()
    cast.alice.set_password("another-horse-battery")
    cast.alice.save()
    client.force_login(cast.alice)
    assert events(User).count() == before
    for model, secret in ((User, "password"), (ApiToken, "digest"), (Invitation, "digest")):
        assert secret not in {f.name for f in events(model).model._meta.get_fields()}


def test_use_of_a_token_is_not_history(cast):
    owner = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    ApiToken.objects.update(last_used_at=new.token.created_at)
    assert events(ApiToken).count() == 1


def test_change_by_raw_sql_is_history_too(cast):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_organisation SET name = 'X' WHERE id = %s", [cast.label.pk])
    assert events(Organisation, pgh_obj_id=cast.label.pk).last().name == "X"


def test_history_of_a_request_knows_person_organisation_request_and_route(cast, client):
    client.force_login(cast.alice)
    client.post(reverse("accounts:organisation-edit"), {"name": "Alice & Co"})
    event = events(Organisation, pgh_obj_id=cast.studio.pk).last()
    assert event.name == "Alice & Co"
    assert event.pgh_context["user"] == cast.alice.pk
    assert event.pgh_context["organisation"] == str(cast.studio.pk)
    assert event.pgh_context["url"] == "organisations/settings/"
    entry = AuditEntry.objects.get(action="accounts.organisation.renamed")
    assert entry.request_id == event.pgh_context["request_id"] != ""


def test_history_outside_a_request_has_no_context(cast):
    assert events(Organisation, pgh_obj_id=cast.studio.pk).get().pgh_context is None


def test_entry_is_gone_with_the_transaction_that_failed(cast):
    with transaction.atomic():
        audit_record(action="accounts.test.made", actor=cast.alice, organisation=cast.studio)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("action", ["renamed", "Accounts.Renamed", "accounts renamed", ""])
def test_database_refuses_actions_that_are_not_dotted(db, action):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(action=action)
    assert not AuditEntry.objects.exists()


def test_scrubbing_a_person_without_a_due_deletion_is_refused(cast):
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("SELECT accounts_person_scrub(%s)", [cast.alice.pk])
    assert events(User, pgh_obj_id=cast.alice.pk).get().email == "alice@example.com"
