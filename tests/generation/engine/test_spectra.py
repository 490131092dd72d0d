"""The spectra of the ten: measured once for each audio, none where there is nothing to measure."""

from __future__ import annotations

from typing import Any

import pytest

from config.lib import blobs
from generation.models import SourceSpectrum
from generation.tasks import spectra as module
from generation.tasks.spectra import audio_of, spectra_of
from library.analysis import long_term
from library.analysis.long_term import BANDS_HZ, long_term_spectrum
from library.analysis.pipeline import analyse_pcm
from library.models import Asset, Track
from library.tasks.analyse import analysis_as_json
from tests.generation.engine.ten import make_ten

pytestmark = pytest.mark.django_db


@pytest.fixture
def tracks(cast):
    """Ten tracks of which the first two have a master."""
    entries = make_ten(cast.studio).entries.select_related("track__analysis").order_by("position")
    return [entry.track for entry in entries]


@pytest.fixture
def read(monkeypatch):
    """Count the masters that are read."""
    keys, real = [], module._read
    monkeypatch.setattr(module, "_read", lambda key: (keys.append(key), real(key))[1])
    return keys


def test_each_spectrum_is_the_one_of_its_own_master(tracks):
    found = spectra_of(tracks)
    assert set(found) == {track.audio_sha256 for track in tracks}
    for track in tracks[:2]:
        assert found[track.audio_sha256] == long_term_spectrum(*audio_of(track))
    assert len({found[track.audio_sha256] for track in tracks[:2]}) == 2


def test_a_track_without_a_master_has_none_and_none_is_kept_of_it(tracks):
    found = spectra_of(tracks)
    assert {found[track.audio_sha256] for track in tracks[2:]} == {()}
    assert SourceSpectrum.objects.count() == 2


def test_a_master_that_storage_has_lost_has_none_either(tracks):
    blobs.delete(tracks[0].assets.get(kind=Asset.Kind.MASTER).key)
    found = spectra_of(tracks)
    assert found[tracks[0].audio_sha256] == ()
    assert len(found[tracks[1].audio_sha256]) == len(BANDS_HZ)
    assert SourceSpectrum.objects.count() == 1


def test_what_is_known_is_neither_read_nor_measured_again(tracks, read, django_assert_num_queries):
    first = spectra_of(tracks[:2])
    assert len(read) == 2
    with django_assert_num_queries(1):
        assert spectra_of(tracks[:2]) == first
    assert len(read) == 2


def test_of_one_audio_in_two_libraries_one_spectrum_is_measured(tracks, read):
    tracks[1].audio_sha256 = tracks[0].audio_sha256
    assert len(spectra_of(tracks[:2])) == 1
    assert len(read) == 1


def test_a_long_song_is_measured_by_its_first_minutes(tracks, monkeypatch):
    monkeypatch.setattr(long_term, "EXCERPT_S", 0.5)
    found = spectra_of(tracks[:1])[tracks[0].audio_sha256]
    samples, rate = audio_of(tracks[0])
    assert found == long_term_spectrum(samples[: rate // 2], rate)
    assert found != long_term_spectrum(samples, rate)


def analysed(track: Track, **changed: Any) -> Track:
    """Analyse the master of a track as the job does, and keep its spectrum as rows do."""
    told = analysis_as_json(analyse_pcm(*audio_of(track)))["long_term"] | changed
    track.analysis.data["long_term"] = told
    track.analysis.save()
    return Track.objects.select_related("analysis").get(pk=track.pk)


def test_the_analysis_holds_the_very_numbers_that_are_measured_here(tracks, read):
    here = spectra_of(tracks[:2])
    ready = [analysed(track) for track in tracks[:2]]
    SourceSpectrum.objects.all().delete()
    read.clear()
    assert spectra_of(ready) == here
    assert read == []


def test_of_analysed_songs_no_file_is_opened_no_row_read_and_none_written(
    tracks, read, django_assert_num_queries
):
    ready = [analysed(track) for track in tracks[:2]]
    blobs.delete(tracks[0].assets.get(kind=Asset.Kind.MASTER).key)
    read.clear()
    with django_assert_num_queries(0):
        found = spectra_of(ready)
    assert [len(levels) for levels in found.values()] == [len(BANDS_HZ)] * 2
    assert (read, SourceSpectrum.objects.count()) == ([], 0)


def test_songs_analysed_before_and_after_stand_side_by_side(tracks, read):
    ready = analysed(tracks[0])
    read.clear()
    found = spectra_of([ready, tracks[1]])
    assert [len(found[track.audio_sha256]) for track in tracks[:2]] == [len(BANDS_HZ)] * 2
    assert len(read) == 1
    assert SourceSpectrum.objects.get().audio_sha256 == tracks[1].audio_sha256


def test_what_was_measured_in_another_way_is_not_believed(tracks, read):
    old = analysed(tracks[0], revision="0", levels_db=[0.0] * len(BANDS_HZ))
    read.clear()
    found = spectra_of([old])[old.audio_sha256]
    assert len(read) == 1
    assert found == long_term_spectrum(*audio_of(old))


def test_a_song_that_was_never_analysed_is_measured(tracks, read):
    tracks[0].analysis = None
    assert len(spectra_of(tracks[:1])[tracks[0].audio_sha256]) == len(BANDS_HZ)
    assert len(read) == 1
