"""The page of one song: tabs, words for what was measured, files, songs that sound alike."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from library.domain.covers import STROKES, cover_svg
from library.models import Asset, Track
from library.selectors.track_measured import certainty, chord_name, moment, note_name
from tests.jobs.factories import make_job
from tests.library.factories import make_analysis, make_asset, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def song(cast):
    """A measured song with everything that its page shows."""
    track = make_track(
        cast.studio, "Tide", artist="Alice", album="Folds", key_pitch_class=6, key_mode="minor"
    )
    make_analysis(track)
    make_asset(track, Asset.Kind.ORIGINAL, b"original")
    make_asset(track, Asset.Kind.PLAYBACK, b"playback")
    make_asset(track, Asset.Kind.PEAKS_OVERVIEW, b'{"data": []}', suffix=".json")
    return track


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def page(client, track, query="") -> str:
    answer = client.get(f"/library/{track.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_overview_says_what_was_measured_and_how_sure_it_is(as_alice, song):
    text = page(as_alice, song)
    for words in ("120.0 BPM", "(sure)", "It could also be felt as 60.", "4/4", "(likely)",
                  "F♯ minor · 11A", "(a guess)", "\N{MINUS SIGN}14.2 LUFS", "silence", "WAV, 44100 Hz, 2 ch",
                  "Tide", "Alice", "Folds", "1:05"):  # fmt: skip
        assert words in text
    assert re.search(r'<meter [^>]*value="42"', text)


def test_structure_names_sections_chords_and_bars(as_alice, song):
    text = page(as_alice, song, "?tab=structure")
    for words in (
        "Intro",
        "Chorus",
        "0:16.0",
        "\N{MINUS SIGN}20.0 LUFS",
        "F♯m",
        "<strong>D</strong>",
        "none",
    ):
        assert words in text
    assert 'data-at="16.0"' in text
    bars = re.findall(r'<td class="num">(\d+)</td>', text)
    assert bars == ["8", "24"]


def test_notes_are_a_table_and_silence_says_so(as_alice, song):
    text = page(as_alice, song, "?tab=notes")
    assert "<td>A4</td>" in text
    assert "250" in text
    assert "No line was heard clearly enough" in text


def test_files_are_downloads_and_waveforms_are_not_for_people(as_alice, song):
    text = page(as_alice, song, "?tab=files")
    links = re.findall(r'href="(/media/[^"]+)" download', text)
    assert len(links) == 2
    assert "Waveform, overview" not in text
    answer = as_alice.get(links[0])
    assert b"".join(answer.streaming_content) == b"original"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_waveform_is_given_numbers_that_scripts_read(as_alice, song):
    text = page(as_alice, song)
    found = re.search(r'<script id="song-drawing" type="application/json">(.*?)</script>', text)
    assert found
    drawing = json.loads(found[1])
    assert drawing["sections"][1] == [16.0, 64.0, "B", "Chorus"]
    assert drawing["chords"][0] == [0.0, 8.0, "F♯m"]
    assert (len(drawing["beats"]), len(drawing["downbeats"])) == (128, 32)
    assert 'data-seconds="65.9"' in text
    assert "data-source=" in text


@pytest.mark.parametrize(
    "query", ["?tab=x", "?by=loudness", "?tab=&by=", "?tab=overview&by=timbre"]
)
def test_unknown_tabs_and_aspects_show_the_overview(as_alice, song, query):
    assert "Sounds like this" in page(as_alice, song, query)


@pytest.mark.parametrize("tab", ["overview", "structure", "notes", "files"])
def test_a_song_that_is_not_measured_yet_says_so(as_alice, cast, tab):
    job = make_job("running", tenant=cast.studio.pk)
    track = make_track(cast.studio, "Fresh", state="analysing", job=job)
    text = page(as_alice, track, f"?tab={tab}")
    expected = "The files appear here" if tab == "files" else "Not measured yet"
    assert expected in text
    assert "<wave-form" not in text


def test_a_refused_song_says_why(as_alice, cast):
    track = make_track(cast.studio, state="refused", refusal_code="silent", refusal="All silent.")
    text = page(as_alice, track)
    assert "All silent." in text
    assert "as soon as the song has been listened to" not in text


# ---------------------------------------------------------------- songs that sound alike


def near(text: str) -> list[tuple[str, str]]:
    pairs = re.findall(
        r'class="similar-words"><a href="[^"]+">(.*?)</a>.*?similar-distance">([\d.]+)<',
        text,
        re.DOTALL,
    )
    return [(title, distance) for title, distance in pairs]


def test_songs_that_sound_alike_stand_in_order_of_distance(as_alice, cast, song):
    for title, vector in {
        "Far": [-1.0, 0, 0],
        "Near": [1.0, 0.1, 0],
        "Middle": [0, 1.0, 0],
    }.items():
        make_analysis(make_track(cast.studio, title), vector)
    assert near(page(as_alice, song)) == [("Near", "0.00"), ("Middle", "1.00"), ("Far", "2.00")]


def test_only_the_own_organisations_living_songs_of_the_same_revision_compare(as_alice, cast, song):
    make_analysis(make_track(cast.charlies, "Charlie's twin"))
    older = make_track(cast.studio, "Older measure")
    analysis = make_analysis(older, [1.0, 0.0, 0.0, 0.0])
    analysis.revision = "before"
    analysis.save()
    deleted = make_track(cast.studio, "Deleted")
    make_analysis(deleted)
    Track.objects.filter(pk=deleted.pk).update(deleted_at="2026-11-01T00:00Z")
    make_track(cast.studio, "Not measured")
    assert near(page(as_alice, song)) == []


def test_each_aspect_compares_its_own_vector(as_alice, cast, song):
    other = make_track(cast.studio, "Same groove")
    analysis = make_analysis(other, [0.0, 1.0, 0.0])
    analysis.rhythm = [1.0, 0.0, 0.0]
    analysis.save()
    assert near(page(as_alice, song, "?by=rhythm")) == [("Same groove", "0.00")]
    assert near(page(as_alice, song, "?by=timbre")) == [("Same groove", "1.00")]


# ---------------------------------------------------------------- who, and how


@pytest.mark.parametrize("name", ["", "edit/", "cover.svg"])
@pytest.mark.parametrize(("person", "status"), [("charlie", 404), ("rita", 404), (None, 302)])
def test_strangers_find_nothing_here(client, cast, song, name, person, status):
    if person:
        client.force_login(getattr(cast, person))
    assert client.get(f"/library/{song.pk}/{name}").status_code == status


def test_a_viewer_sees_the_page_without_the_way_to_edit(client, cast, song):
    client.force_login(cast.vera)
    assert f"/library/{song.pk}/edit/" not in page(client, song)
    assert client.get(f"/library/{song.pk}/cover.svg").status_code == 200


@pytest.mark.parametrize("name", ["", "cover.svg"])
def test_pages_that_only_show_refuse_to_be_posted_to(as_alice, song, name):
    assert as_alice.post(f"/library/{song.pk}/{name}").status_code == 405


# ---------------------------------------------------------------- covers and words


def test_a_cover_is_drawn_of_ten_strokes_the_same_every_time(as_alice, song):
    answer = as_alice.get(f"/library/{song.pk}/cover.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "private" in answer["Cache-Control"]
    drawing = ElementTree.fromstring(answer.content)  # noqa: S314 - drawn by ourselves
    assert len(drawing) == STROKES + 1
    assert answer.content.decode() == cover_svg(song.pk.int)
    assert cover_svg(song.pk.int) != cover_svg(song.pk.int + 1)


@pytest.mark.parametrize(
    ("label", "shown"), [("C:maj", "C"), ("F#:min", "F♯m"), ("N", "none"), ("A#:maj", "A♯")]
)
def test_chords_are_written_as_musicians_write_them(label, shown):
    assert chord_name(label) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00.0"), (65.23, "1:05.2"), (59.96, "1:00.0")]
)
def test_moments_are_minutes_seconds_and_tenths(seconds, shown):
    assert moment(seconds) == shown


@pytest.mark.parametrize(("pitch", "shown"), [(69, "A4"), (60, "C4"), (21, "A0"), (70, "A♯4")])
def test_notes_are_numbered_by_octaves_of_iso_16(pitch, shown):
    assert note_name(pitch) == shown


@pytest.mark.parametrize(
    ("confidence", "word"), [(None, ""), (0.39, "a guess"), (0.4, "likely"), (0.7, "sure")]
)
def test_certainty_is_a_word(confidence, word):
    assert certainty(confidence) == word
