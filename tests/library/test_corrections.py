"""Correcting by hand: what people say wins over what was measured, and never replaces it."""

from __future__ import annotations

import copy
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from library.domain.corrections import Corrections, corrected
from library.domain.keys import MusicalKey
from library.models import Track, TrackAnalysis, TrackCorrection
from library.selectors.track_corrections import analysis_of, corrections_of
from library.services.tracks import track_analysed
from tests.library.factories import MEASURED, make_analysis, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def song(cast):
    """A song measured at 120 BPM in F sharp minor, in bars of four."""
    track = make_track(cast.studio, "Tide", tempo_bpm=120.0, key_pitch_class=6, key_mode="minor")
    make_analysis(track)
    return track


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def url(track) -> str:
    return f"/library/{track.pk}/correct/"


def press(client, track, what: str, do: str, **values):
    return client.post(url(track), {"what": what, "do": do, **values})


def fact(client, track, label: str) -> str:
    """Return the words of one measured value on the song's page."""
    page = client.get(f"/library/{track.pk}/").content.decode()
    found = re.search(rf"<dt>{label}</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", " ", found[1])


@pytest.mark.parametrize(
    ("do", "bpm", "becomes"), [("double", "", 240.0), ("half", "", 60.0), ("set", "97.5", 97.5)]
)
def test_a_corrected_tempo_is_in_list_filter_and_page_and_the_measurement_stays(
    as_alice, song, do, bpm, becomes
):
    answer = press(as_alice, song, "tempo", do, bpm=bpm)
    assert (answer.status_code, answer["Location"]) == (302, f"/library/{song.pk}/")
    song.refresh_from_db()
    assert song.tempo_bpm == becomes
    assert song.analysis.data["tempo"]["bpm"] == 120.0
    assert "Tide" in as_alice.get(f"/library/?bpm_from={int(becomes)}").content.decode()
    assert "Tide" not in as_alice.get("/library/?bpm_from=120&bpm_to=120").content.decode()
    words = fact(as_alice, song, "Tempo")
    assert f"{becomes:.1f} BPM" in words
    assert "corrected by Alice" in words
    assert "Measured: 120.0 BPM." in words


def test_a_corrected_key_is_found_by_its_filter(as_alice, song):
    press(as_alice, song, "key", "set", key="8B")
    song.refresh_from_db()
    assert (song.key_pitch_class, song.key_mode) == (0, "major")
    assert "Tide" in as_alice.get("/library/?key=8B").content.decode()
    assert "Tide" not in as_alice.get("/library/?key=11A").content.decode()
    assert "Measured: F♯ minor." in fact(as_alice, song, "Key")


def test_bar_lines_move_by_beats_and_come_round(as_alice, song):
    for expected in (1, 2, 3):
        press(as_alice, song, "downbeat", "later")
        assert corrections_of(song).shift_beats == expected
    press(as_alice, song, "downbeat", "later")
    assert not song.corrections.exists()
    press(as_alice, song, "downbeat", "earlier")
    assert analysis_of(song)["beats"]["downbeats_s"][:2] == [1.5, 3.5]


def test_undo_lets_the_measurement_stand_again(as_alice, song):
    press(as_alice, song, "tempo", "double")
    press(as_alice, song, "key", "set", key="8B")
    assert press(as_alice, song, "tempo", "undo").status_code == 302
    song.refresh_from_db()
    assert (song.tempo_bpm, song.key_pitch_class) == (120.0, 0)
    assert "corrected" not in fact(as_alice, song, "Tempo")
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-3:] == [
        "library.correction.made",
        "library.correction.made",
        "library.correction.undone",
    ]


def test_measuring_again_never_overwrites_a_correction(as_alice, song):
    press(as_alice, song, "tempo", "half")
    data = copy.deepcopy(MEASURED) | {"tempo": {**MEASURED["tempo"], "bpm": 121.0}}
    again = TrackAnalysis.objects.create(
        audio_sha256=song.audio_sha256, revision="newer", data=data
    )
    track_analysed(track=song, analysis=again)
    song.refresh_from_db()
    assert (song.tempo_bpm, song.analysis) == (60.0, again)
    assert (song.key_pitch_class, song.loudness_lufs) == (6, -14.2)
    press(as_alice, song, "tempo", "undo")
    song.refresh_from_db()
    assert song.tempo_bpm == 121.0


