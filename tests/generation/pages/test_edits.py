"""Edits: the plan says what changes and what stays; the new version is asked for as it was planned."""

from __future__ import annotations

import re
from datetime import date

import pytest

from generation.models import Version
from generation.selectors.edit_page import reweighed
from rights.models import Consent
from tests.generation.finished import make_version, measure
from tests.generation.pages.conftest import body, url

pytestmark = pytest.mark.django_db


def plan(client, song, **edit) -> str:
    return body(client.get(url(song, "plan/", v=1, **edit)))


def listed(page: str, heading: str) -> list[str]:
    part = page[page.index(f'id="plan-{heading}"') :]
    return re.findall(r"<li>(.*?)</li>", part[: part.index("</ul>")])


def test_a_section_written_anew_names_its_bars_and_spares_the_rest(as_alice, song):
    page = plan(as_alice, song, kind="reroll_section", section=2)
    assert "Chorus 1 written anew" in page
    assert listed(page, "changes") == [
        "Chorus 1, 0:24 to 0:40 (8 bars): melody, chords, drums and bass"
    ]
    assert listed(page, "stays") == [
        "The other 24 bars, note for note",
        "Tempo, key, form and length",
        "Every song keeps its share, to within one point",
    ]
    assert page.count("plan-changed") == 1


def test_every_chorus_alike_touches_all_of_its_name(as_alice, song):
    page = plan(as_alice, song, kind="reroll_section", section=2, everywhere="on")
    assert "Every chorus written anew" in page
    assert page.count("plan-changed") == 3
    assert listed(page, "stays")[0] == "The other 16 bars, note for note"


@pytest.mark.parametrize(
    ("edit", "changes", "stays"),
    [
        (
            {"kind": "reroll_layer", "layer": "drums"},
            ["Drums in the whole song"],
            "All other parts, note for note",
        ),
        (
            {"kind": "reroll_layer", "layer": "harmony"},
            ["Chords in the whole song", "Melody, bass and accompaniment, which follow the chords"],
            "The drums, note for note",
        ),
        (
            {"kind": "tempo", "bpm": "128"},
            ["120 → 128 BPM", "The length: 1:04 becomes about 1:00"],
            "Every note, its instrument and its force",
        ),
        (
            {"kind": "key", "key": "0-minor"},
            ["A minor → C minor", "Every pitched note moves by +3 semitones"],
            "Rhythm, drums and instruments",
        ),
        (
            {"kind": "key", "key": "8-minor"},
            ["A minor → A♭ minor", "Every pitched note moves by \N{MINUS SIGN}1 semitone"],
            "Rhythm, drums and instruments",
        ),
        (
            {"kind": "key", "key": "9-major"},
            ["A minor → A major", "Chords, and every part that follows them"],
            "The drums, note for note",
        ),
        (
            {"kind": "energy", "energy": "0.9"},
            ["How hard everything is played: full"],
            "Every note and its place",
        ),
        (
            {"kind": "length", "seconds": "120"},
            [
                "The form: 1:04 becomes about 2:00, by whole sections",
                "Sections that are repeated or left out",
            ],
            "The sections that remain, note for note",
        ),
        (
            {"kind": "extend", "role": "chorus", "bars": "8"},
            [
                "Chorus 3: 4 bars become 12 bars, from its own music",
                "The length: about 1:20",
            ],
            "Everything else, note for note",
        ),
    ],
)
def test_each_edit_says_what_it_does(as_alice, song, edit, changes, stays):
    page = plan(as_alice, song, **edit)
    assert listed(page, "changes") == changes
    assert listed(page, "stays")[0] == stays


def test_more_of_one_song_shows_what_each_had_and_will_have(as_alice, song):
    key = song.current.sources.get(position=1).isrc
    page = plan(as_alice, song, kind="reweigh", source=key, points="10.3")
    assert "<strong>10.30 %</strong>" in page
    assert page.count("<strong>6.30 %</strong>") == 9
    assert "The 33 % of the base catalogue" in page


def test_reweighing_keeps_the_others_in_proportion_and_the_pool_whole(song):
    version = Version.objects.get(pk=song.current_id)
    keys = [source.key for source in version.sources.order_by("position")][:10]
    weights = reweighed(version, keys[0], 1)
    assert sum(weights.values()) == 1_000_000
    assert reweighed(version, keys[0], 670_000) == {
        key: 1_000_000 if key == keys[0] else 0 for key in keys
    }
    assert reweighed(version, "base", 1) == {}
    assert reweighed(version, keys[0], 670_001) == {}


