"""People."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_address_is_kept_in_lower_case():
    assert User.objects.create_user("Alice@Example.COM").email == "alice@example.com"


def test_address_in_upper_case_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="LOUD@example.com")
    assert not User.objects.exists()


def test_display_name_falls_back_to_the_address():
    assert User(email="alice@example.com").display_name == "alice"
    assert User(email="alice@example.com", name="Alice").display_name == "Alice"


def test_tests_run_as_the_application_role_which_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user")
        assert cursor.fetchone() == ("tenfold_app", False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)
