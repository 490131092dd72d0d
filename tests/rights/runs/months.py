"""Months with reports and owners, for the tests of royalty runs and of what follows them."""

from __future__ import annotations

import io

import time_machine

from rights.models import RightsClaim
from rights.services.income import income_post, income_upload
from rights.services.income_reading import income_read
from rights.services.split_sheets import base_catalogue_freeze
from rights.tasks.income import reading_in_folder
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import financial, head
from tests.rights.income.sheets import make_sheet, recordings_of

SONG, OTHER = "QZTEN2600001", "QZTEN2600002"
OCTOBER, NOVEMBER = "2026-08", "2026-09"
"""Called so in the tests; months that are over whenever the tests run."""


def own(recording, party, share_ppm=1_000_000, **more):
    """Let a party own a share."""
    return RightsClaim.objects.create(
        recording=recording, party=party, share_ppm=share_ppm, state="active", **more
    )


def bring(sales, actor, *, month=OCTOBER, message="M-1"):
    """Read and post a report on a day of the month."""
    with time_machine.travel(f"{month}-20T12:00Z", tick=False):
        lines = financial(sales, first=head(MessageId=message))
        file, _ = income_upload(
            name=f"{message}.tsv",
            stream=io.BytesIO("\n".join([*lines, ""]).encode()),
            actor=None,
            is_read_here=True,
        )
        income_read(file=file, reading=reading_in_folder(file))
        file.concerns.filter(code__in=["reported_before", "name_unusual"]).update(is_blocking=False)
        income_post(file=file, actor=actor)
        file.refresh_from_db()
    return file


class World:
    """Two songs, three labels, one recording that nobody claims."""

    def __init__(self):
        self.rita, self.bert, self.cleo = (make_party(name) for name in ("Rita", "Bert", "Cleo"))
        base_catalogue_freeze(
            revision="base@1", policy="equal",
            weights={make_recording().pk: 1 for _ in range(3)},
        )  # fmt: skip
        self.song = make_sheet(
            SONG, shares={make_recording().isrc: n for n in (300_000, 200_000, 170_000)}
        )
        self.other = make_sheet(OTHER, shares={make_recording().isrc: 67_000})
        one, two, self.unowned = recordings_of(self.song)
        own(one, self.rita)
        own(two, self.rita, 600_000)
        own(two, self.bert, 400_000)
        own(recordings_of(self.other)[0], self.cleo)
