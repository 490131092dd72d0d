"""The recognisers of an installation: which there are, in which order, and when one is off."""

from __future__ import annotations

import pytest

from rights.tasks.listening import recognisers, shazam
from tests.rights.recognition.sounds import song, sound_of


def test_our_own_index_is_asked_first():
    assert [each.name for each in recognisers()] == ["index", "shazam", "acoustid"]


@pytest.mark.parametrize("changed", [{"SHAZAM_ENABLED": False}, {"SHAZAM_URL": ""}])
def test_shazam_that_is_off_is_skipped_and_hears_nothing(settings, sandbox, changed):
    settings.SHAZAM_URL = sandbox["shazam"].url
    for name, value in changed.items():
        setattr(settings, name, value)

    assert shazam().recognise(sound_of(*song(0))).outcome == "skipped"
    assert sandbox["shazam"].journal() == []


@pytest.mark.django_db(transaction=True)
def test_shazam_that_is_on_keeps_pace_and_memory_in_the_database(settings, sandbox):
    from rights.models import OutsideAnswer, OutsideService

    settings.SHAZAM_URL, settings.SHAZAM_ENABLED = sandbox["shazam"].url, True
    settings.SHAZAM_RATE = 600.0

    outcomes = [shazam().recognise(sound_of(*song(0))).outcome for _time in range(2)]

    assert outcomes == ["miss", "miss"]
    assert len(sandbox["shazam"].journal("/discovery/")) == 3, "the second time nobody is asked"
    assert OutsideService.objects.get(name="shazam").slot_at > 0
    assert OutsideAnswer.objects.count() == 3
