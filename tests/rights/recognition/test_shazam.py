"""Shazam over real HTTP: who is named, who is not, and what is said on its bad days."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
import soxr

from rights.recognition import shazam_client
from rights.recognition.degradation import as_mp3, at_speed, with_pink_noise
from rights.recognition.shazam import SENTENCES, ShazamPlace, ShazamRecogniser, starts_of
from rights.recognition.types import pcm_of
from tests.rights.recognition.sounds import song, sound_of

TAG = "/discovery/v5/"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Keep the policy, but wait a hundredth of it between attempts."""
    monkeypatch.setattr(shazam_client, "RETRY_AFTER_S", 0.01)


def joined(*parts):
    """Several songs one after another, so that every window hears another."""
    return np.concatenate([song(seed)[0] for seed in parts]), song(0)[1]


def test_a_song_is_named_by_two_windows_that_agree(shazam, shelf):
    shelf.register(0)
    shelf.register(1)

    outcome = shazam.recognise(sound_of(*song(1)))

    assert (outcome.recogniser, outcome.outcome, outcome.message) == ("shazam", "hit", "")
    (hit,) = outcome.hits
    assert (hit.isrc, hit.title, hit.artist) == ("ZZINV2600001", "Song 1", "The Inventors")
    assert (hit.apple_music_id, hit.album, hit.label) == (
        "900001",
        "Numbers",
        "Invented Records",
    )
    assert hit.score_ppm == 990_000
    assert abs(hit.skew) < 1e-3
    assert hit.evidence["offsets_s"] == pytest.approx([4.0, 14.0], abs=0.05)
    assert hit.evidence["released"] == "2026"
    assert len(shelf.asked()) == 2, "a third window would decide nothing"


def test_only_a_signature_leaves_and_it_leaves_as_the_app_sends_it(shazam, shelf):
    shazam.recognise(sound_of(*song(1)))

    first = shelf.asked()[0]
    body = json.loads(first["body"])
    assert set(body) == {"timezone", "signature", "timestamp", "context", "geolocation"}
    assert body["signature"]["samplems"] == 12_000
    assert len(base64.b64decode(body["signature"]["uri"].partition(",")[2])) < 20_000
    assert (body["context"], body["geolocation"]) == ({}, {})
    assert first["method"] == "POST"
    assert first["path"].startswith("/discovery/v5/en-GB/GB/iphone/-/tag/")
    assert first["headers"]["x-shazam-platform"] == "IPHONE"


def test_who_is_not_in_the_catalogue_is_a_miss(shazam, shelf, memory):
    shelf.register(0)

    outcome = shazam.recognise(sound_of(*song(5)))

    assert (outcome.outcome, outcome.hits, outcome.message) == ("miss", (), "")
    assert len(shelf.asked()) == 3
    assert set(memory.ttls) == {7 * 86_400.0}


@pytest.mark.parametrize(
    "damage",
    [
        lambda x, rate: as_mp3(x, rate, kbit_s=64),
        lambda x, rate: with_pink_noise(x, rate, snr_db=10),
    ],
    ids=["mp3", "noise"],
)
def test_a_damaged_song_is_named_without_skew(shazam, shelf, damage):
    shelf.register(3)

    (hit,) = shazam.recognise(sound_of(*damage(*song(3)))).hits

    assert hit.isrc == "ZZINV2600003"
    assert abs(hit.skew) < 1e-3


@pytest.mark.parametrize("speed", [1.015, 0.985])
def test_a_song_at_another_speed_carries_it_as_skew(shazam, shelf, speed):
    shelf.register(3)

    (hit,) = shazam.recognise(sound_of(*at_speed(*song(3), speed=speed))).hits

    assert hit.skew == pytest.approx(speed - 1, abs=5e-4)


def test_two_of_three_windows_outvote_the_third(shazam, shelf):
    shelf.register(0)
    shelf.register(1)

    outcome = shazam.recognise(sound_of(*joined(0, 1, 0)))

    assert [hit.isrc for hit in outcome.hits] == ["ZZINV2600000", "ZZINV2600001"]
    assert [hit.score_ppm for hit in outcome.hits] == [820_000, 300_000]
    assert len(shelf.asked()) == 3


def test_three_windows_that_all_differ_are_three_weak_hits(shazam, shelf):
    for seed in (0, 1, 2):
        shelf.register(seed)

    outcome = shazam.recognise(sound_of(*joined(0, 1, 2)))

    assert {hit.isrc for hit in outcome.hits} == {f"ZZINV260000{n}" for n in (0, 1, 2)}
    assert {hit.score_ppm for hit in outcome.hits} == {300_000}


