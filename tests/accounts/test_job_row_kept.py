"""Rows are drawn once for as long as they say the same, and never carry another page's token."""

from __future__ import annotations

import re

import pytest

from accounts.templatetags import job_rows
from tests.jobs.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_nothing_kept")]


@pytest.fixture
def _nothing_kept():
    job_rows._drawn.cache_clear()


def tokens(client) -> set[str]:
    page = client.get("/jobs/").content.decode()
    rows = page[page.index('class="job-list"') :]
    return set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', rows))


def test_the_second_look_draws_no_row_again(client, cast):
    for _ in range(3):
        make_job(tenant=cast.studio.pk)
    client.force_login(cast.alice)
    client.get("/jobs/")
    drawn = job_rows._drawn.cache_info().misses
    client.get("/jobs/")
    assert job_rows._drawn.cache_info().misses == drawn == 3


def test_each_page_carries_its_own_token(client, cast):
    make_job(tenant=cast.studio.pk)
    client.force_login(cast.alice)
    first, second = tokens(client), tokens(client)
    assert len(first) == len(second) == 1
    assert first != second
    assert job_rows.TOKEN_PLACE not in first | second


def test_a_row_that_says_something_new_is_drawn_anew(client, cast):
    job = make_job(tenant=cast.studio.pk, title="Before")
    client.force_login(cast.alice)
    assert "Before" in client.get("/jobs/").content.decode()
    type(job).objects.filter(pk=job.pk).update(title="After <b>")
    page = client.get("/jobs/").content.decode()
    assert "Before" not in page
    assert "After &lt;b&gt;" in page


def test_a_viewer_gets_no_button_that_an_owner_was_shown(client, cast):
    make_job(tenant=cast.studio.pk)
    client.force_login(cast.alice)
    assert "job-cancel-" in client.get("/jobs/").content.decode()
    client.force_login(cast.vera)
    assert "job-cancel-" not in client.get("/jobs/").content.decode()
