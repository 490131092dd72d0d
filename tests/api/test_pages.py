"""Lists in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.jobs.models import Job
    from tests.api.conftest import Program

pytestmark = pytest.mark.django_db


def test_pages_hold_every_row_once_though_rows_arrive(
    alices: Program, make_job: Callable[..., Job]
):
    made = [str(make_job().public_id) for _each in range(7)]
    seen: list[str] = []
    address: str | None = "/api/v1/jobs/?page_size=3"
    while address:
        body = alices.get(address).json()
        seen += [job["id"] for job in body["results"]]
        make_job()  # arrives at the top while we read on
        address = body["next"]
    assert seen == made[::-1]


def test_previous_leads_back(alices: Program, make_job: Callable[..., Job]):
    for _each in range(4):
        make_job()
    first = alices.get("/api/v1/jobs/?page_size=2").json()
    second = alices.get(first["next"]).json()
    assert alices.get(second["previous"]).json()["results"] == first["results"]


def test_page_holds_fifty_unless_asked_and_a_hundred_at_most(
    alices: Program, make_job: Callable[..., Job]
):
    for _each in range(101):
        make_job()
    assert len(alices.get("/api/v1/jobs/").json()["results"]) == 50
    assert len(alices.get("/api/v1/jobs/?page_size=100").json()["results"]) == 100


@pytest.mark.parametrize("size", ["0", "101", "-1", "x", "", "1e3", "%D9%A1", "9" * 5000])
def test_other_sizes_are_refused(alices: Program, size: str):
    answer = alices.get(f"/api/v1/jobs/?page_size={size}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/page_size")


@pytest.mark.parametrize("cursor", ["", "x", "cD14", "WzAsZmFsc2UsIngiXQ:bm8", "%00", "é"])
def test_cursor_that_we_did_not_make_is_refused(alices: Program, cursor: str):
    answer = alices.get(f"/api/v1/jobs/?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/cursor")


def test_cursor_that_was_changed_is_refused(alices: Program, make_job: Callable[..., Job]):
    for _each in range(2):
        make_job()
    address = alices.get("/api/v1/jobs/?page_size=1").json()["next"]
    cursor = parse_qs(urlsplit(address).query)["cursor"][0]
    answer = alices.client.get("/api/v1/jobs/", {"cursor": "A" + cursor})
    assert answer.status_code == 400