def test_one_window_among_strangers_is_weak(shazam, shelf):
    shelf.register(1)

    (hit,) = shazam.recognise(sound_of(*joined(6, 1, 7))).hits

    assert (hit.isrc, hit.score_ppm) == ("ZZINV2600001", 500_000)


@pytest.mark.parametrize(
    ("omit", "isrc", "apple_music_id", "label"),
    [
        (["isrc"], "", "900002", "Invented Records"),
        (["apple", "sections"], "ZZINV2600002", "", ""),
        (["isrc", "apple", "sections"], "", "", ""),
    ],
)
def test_what_an_answer_leaves_out_is_empty(shazam, shelf, omit, isrc, apple_music_id, label):
    shelf.register(2, omit=omit)

    (hit,) = shazam.recognise(sound_of(*song(2))).hits

    assert (hit.isrc, hit.apple_music_id, hit.label) == (isrc, apple_music_id, label)
    assert hit.title == "Song 2"
    assert hit.evidence["key"].isdecimal()


def test_being_asked_too_often_is_said_and_nobody_asks_for_that_long(shazam, shelf, gate, clock):
    shelf.register(0)
    shelf.stand_in.fail("429", retry_after_s=90)

    outcome = shazam.recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.hits) == ("error", ())
    assert outcome.message == SENTENCES["limited"]
    assert outcome.raw["retry_after_s"] == 90
    assert len(shelf.asked()) == 1, "429 is not tried again"
    again = shazam.recognise(sound_of(*song(0)))
    assert (again.outcome, again.message) == ("error", SENTENCES["limited"])
    assert len(shelf.asked()) == 1, "the gate is closed"
    clock.at += 91
    assert shazam.recognise(sound_of(*song(0))).outcome == "hit"


@pytest.mark.parametrize(
    ("mode", "code", "asked"),
    [
        ("500", "down", 2),
        ("503", "down", 2),
        ("html", "unreadable", 1),
        ("empty", "unreadable", 1),
        ("malformed", "unreadable", 1),
    ],
)
def test_a_bad_day_is_an_error_with_a_sentence(shazam, shelf, gate, memory, mode, code, asked):
    shelf.register(0)
    shelf.stand_in.fail(mode, times=0, path=TAG)

    outcome = shazam.recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.hits) == ("error", ())
    assert outcome.message == SENTENCES[code]
    assert outcome.raw["code"] == code
    assert outcome.raw["retry_after_s"] > 0
    assert len(shelf.asked()) == asked
    assert memory == {}
    assert gate.state.failures == 1


def test_silence_on_the_line_ends_in_time(shazam, shelf, monkeypatch):
    monkeypatch.setattr(shazam_client, "TIMEOUT_S", 0.4)
    shelf.stand_in.fail("timeout_after_acting", times=0, delay_s=20, path=TAG)

    outcome = shazam.recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.message) == ("error", SENTENCES["timeout"])
    assert outcome.seconds < 5


def test_nobody_there_is_an_error_too(clock, gate, memory):
    nowhere = ShazamRecogniser(
        ShazamPlace("http://127.0.0.1:9"), gate=gate, memory=memory, clock=clock
    )

    outcome = nowhere.recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.message) == ("error", SENTENCES["down"])


def test_a_question_that_is_refused_is_an_error(shazam, shelf):
    shelf.stand_in.fail("404", times=0, path=TAG)

    assert shazam.recognise(sound_of(*song(0))).raw["code"] == "unreadable"


def test_after_a_failure_half_way_only_the_rest_is_asked(shazam, shelf):
    shelf.register(0)
    shelf.stand_in.fail("slow", delay_s=0.0, path=TAG)  # the first window passes
    shelf.stand_in.fail("html", path=TAG)
    assert shazam.recognise(sound_of(*song(0))).outcome == "error"

    outcome = shazam.recognise(sound_of(*song(0)))

    assert outcome.outcome == "hit"
    assert [window["kept"] for window in outcome.raw["windows"]] == [True, False]
    assert len(shelf.asked()) == 3


def test_the_same_sound_again_asks_nobody(shazam, shelf, memory):
    shelf.register(0)
    first = shazam.recognise(sound_of(*song(0)))
    shelf.stand_in.http.delete(f"{shelf.stand_in.url}/_sandbox/journal")

    again = shazam.recognise(sound_of(*song(0)))

    assert shelf.asked() == []
    assert again.hits == first.hits
    assert set(memory.ttls) == {30 * 86_400.0}


