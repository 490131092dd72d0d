"""The limits hold across processes: they count in a table that a migration makes."""

from __future__ import annotations

import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.cast import PASSWORD, make_cast

LOGIN = "/account/login/"


def wrong(client, **extra):
    """Try a wrong password for Alice."""
    fields = {"login": "alice@example.com", "password": "wrong wrong wrong"}
    return client.post(LOGIN, fields, **extra)


def counters() -> int:
    """Count what the limits wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE '%%allauth:rl:%%'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_table_is_the_one_that_createcachetable_makes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length, is_nullable "
            "FROM information_schema.columns WHERE table_name = 'cache' ORDER BY ordinal_position"
        )
        assert cursor.fetchall() == [
            ("cache_key", "character varying", 255, "NO"),
            ("value", "text", None, "NO"),
            ("expires", "timestamp with time zone", None, "NO"),
        ]
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'cache' ORDER BY 1")
        assert [row[0] for row in cursor.fetchall()] == ["cache_expires", "cache_pkey"]


@pytest.mark.django_db
def test_attempts_count_in_the_database(client, cast):
    assert counters() == 0
    wrong(client)
    assert counters() == 3  # per client: all log-ins, wrong ones; per address: wrong ones


@pytest.mark.django_db
def test_room_for_counters_is_far_above_a_busy_minute():
    assert cache._max_entries == 20_000


@pytest.mark.django_db
def test_client_cannot_choose_its_address_by_a_header(client, cast):
    answers = [
        wrong(client, headers={"x-forwarded-for": f"198.51.100.{n}"}).content.decode()
        for n in range(6)
    ]
    assert [("Too many failed" in a) for a in answers] == [False] * 5 + [True]


@pytest.mark.django_db
def test_behind_a_proxy_of_ours_the_client_s_own_address_counts(client, cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    one = {"headers": {"x-forwarded-for": "203.0.113.9, 198.51.100.1"}}
    forged = {"headers": {"x-forwarded-for": "203.0.113.77, 198.51.100.1"}}
    other = {"headers": {"x-forwarded-for": "203.0.113.9, 198.51.100.2"}}
    assert [wrong(client, **h).status_code for h in (one, forged, one, other)] == [
        422,
        422,
        429,
        422,
    ]


@pytest.fixture
def committed_cast(transactional_db):
    """The cast, for other connections to see; the counters go with it (their table has no model)."""
    yield make_cast()
    cache.clear()


@pytest.mark.usefixtures("committed_cast")
def test_many_at_once_do_not_get_more_tries_than_one_after_another():
    start, answers = threading.Barrier(12), []

    def attempt(n: int) -> None:
        start.wait()
        # Each from another client, so that only the limit of the address can stop them.
        answers.append(wrong(Client(REMOTE_ADDR=f"198.51.100.{n}")).content.decode())
        connection.close()

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tried = sum("do not belong together" in answer for answer in answers)
    stopped = sum("Too many failed" in answer for answer in answers)
    assert tried + stopped == 12
    assert 1 <= tried <= 5
    good = Client().post(LOGIN, {"login": "alice@example.com", "password": PASSWORD})
    assert (good.status_code == 422) == (tried == 5)
