"""Before a run is approved: who gets much more or less than in the month before, and why it stands out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rights.models import Entry, RoyaltyRun
from rights.selectors.run_review import SHOWN, run_before, run_review
from rights.services.royalty_runs import run_calculated
from tests.rights.factories import make_party, make_recording
from tests.rights.runs.months import NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db
MARK = 1_000_000


def month(period, amounts, cast, currency="EUR"):
    """A calculated run in which parties (``None``: nobody yet) get so many marks each."""
    from rights.income.pooling import Share

    run, _ = RoyaltyRun.objects.get_or_create(
        period=period, defaults={"state": "calculating", "created_by": cast.sam}
    )
    recording = str(make_recording().pk)
    shares = [
        Share(
            pool="base", group=0, recording=recording, party=str(party.pk) if party else "",
            currency=currency, weight=1, share_ppm=1_000_000, amount=int(Decimal(marks) * MARK),
        )
        for party, marks in amounts
    ]  # fmt: skip
    run_calculated(run=run, shares=shares, facts={"groups": 1}, digest="0" * 64)
    run.refresh_from_db()
    return run


def said(run):
    return {row.name: (row.amount.micros, str(row.why)) for row in run_review(run).rows}


def test_the_first_run_is_compared_with_nothing_and_returns_stand_out(cast):
    one, two = make_party("Alma"), make_party("Bert")
    run = month(OCTOBER, [(one, 100), (two, -3)], cast)
    assert run_before(run) is None
    review = run_review(run)
    assert [(row.name, row.before, row.change) for row in review.rows] == [
        ("Bert", None, None), ("Alma", None, None),
    ]  # fmt: skip
    assert said(run) == {
        "Alma": (100 * MARK, ""), "Bert": (-3 * MARK, "Below zero: returns are larger than sales"),
    }  # fmt: skip
    assert (review.payees, review.left_out) == (2, 0)


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (100, 150, ""), (100, 200, ""), (100, "200.000001", "More than twice as much"), (100, 50, ""),
        (100, "49.999999", "Less than half"), (100, 0, "Nothing any more"),
        (0, 10, "Nothing in the run before"), (-5, 10, ""),
    ],
)  # fmt: skip
def test_what_stands_out(cast, before, now, why):
    alma, rest = make_party("Alma"), make_party("Rest")
    month(OCTOBER, [(alma, before), (rest, 1_000)], cast)
    row = said(month(NOVEMBER, [(alma, now), (rest, 1_000)], cast))["Alma"]
    assert row == (int(Decimal(now) * MARK), why)


def test_who_gets_nothing_any_more_is_named_though_no_share_is_theirs(cast):
    gone, here = make_party("Gone"), make_party("Here")
    month(OCTOBER, [(gone, 40), (here, 40)], cast)
    review = run_review(month(NOVEMBER, [(here, 41)], cast))
    assert [(row.name, str(row.why)) for row in review.rows] == [
        ("Gone", "Nothing any more"), ("Here", ""),
    ]  # fmt: skip
    assert review.rows[0].change.micros == -40 * MARK
    assert review.payees == 1


@pytest.mark.parametrize(
    ("held", "why"), [(10, ""), (11, "More than a tenth of the month is held")]
)
def test_a_month_of_which_much_is_held_says_so(cast, held, why):
    alma = make_party("Alma")
    run = month(OCTOBER, [(alma, 100 - held), (None, held)], cast)
    assert said(run)["Held for nobody yet"] == (held * MARK, why)


def test_currencies_are_never_compared_with_each_other(cast):
    alma = make_party("Alma")
    month(OCTOBER, [(alma, 100)], cast)
    run = month(NOVEMBER, [(alma, 100)], cast, currency="USD")
    assert [(row.amount.currency, str(row.why)) for row in run_review(run).rows] == [
        ("EUR", "Nothing any more"), ("USD", "Nothing in the run before"),
    ]  # fmt: skip


def test_many_payees_cost_as_many_queries_as_few_and_the_largest_changes_are_shown(cast):
    counts = []
    for many, first, second in ((1, "2026-05", "2026-06"), (SHOWN + 20, OCTOBER, NOVEMBER)):
        parties = [make_party(f"Label {first} {number:02}") for number in range(many)]
        month(first, [(one, 100) for one in parties], cast)
        amounts = [(one, 100 + place) for place, one in enumerate(parties)]
        run = month(second, amounts, cast)
        with CaptureQueriesContext(connection) as queries:
            review = run_review(run)
        counts.append(len(queries))
        assert (review.payees, review.left_out) == (many, max(0, many - SHOWN))
    assert counts[0] == counts[1] == 4
    assert [row.change.micros // MARK for row in review.rows] == sorted(
        (row.change.micros // MARK for row in review.rows), reverse=True
    )


def test_staff_read_it_on_the_page_of_the_run_and_looking_changes_nothing(cast, admin_client):
    from allauth.mfa.models import Authenticator

    from accounts.models import User

    Authenticator.objects.create(
        user=User.objects.get(pk=admin_client.session["_auth_user_id"]), type="totp",
        data={"secret": "the-secret-of-the-app"},
    )  # fmt: skip
    alma = make_party("Alma <b>& Sons</b>")
    month(OCTOBER, [(alma, 100)], cast)
    run = month(NOVEMBER, [(alma, "300.000001")], cast)
    page = admin_client.get(reverse("admin:rights_royaltyrun_change", args=[run.pk])).text
    assert "EUR 300.000001" in page.replace("\xa0", " ")
    assert "EUR 200.000001" in page.replace("\xa0", " ")
    assert "More than twice as much" in page
    assert "Alma &lt;b&gt;&amp; Sons&lt;/b&gt;" in page
    assert "1 payee in all" in page
    run.refresh_from_db()
    assert (run.state, Entry.objects.count()) == ("calculated", 0)
