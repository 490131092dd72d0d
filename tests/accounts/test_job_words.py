"""What the job centre says: durations, times left, places, clock times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.selectors.job_words import duration_text, eta_text, queue_text, when_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (45, "45 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (150, "2 min"),
        (3569, "59 min"),
        (3590, "1 h"),
        (4800, "1 h 20 min"),
        (7200, "2 h"),
    ],
)
def test_durations_are_rounded_to_what_a_person_can_use(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("eta_s", "text"),
    [
        (None, ""),
        (4, ""),
        (5, "about 5 s left"),
        (33, "about 35 s left"),
        (54, "about 55 s left"),
        (56, "about 1 min left"),
        (100, "about 2 min left"),
        (5400, "about 1 h 30 min left"),
    ],
)
def test_time_left_is_an_estimate_and_hidden_when_short(eta_s, text):
    assert eta_text(eta_s) == text


def test_a_waiting_job_says_when_it_will_be_done():
    assert eta_text(100, is_waiting=True) == "done in about 2 min"


@pytest.mark.parametrize(
    ("place", "text"),
    [(None, ""), (1, "next in the queue"), (2, "2nd in the queue"), (13, "13th in the queue")],
)
def test_places_in_the_queue(place, text):
    assert queue_text(place) == text


@time_machine.travel(datetime(2026, 11, 21, 15, 0, tzinfo=UTC))
def test_clock_times_carry_their_zone_and_another_day_its_date():
    assert when_text(None) == ""
    assert when_text(datetime(2026, 11, 21, 9, 5, tzinfo=UTC)) == "09:05 UTC"
    assert when_text(datetime(2026, 11, 20, 23, 59, tzinfo=UTC)) == "20 Nov 2026, 23:59 UTC"


def test_clock_times_follow_the_zone_of_the_reader(settings):
    settings.TIME_ZONE = "Europe/Zurich"
    with time_machine.travel(datetime(2026, 7, 1, 15, 0, tzinfo=UTC)):
        assert when_text(datetime(2026, 7, 1, 9, 5, tzinfo=UTC)) == "11:05 CEST"
