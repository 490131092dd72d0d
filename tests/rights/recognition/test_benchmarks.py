"""The benchmarks of recognition run, count rightly, and leave nothing behind."""

from __future__ import annotations

import pytest
import soundfile
from django.db import connection

from rights.management import index_scale, recognition_benchmark
from rights.models import Recording, RecordingFingerprint
from rights.recognition.degradation import DEGRADATIONS
from rights.tasks.listening import fingerprint_store
from tests.rights.factories import make_recording
from tests.rights.recognition.sounds import fingerprint_of, song

QUICK = {"as it is", "mono 22 kHz", "excerpt of 12 s"}


@pytest.fixture
def folder(tmp_path):
    songs = tmp_path / "songs"
    songs.mkdir()
    for seed in (50, 51):  # the distractors are the songs from 0 on
        soundfile.write(songs / f"{seed}.flac", *song(seed))
    return songs


@pytest.mark.django_db
def test_the_table_counts_and_the_index_stays_empty(folder, tmp_path, monkeypatch):
    quick = [each for each in DEGRADATIONS if each.name in QUICK]
    monkeypatch.setattr(recognition_benchmark, "DEGRADATIONS", quick)
    monkeypatch.setattr(recognition_benchmark, "DISTRACTOR_S", 15.0)
    page = tmp_path / "page.md"

    found = recognition_benchmark.recognition_benchmark(
        songs=str(folder), distractors=2, strangers=1, page=str(page)
    )

    assert [(row["right"], row["songs"], row["wrong_hits"]) for row in found["rows"]] == [
        (2, 2, 0)
    ] * 3
    assert found["strangers"] == {"songs": 1, "accepted": 0}
    assert found["speed"]["right"] == 2
    assert found["folders"] == ["songs"]
    text = page.read_text()
    assert "| as it is | 2/2 (100.0%) | 99% | 2 | 0 | 1.00 |" in text
    assert "1 tried, **0 accepted**" in text
    assert str(tmp_path) not in text
    assert not RecordingFingerprint.objects.exists()
    assert not Recording.objects.exists()


@pytest.mark.django_db
def test_an_index_in_use_and_an_empty_folder_are_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="no audio files"):
        recognition_benchmark.recognition_benchmark(songs=str(tmp_path))
    fingerprint_store(recording=make_recording(), fingerprint=fingerprint_of(0))
    with pytest.raises(ValueError, match="not empty"):
        recognition_benchmark.recognition_benchmark(songs=str(folder))
    assert RecordingFingerprint.objects.count() == 1


@pytest.mark.django_db
def test_the_votes_are_timed_in_a_table_that_is_dropped(folder, monkeypatch):
    monkeypatch.setattr(index_scale, "BATCH", 100_000)
    monkeypatch.setattr(index_scale, "TIMES", 2)

    found = index_scale.index_scale_benchmark(songs=str(folder), recordings=10, like=100_000)

    assert found["recordings"] == 10
    assert found["strangers_a_key"] == 9
    assert found["postings"] > 10 * 1_650
    assert found["excerpt of 12 s"]["rows"] >= 10 * found["excerpt of 12 s"]["keys"] * 0.9
    assert any("Heap Fetches: 0" in line for line in found["plan"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'bench'")
        assert cursor.fetchone() == (0,)
