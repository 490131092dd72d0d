"""A label with two published months and one that is still being checked."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Membership, User
from rights.services.statement_publishing import statement_publish
from tests.rights.factories import make_party, make_recording
from tests.rights.income.sheets import make_sheet
from tests.rights.statements.months import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    Earning,
    contract_of,
    issue,
    locked,
)

MARK = 1_000_000


class Label:
    """Rita's label: what it owns, its contract and its statements, oldest first."""

    def __init__(self, cast, second):
        self.cast, self.second = cast, second
        self.party = make_party("Rita Records", organisation=cast.label)
        self.tide = make_recording("Tide", artist="The Inventors", label=self.party)
        self.sand = make_recording("Sand", artist="The Inventors", label=self.party)
        shares = {self.tide.isrc: 400_000, self.sand.isrc: 270_000}
        self.sheet = make_sheet("QZTEN2690001", shares=shares, title="Ten into One", artist="Alice")
        terms = {"fee_ppm": 100_000, "payout_min": 50 * MARK}
        self.contract = contract_of(self.party, actor=cast.sam, **terms)
        self.statements = []

    def earn(self, month, *amounts, publish=True, issued=True):
        """Lock a month in which the two recordings earned in two places; issue and publish it."""
        places = [("Lanternwave", "DE"), ("Brightfold", "GB")]
        earnings = [
            Earning(self.party, amount, recording=recording, service=service, territory=country, sheet=self.sheet)
            for amount, recording, (service, country) in zip(
                amounts, [self.tide, self.sand] * len(amounts), places * len(amounts), strict=False
            )
        ]  # fmt: skip
        run = locked(month, earnings, self.cast.sam, self.second)
        if issued:
            [made] = [one for one in issue(run) if one.party_id == self.party.pk]
            if publish:
                made = statement_publish(statement=made, actor=self.cast.sam)
            self.statements.append(made)
        return run


@pytest.fixture
def second(db):
    """The second person in the office."""
    return User.objects.create_user(email="olive@tenfold.example", is_staff=True)


@pytest.fixture
def label(cast, second):
    """Return the label with nothing earned yet."""
    return Label(cast, second)


@pytest.fixture
def told(label):
    """Return the label with August and September published, and October in the books only."""
    label.earn(AUGUST, 60 * MARK + 1, 20 * MARK)
    label.earn(SEPTEMBER, 90 * MARK, 30 * MARK + 3)
    label.earn(OCTOBER, 7 * MARK, issued=False)
    return label


@pytest.fixture
def rita(cast):
    """Rita's browser."""
    return _browser(cast.rita)


@pytest.fixture
def charlie(cast):
    """The browser of a stranger."""
    return _browser(cast.charlie)


@pytest.fixture
def reader(cast):
    """The browser of somebody who reads for the label and changes nothing."""
    person = User.objects.create_user("reader@example.com", name="Reader")
    Membership.objects.create(user=person, organisation=cast.label, role="viewer")
    return _browser(person)


def _browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client