def test_the_new_version_is_what_was_planned(as_alice, song):
    measure(song.song_set)
    page = plan(as_alice, song, kind="tempo", bpm="128")
    idem = re.search(r'name="idem" value="(\w+)"', page)[1]
    data = {"kind": "tempo", "bpm": "128", "idem": idem}
    answer = as_alice.post(url(song, "plan/", v=1), data)
    assert answer.headers["Location"] == f"{url(song)}?v=2"
    made = song.versions.get(number=2)
    assert (made.edit, made.parent) == ({"kind": "tempo", "bpm": 128.0}, song.current)
    assert as_alice.post(url(song, "plan/", v=1), data).headers["Location"].endswith("?v=2")
    assert song.versions.count() == 2, "pressed twice it is one version"


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "tempo", "bpm": "59.9"},
        {"kind": "tempo", "bpm": "180.1"},
        {"kind": "tempo"},
        {"kind": "key", "key": "12-minor"},
        {"kind": "energy", "energy": "2"},
        {"kind": "length", "seconds": "59"},
        {"kind": "extend", "role": "chorus", "bars": "5"},
        {"kind": "extend", "role": "pre", "bars": "8"},
        {"kind": "reroll_section", "section": "6"},
        {"kind": "reroll_section", "section": "-1"},
        {"kind": "reroll_layer", "layer": "sound"},
        {"kind": "reweigh", "source": "nobody", "points": "5"},
        {"kind": "reweigh", "source": "", "points": "5"},
        {"kind": "reweigh", "source": "nobody", "points": "67.1"},
    ],
)
def test_an_edit_that_is_none_is_refused_where_it_was_chosen(as_alice, song, edit):
    measure(song.song_set)
    for answer in (
        as_alice.get(url(song, "plan/", v=1, **edit)),
        as_alice.post(url(song, "plan/", v=1), edit),
    ):
        assert answer.status_code == 422
        assert "Write a section anew" in body(answer)
        assert "field-errors" in body(answer)
    assert song.versions.count() == 1


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "tempo", "bpm": "120.04"},
        {"kind": "key", "key": "9-minor"},
        {"kind": "energy", "energy": "0.5"},
        {"kind": "reweigh", "points": "6.7"},
    ],
)
def test_what_the_version_is_already_makes_no_new_one(as_alice, song, edit):
    measure(song.song_set)
    if edit["kind"] == "reweigh":
        edit = edit | {"source": song.current.sources.get(position=3).isrc}
    for answer in (
        as_alice.get(url(song, "plan/", v=1, **edit)),
        as_alice.post(url(song, "plan/", v=1), edit),
    ):
        assert answer.status_code == 422
        assert "It is so already." in body(answer)
    assert song.versions.count() == 1


def test_the_energy_is_the_one_that_was_last_asked_for(as_alice, song):
    louder = make_version(song, parent=song.current, edit={"kind": "energy", "energy": 0.9})
    make_version(song, parent=louder, edit={"kind": "tempo", "bpm": 128.0}, bpm=128.0)
    offered = r'<option value="(0\.\d)" selected'
    for number, energy in ((1, "0.5"), (2, "0.9"), (3, "0.9")):
        page = body(as_alice.get(url(song, "edit/", v=number)))
        assert re.findall(offered, page) == [energy]
    assert as_alice.get(url(song, "plan/", v=3, kind="energy", energy="0.9")).status_code == 422
    assert as_alice.get(url(song, "plan/", v=3, kind="energy", energy="0.5")).status_code == 200


@pytest.mark.parametrize("kind", ["", "delete", "__class__"])
def test_an_unknown_edit_leads_to_those_there_are(as_alice, song, kind):
    answer = as_alice.get(url(song, "plan/", kind=kind))
    assert answer.headers["Location"] == url(song, "edit/")


def test_a_version_that_is_not_ready_cannot_be_edited(as_alice, waiting):
    answer = as_alice.get(url(waiting, "plan/", kind="tempo", bpm="128"))
    assert answer.headers["Location"] == url(waiting, "edit/")


def test_a_song_that_lost_consent_says_so_and_makes_nothing(as_alice, song):
    measure(song.song_set)
    recording = song.current.sources.get(position=2).recording
    Consent.objects.create(
        recording=recording, state="blocked", valid_from=date(2020, 1, 1), said_by="Rita Records"
    )
    page = body(as_alice.get(url(song, "edit/")))
    assert f"Rita Records does not allow “{recording.title}” to be used any more." in page
    assert "Its finished versions, files and receipts stay as they are." in page
    answer = as_alice.post(url(song, "plan/", v=1), {"kind": "tempo", "bpm": "128"})
    assert answer.status_code == 409
    assert song.versions.count() == 1


def test_a_viewer_and_a_stranger_edit_nothing(as_vera, as_charlie, song):
    measure(song.song_set)
    edit = {"kind": "tempo", "bpm": "128"}
    for client, status in ((as_vera, 403), (as_charlie, 404)):
        assert client.get(url(song, "edit/")).status_code == status
        assert client.get(url(song, "plan/", **edit)).status_code == status
        assert client.post(url(song, "plan/"), edit).status_code == status
    assert song.versions.count() == 1


def test_the_page_offers_what_the_version_has(as_alice, song):
    make_version(song)
    page = body(as_alice.get(url(song, "edit/", v=1)))
    assert len(re.findall(r'name="section" value="\d+"', page)) == 6
    assert 'value="pre"' not in page, "the song has no pre-chorus to go on"
    assert 'value="120.0"' in page
    assert 'value="9-minor" selected' in page