def test_a_second_correction_replaces_the_first_and_names_its_author(client, cast, song):
    client.force_login(cast.alice)
    press(client, song, "tempo", "half")
    client.force_login(cast.bob)
    press(client, song, "tempo", "set", bpm="118")
    assert song.corrections.get().tempo_bpm == 118.0
    assert "corrected by Bob" in fact(client, song, "Tempo")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"what": "tempo"},
        {"what": "title", "do": "set"},
        {"what": "tempo", "do": "set"},
        {"what": "tempo", "do": "set", "bpm": "nan"},
        {"what": "tempo", "do": "set", "bpm": "19"},
        {"what": "tempo", "do": "set", "bpm": "401"},
        {"what": "tempo", "do": "later"},
        {"what": "key", "do": "set", "key": "13B"},
        {"what": "key", "do": "double"},
        {"what": "downbeat", "do": "set"},
    ],
)
def test_what_cannot_be_corrected_is_said_and_changes_nothing(as_alice, song, data):
    answer = as_alice.post(url(song), data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    song.refresh_from_db()
    assert (song.tempo_bpm, song.key_pitch_class) == (120.0, 6)
    assert not TrackCorrection.objects.exists()


def test_a_tempo_is_not_doubled_beyond_what_songs_have(as_alice, song):
    press(as_alice, song, "tempo", "double")
    assert press(as_alice, song, "tempo", "double").status_code == 422
    assert song.corrections.get().tempo_bpm == 240.0


def test_a_song_that_is_not_measured_says_so(as_alice, cast):
    track = make_track(cast.studio, "New", state="analysing")
    assert press(as_alice, track, "tempo", "set", bpm="90").status_code == 422
    assert "not measured yet" in as_alice.get(url(track)).content.decode()
    assert not track.corrections.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("vera", 403), ("charlie", 404), ("rita", 404), (None, 302)]
)
def test_who_may_not_change_a_song_corrects_nothing(client, cast, song, person, status):
    if person:
        client.force_login(getattr(cast, person))
    assert client.get(url(song)).status_code == status
    assert press(client, song, "tempo", "double").status_code == status
    song.refresh_from_db()
    assert (song.tempo_bpm, song.corrections.count()) == (120.0, 0)


def test_who_may_only_look_sees_the_correction_and_no_form(client, cast, song):
    client.force_login(cast.alice)
    press(client, song, "tempo", "half")
    client.force_login(cast.vera)
    assert "corrected by Alice" in fact(client, song, "Tempo")
    assert url(song) not in client.get(f"/library/{song.pk}/").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "tempo"},
        {"what": "key", "key_mode": "major"},
        {"what": "downbeat"},
        {"what": "tempo", "tempo_bpm": 5.0},
        {"what": "tempo", "tempo_bpm": 90.0, "key_pitch_class": 1},
        {"what": "key", "key_pitch_class": 12, "key_mode": "major"},
        {"what": "key", "key_pitch_class": 1, "key_mode": "modal"},
        {"what": "downbeat", "shift_beats": 0},
        {"what": "mood", "tempo_bpm": 90.0},
    ],
)
def test_the_database_takes_only_a_correction_that_says_one_thing(cast, song, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackCorrection.objects.create(track=song, made_by=cast.alice, **fields)


def test_the_author_may_go_and_the_correction_stays(as_alice, cast, song):
    press(as_alice, song, "tempo", "half")
    TrackCorrection.objects.update(made_by=None, made_at=timezone.now())
    assert "corrected by hand" in fact(as_alice, song, "Tempo")
    assert Track.objects.get(pk=song.pk).tempo_bpm == 60.0


BEATS = {"meter": 4, "beats_s": [0.5 * n for n in range(12)], "downbeats_s": [0.5, 2.5, 4.5]}
DATA = {"tempo": {"bpm": 120.0}, "key": {"tonic": "A"}, "beats": BEATS}


def test_twice_the_tempo_puts_a_beat_between_every_two_and_keeps_the_first_bar_line():
    beats = corrected(DATA, Corrections(tempo_bpm=240.0))["beats"]
    assert beats["beats_s"][:4] == [0.0, 0.25, 0.5, 0.75]
    assert beats["downbeats_s"][:2] == [0.5, 1.5]


def test_half_the_tempo_keeps_the_beats_that_bars_begin_on():
    beats = corrected(DATA, Corrections(tempo_bpm=60.0))["beats"]
    assert beats["beats_s"][:3] == [0.5, 1.5, 2.5]
    assert beats["downbeats_s"] == [0.5, 4.5]


def test_another_tempo_changes_the_figure_and_no_beat():
    found = corrected(DATA, Corrections(tempo_bpm=97.0))
    assert (found["tempo"]["bpm"], found["beats"]) == (97.0, BEATS)


def test_correcting_leaves_the_measurement_as_it_was():
    before = copy.deepcopy(DATA)
    key = MusicalKey(0, "major")
    found = corrected(DATA, Corrections(tempo_bpm=60.0, key=key, shift_beats=1))
    assert before == DATA
    assert found["key"] == {"tonic": "C", "mode": "major", "confidence": 1.0}
    assert found["beats"]["downbeats_s"] == [1.5, 5.5]


def test_without_beats_only_the_figure_changes():
    data = {"tempo": {"bpm": 0.0}, "key": {"tonic": ""}, "beats": {"beats_s": [], "meter": 4}}
    assert corrected(data, Corrections(tempo_bpm=90.0))["tempo"]["bpm"] == 90.0
