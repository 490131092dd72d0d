"""API tokens: what opens the door, for how long, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import ApiToken, Membership
from accounts.services import tokens
from accounts.services.tokens import (
    ApiTokenError,
    token_authenticate,
    token_create,
    token_digest,
    token_revoke,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(cast) -> Membership:
    return Membership.objects.get(user=cast.alice, organisation=cast.studio)


@pytest.fixture
def viewer(cast) -> Membership:
    return Membership.objects.get(user=cast.vera, organisation=cast.studio)


def test_token_opens_the_door_for_its_person_and_organisation(cast, owner):
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    found = token_authenticate(new.raw)
    assert found == new.token
    assert (found.user, found.organisation) == (cast.alice, cast.studio)


def test_token_is_256_bits_with_a_visible_prefix_and_only_its_hash_is_kept(owner):
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    assert new.raw.startswith("tf_")
    assert len(bytes.fromhex(new.raw[3:])) == 32
    assert new.token.prefix == new.raw[:11]
    assert bytes(ApiToken.objects.get().digest) == token_digest(new.raw)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_apitoken t")
        assert new.raw[11:] not in cursor.fetchone()[0]


def test_two_tokens_are_never_the_same(owner):
    made = {token_create(membership=owner, name="x", scopes=["read"]).raw for _ in range(5)}
    assert len(made) == 5


@pytest.mark.parametrize("raw", ["", "tf_", "tf_" + "0" * 64, "TF_" + "a" * 64, "x" * 10_000])
def test_anything_else_opens_nothing(owner, raw, django_assert_max_num_queries):
    token_create(membership=owner, name="laptop", scopes=["read"])
    with django_assert_max_num_queries(1):
        assert token_authenticate(raw) is None
    assert ApiToken.objects.get().last_used_at is None


def test_revoked_token_opens_nothing(cast, owner):
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    assert token_revoke(token=new.token, actor=cast.alice) is True
    assert token_authenticate(new.raw) is None
    first = ApiToken.objects.get().revoked_at
    assert token_revoke(token=new.token, actor=cast.alice) is False
    assert ApiToken.objects.get().revoked_at == first


def test_expired_token_opens_nothing(owner):
    new = token_create(
        membership=owner,
        name="laptop",
        scopes=["read"],
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    assert token_authenticate(new.raw) is None


def test_token_of_a_switched_off_person_opens_nothing(cast, owner):
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    cast.alice.is_active = False
    cast.alice.save()
    assert token_authenticate(new.raw) is None


def test_token_dies_with_its_membership(viewer):
    new = token_create(membership=viewer, name="laptop", scopes=["read"])
    viewer.delete()
    assert token_authenticate(new.raw) is None
    assert not ApiToken.objects.exists()


def test_use_is_noted_at_most_once_a_minute(owner, django_assert_num_queries):
    new = token_create(membership=owner, name="laptop", scopes=["read"])
    token_authenticate(new.raw)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    token_authenticate(new.raw)
    assert ApiToken.objects.get().last_used_at == first

    earlier = first - timedelta(seconds=61)
    ApiToken.objects.update(last_used_at=earlier)
    with django_assert_num_queries(2):
        token_authenticate(new.raw)
    assert ApiToken.objects.get().last_used_at > earlier


def test_viewer_gets_no_token_that_writes(viewer):
    with pytest.raises(ApiTokenError) as refused:
        token_create(membership=viewer, name="laptop", scopes=["read", "write"])
    assert refused.value.code == "token.scope"
    assert not ApiToken.objects.exists()


def test_token_that_writes_also_reads(owner):
    writer = token_create(membership=owner, name="laptop", scopes=["write"]).token
    reader = token_create(membership=owner, name="phone", scopes=["read"]).token
    assert writer.allows("read")
    assert writer.allows("write")
    assert reader.allows("read")
    assert not reader.allows("write")


def test_number_of_tokens_is_limited_and_revoked_ones_do_not_count(owner, monkeypatch):
    monkeypatch.setattr(tokens, "TOKENS_PER_MEMBER", 2)
    first = token_create(membership=owner, name="1", scopes=["read"]).token
    token_create(membership=owner, name="2", scopes=["read"])
    with pytest.raises(ApiTokenError) as refused:
        token_create(membership=owner, name="3", scopes=["read"])
    assert refused.value.code == "token.limit"
    assert ApiToken.objects.count() == 2
    token_revoke(token=first, actor=owner.user)
    token_create(membership=owner, name="3", scopes=["read"])
    assert ApiToken.objects.count() == 3


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "root"]])
def test_database_refuses_unknown_scopes(owner, scopes):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(
            membership=owner, name="x", prefix="tf_", digest=b"x", scopes=scopes
        )
    assert not ApiToken.objects.exists()