def test_the_pace_is_kept(shazam, shelf, clock):
    for seed in (4, 5):
        shazam.recognise(sound_of(*song(seed)))

    assert len(shelf.asked()) == 6
    assert clock.slept == pytest.approx([12, 12, 12]), "five a minute, three at once"


def test_a_turn_that_comes_too_late_is_not_waited_for(shelf, clock, gate, memory):
    hasty = ShazamRecogniser(
        ShazamPlace(shelf.stand_in.url),
        gate=gate,
        memory=memory,
        clock=clock,
        longest_wait_s=5.0,
    )
    hasty.recognise(sound_of(*song(4)))

    outcome = hasty.recognise(sound_of(*song(5)))

    assert (outcome.outcome, outcome.message) == ("error", SENTENCES["limited"])
    assert outcome.raw["retry_after_s"] == pytest.approx(12, abs=0.1)
    assert clock.slept == []
    assert len(shelf.asked()) == 3


def test_after_many_failures_it_is_left_alone(shazam, shelf, gate):
    shelf.stand_in.fail("html", times=0, path=TAG)
    for _time in range(gate.policy.failures_to_open):
        gate.state = type(gate.state)(failures=gate.state.failures)
        shazam.recognise(sound_of(*song(0)))
        gate.clock.at += 60
    asked = len(shelf.asked())
    gate.clock.at -= 59

    outcome = shazam.recognise(sound_of(*song(0)))

    assert outcome.message == SENTENCES["broken"]
    assert len(shelf.asked()) == asked


def test_switched_off_or_too_short_asks_nobody(shelf, clock, gate, memory):
    off = ShazamRecogniser(ShazamPlace(""), gate=gate, memory=memory, clock=clock)
    on = ShazamRecogniser(ShazamPlace(shelf.stand_in.url), gate=gate, memory=memory, clock=clock)
    samples, rate_hz = song(0)

    for outcome in (
        off.recognise(sound_of(samples, rate_hz)),
        on.recognise(sound_of(samples[: 11 * rate_hz], rate_hz)),
    ):
        assert outcome.outcome == "skipped"
        assert outcome.message
    assert shelf.asked() == []


def test_a_question_never_takes_702_seconds():
    policy = shazam_client.LocatedClient("http://localhost").retry_options

    assert policy.attempts == 2
    assert 429 not in policy.statuses
    assert shazam_client.longest_s() < 25


@pytest.mark.parametrize(
    ("duration_s", "starts"),
    [
        (180, (39, 84, 129)),
        (40, (4, 14, 24)),
        (36, (3, 12, 21)),
        (30, (4, 14)),
        (13, (0.5,)),
        (12, (0,)),
    ],
)
def test_windows_lie_at_a_quarter_half_and_three_quarters(duration_s, starts):
    assert starts_of(duration_s) == pytest.approx(starts)


def test_windows_are_made_when_they_are_asked_for_and_are_those_of_the_whole_sound(monkeypatch):
    made = []
    whole = shazam_client.wav_of
    monkeypatch.setattr(shazam_client, "wav_of", lambda part: made.append(len(part)) or whole(part))
    windows = shazam_client.signatures(pcm_of(*song(2)), (0.0, 10.0, 18.0))
    assert made == []
    first = next(windows)
    assert (first.start_s, made) == (0.0, [12 * 16_000])
    assert [each.start_s for each in windows] == [10.0, 18.0]
    again = list(shazam_client.signatures(pcm_of(*song(2)), (0.0,)))
    assert again[0].digest == first.digest


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("start_s", [0.0, 0.04, 7.0, 13.337, 28.0])
def test_a_window_sounds_as_the_whole_sound_does_there(rate_hz, start_s):
    """Where the whole has been resampled, rounding falls elsewhere: under a 16-bit step."""
    samples = soxr.resample(*song(2), rate_hz)
    whole = soxr.resample(samples, rate_hz, shazam_client.RATE_HZ)
    first = round(start_s * shazam_client.RATE_HZ)

    window = shazam_client._window(pcm_of(samples, rate_hz), start_s)

    assert len(window) == 12 * shazam_client.RATE_HZ
    assert np.abs(window - whole[first : first + len(window)]).max() < 2**-16


def test_only_what_the_windows_need_is_heard():
    asked, whole = [], pcm_of(*song(2))

    def pcm(start_s=0.0, stop_s=None):
        asked.append((start_s, stop_s))
        return whole(start_s, stop_s)

    assert len(list(shazam_client.signatures(pcm, (4.0, 14.5, 27.95)))) == 3
    assert asked == [
        (3, pytest.approx(16.1)),
        (14, pytest.approx(26.6)),
        (27, pytest.approx(40.05)),
    ]
