"""``manage.py royalties_run``: one person calculates, another approves; refusals are sentences."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from rights.models import Entry, PeriodLock, RoyaltyRun
from tests.rights.income.reports import Sale
from tests.rights.runs.months import OCTOBER, bring

pytestmark = pytest.mark.django_db


def run(by, **options):
    out = io.StringIO()
    call_command("royalties_run", period=OCTOBER, by=by.email, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_two_people_bring_a_month_to_its_end(world, cast, olive):
    bring([Sale(net="10")], cast.sam)
    first = run(cast.sam)
    assert (first["state"], first["totals"]["EUR"]["earned"]) == ("calculated", "10000000")
    assert run(cast.sam)["sha256"] == first["sha256"]
    locked = run(olive, approve="Compared with the store's own figures")
    assert (locked["state"], locked["sha256"]) == ("locked", first["sha256"])
    assert PeriodLock.objects.count() == 1
    assert run(olive, approve="Again") == locked
    assert Entry.objects.filter(kind="allocation").count() == 1


def test_one_person_alone_is_refused(world, cast):
    bring([Sale(net="10")], cast.sam)
    run(cast.sam)
    with pytest.raises(CommandError, match="by another person") as refusal:
        run(cast.sam, approve="Looks fine")
    assert refusal.value.returncode == 2
    assert RoyaltyRun.objects.get().state == "calculated"
    assert not Entry.objects.filter(kind="allocation").exists()


def test_somebody_who_is_not_of_the_staff_is_refused(cast):
    with pytest.raises(CommandError, match="no member of staff"):
        run(cast.alice)
    assert not RoyaltyRun.objects.exists()


def test_what_was_not_calculated_is_not_approved(cast, olive):
    with pytest.raises(CommandError, match="cannot be locked"):
        run(olive, approve="Blindly")
    assert RoyaltyRun.objects.get().state == "draft"


def test_people_read_sums_in_money(world, cast, capsys):
    bring([Sale(net="10.000001")], cast.sam)
    call_command("royalties_run", period=OCTOBER, by=cast.sam.email)
    assert "earned EUR\N{NO-BREAK SPACE}10.000001" in capsys.readouterr().out
