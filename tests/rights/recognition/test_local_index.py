"""The local index on a real Postgres: what is stored is found again, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import connection

from config.lib import blobs
from library.analysis.fingerprint import reference_fingerprint
from rights.models import CatalogueListing, RecordingFingerprint
from rights.recognition.degradation import DEGRADATIONS, at_speed, excerpt
from rights.recognition.index_rows import Question
from rights.recognition.local_index import landmarks_of
from rights.selectors.fingerprints import VOTES, votes_parameters
from rights.tasks.listening import (
    fingerprint_forget,
    fingerprint_search,
    fingerprint_store,
    local_index,
)
from tests.rights.factories import make_recording
from tests.rights.recognition.sounds import fingerprint_of, song, sound_of

if TYPE_CHECKING:
    from rights.recognition.types import Sound

pytestmark = pytest.mark.django_db

KNOWN = range(4)
STRANGERS = range(100, 106)


def postings() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rights_fingerprint_posting")
        return cursor.fetchone()[0]


def unheard(sound: Sound) -> Sound:
    """Return the sound for those who have no need to hear it."""

    def no_pcm(_start_s=0.0, _stop_s=None, /):
        raise AssertionError("the sound itself was asked for")

    return replace(sound, pcm=no_pcm)


@pytest.fixture
def catalogue():
    recordings = {seed: make_recording(f"Song {seed}") for seed in KNOWN}
    for seed, recording in recordings.items():
        fingerprint_store(recording=recording, fingerprint=fingerprint_of(seed))
    return recordings


def test_a_song_is_found_by_the_fingerprint_of_its_analysis(catalogue):
    CatalogueListing.objects.create(
        recording=catalogue[2], storefront="gb", apple_music_id="1499516628", preferred=True
    )
    outcome = local_index().recognise(unheard(sound_of(*song(2), fingerprint=fingerprint_of(2))))

    assert (outcome.recogniser, outcome.outcome, outcome.message) == ("index", "hit", "")
    (hit,) = outcome.hits
    assert (hit.isrc, hit.title) == (catalogue[2].isrc, "Song 2")
    assert hit.apple_music_id == "1499516628"
    assert hit.score_ppm == 1_000_000
    assert hit.skew == 0
    assert hit.evidence["windows"] == hit.evidence["windows_agreeing"] == 3
    assert hit.evidence["recording"] == str(catalogue[2].pk)


@pytest.mark.parametrize("damage", DEGRADATIONS, ids=lambda each: each.name)
def test_a_damaged_song_is_still_itself(catalogue, damage):
    hits = fingerprint_search(sound=sound_of(*damage.apply(*song(1))))

    assert [hit.isrc for hit in hits] == [catalogue[1].isrc]


def test_the_place_and_the_speed_are_told(catalogue):
    samples, rate_hz = at_speed(*excerpt(*song(3), seconds=24, place=0.5), speed=1.015)

    (hit,) = fingerprint_search(sound=sound_of(samples, rate_hz))

    assert hit.skew == pytest.approx(0.015, abs=0.002)
    assert hit.evidence["offset_s"] == pytest.approx(8.0, abs=0.4)


def test_other_speeds_are_asked_about_with_the_landmarks_of_the_analysis(catalogue):
    faster = at_speed(*song(1), speed=1.015)
    analysed = reference_fingerprint(landmarks_of(*faster))
    sound = sound_of(*faster, fingerprint=analysed)

    (hit,) = fingerprint_search(sound=unheard(sound))

    assert (hit.isrc, hit.skew) == (catalogue[1].isrc, pytest.approx(0.015, abs=0.002))
    stranger = unheard(sound_of(*song(100), fingerprint=fingerprint_of(100)))
    assert local_index().recognise(stranger).outcome == "miss"


def test_who_was_analysed_before_landmarks_were_kept_is_heard_and_gets_the_same_answer(catalogue):
    faster = at_speed(*song(1), speed=1.015)
    analysed = reference_fingerprint(landmarks_of(*faster))
    sound = sound_of(*faster, fingerprint=replace(analysed, landmarks=None))
    heard = []

    old = fingerprint_search(sound=replace(sound, pcm=lambda: heard.append(1) or faster))

    assert heard == [1]
    assert old == fingerprint_search(sound=sound_of(*faster, fingerprint=analysed)) != ()


def test_songs_that_are_not_in_the_index_are_nobodys(catalogue):
    for seed in STRANGERS:
        outcome = local_index().recognise(sound_of(*song(seed)))
        assert (outcome.outcome, outcome.hits) == ("miss", ()), seed


def test_ten_seconds_of_a_song_in_another_do_not_make_it_that_song(catalogue):
    stranger, rate_hz = song(100)
    mixed = stranger.copy()
    part, _rate = excerpt(*song(0), seconds=10)
    mixed = np.concatenate([mixed, song(101)[0], part, song(102)[0]])

    assert fingerprint_search(sound=sound_of(mixed, rate_hz)) == ()


def test_silence_and_a_very_short_sound_are_nobodys(catalogue):
    samples, rate_hz = song(0)

    for quiet in (np.zeros(30 * rate_hz, np.float32), samples[: rate_hz // 2], samples[:0]):
        assert local_index().recognise(sound_of(quiet, rate_hz)).outcome == "miss"


def test_the_same_sound_is_stored_once(catalogue):
    before = postings()
    again = fingerprint_store(recording=catalogue[0], fingerprint=fingerprint_of(0))

    assert postings() == before
    assert RecordingFingerprint.objects.filter(recording=catalogue[0]).get() == again
    assert again.posting_count > 0
    assert sum(RecordingFingerprint.objects.values_list("posting_count", flat=True)) == before


def test_two_masters_of_one_recording_are_one_hit(catalogue):
    master, rate_hz = at_speed(*song(0), speed=1.0004)
    known_as = reference_fingerprint(landmarks_of(master, rate_hz))
    fingerprint_store(recording=catalogue[0], fingerprint=known_as)

    hits = fingerprint_search(sound=sound_of(*song(0)))

    assert [hit.isrc for hit in hits] == [catalogue[0].isrc]


def test_two_recordings_of_the_same_sound_are_two_hits(catalogue):
    reissue = make_recording("Reissue")
    fingerprint_store(recording=reissue, fingerprint=fingerprint_of(0))

    hits = fingerprint_search(sound=sound_of(*song(0)))

    assert {hit.isrc for hit in hits} == {catalogue[0].isrc, reissue.isrc}


def test_what_is_forgotten_is_not_found_and_leaves_nothing(catalogue):
    stored = RecordingFingerprint.objects.get(recording=catalogue[0])
    before, key = postings(), stored.landmarks_key

    fingerprint_forget(stored=stored)

    assert postings() == before - stored.posting_count
    assert not blobs.exists(key)
    assert fingerprint_search(sound=sound_of(*song(0))) == ()
    assert len(fingerprint_search(sound=sound_of(*song(1)))) == 1


def test_landmarks_that_another_recording_shares_stay(catalogue):
    fingerprint_store(recording=make_recording(), fingerprint=fingerprint_of(0))
    stored = RecordingFingerprint.objects.get(recording=catalogue[0])

    fingerprint_forget(stored=stored)

    assert blobs.exists(stored.landmarks_key)
    assert len(fingerprint_search(sound=sound_of(*song(0)))) == 1


def test_the_index_covers_the_votes(catalogue):
    """Of a small table the planner may well take other ways, so they are closed."""
    question = Question(1.0, [1, 2, 3], [0, 0, 0])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {VOTES}", votes_parameters([question]))
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Index Only Scan using rights_fingerprint_posting_key" in plan
    assert "Seq Scan" not in plan
