"""The stand-ins of AcoustID and MusicBrainz in their own words; the fingerprint is Chromaprint's."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess

import numpy as np
import pytest

from config.sandbox.chromaprints import ChromaprintUnreadableError, likeness, read_chromaprint

PROGRAM = shutil.which("fpcalc")
MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
AGENT = {"User-Agent": "Tenfold/1 ( https://tenfold.test; hello@tenfold.test )"}


def compressed(*numbers):
    """Write a fingerprint as Chromaprint does."""
    gaps, before = [], 0
    for number in numbers:
        place = 0
        for bit in range(32):
            if (number ^ before) >> bit & 1:
                gaps.append(bit + 1 - place)
                place = bit + 1
        gaps.append(0)
        before = number

    def packed(values, bits):
        flat = [value >> bit & 1 for value in values for bit in range(bits)]
        return np.packbits(flat, bitorder="little").tobytes()

    small = packed([min(gap, 7) for gap in gaps], 3)
    large = packed([gap - 7 for gap in gaps if gap >= 7], 5)
    raw = bytes([1]) + len(numbers).to_bytes(3, "big") + small + large
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def numbers(seed, count=200):
    return [int(n) for n in np.random.default_rng(seed).integers(0, 2**32, count)]


def entry(seed, **fields):
    recording = {"mbid": MBID, "title": "Ocean", "artist": "Ada", "isrcs": ["ZZINV2600001"]}
    song = {"fingerprint": compressed(*numbers(seed)), "duration": 60, "recordings": [recording]}
    return song | fields


def put(stand_in, *songs):
    return stand_in.http.put(f"{stand_in.url}/sandbox/fingerprints", json={"songs": songs})


def look_up(stand_in, seed=1, **fields):
    asked = {
        "client": "tenfoldtest",
        "duration": "61",
        "meta": "recordingids sources",
        "fingerprint": compressed(*numbers(seed)),
    }
    return stand_in.http.post(f"{stand_in.url}/v2/lookup", data=asked | fields)


def test_a_fingerprint_is_read_back_as_it_was_written():
    wanted = [0, 1, 0x8000_0000, 0xFFFF_FFFF, 0x0100_0001, *numbers(3)]

    assert read_chromaprint(compressed(*wanted)).tolist() == wanted


@pytest.mark.skipif(not PROGRAM, reason="fpcalc is not installed (apt.txt)")
def test_chromaprints_own_program_means_the_same_numbers():
    pcm = (np.random.default_rng(1).standard_normal(11_025 * 20) * 6_000).astype("<i2").tobytes()
    call = [PROGRAM, "-format", "s16le", "-rate", "11025", "-channels", "1", "-json", "-"]

    def said(*more):
        done = subprocess.run([*call, *more], input=pcm, capture_output=True, check=False)
        return json.loads(done.stdout)["fingerprint"]

    assert read_chromaprint(said()).tolist() == said("-raw")


@pytest.mark.parametrize(
    "text", ["", "!", "AQ", "AQAA", "AQAAAA", "AQAAyA", compressed(*numbers(1))[:-40]]
)
def test_what_is_no_fingerprint_or_is_cut_off_is_refused(text):
    with pytest.raises(ChromaprintUnreadableError):
        read_chromaprint(text)


def test_likeness_is_one_for_the_same_and_little_for_a_stranger():
    one, other = (np.array(numbers(seed), np.uint32) for seed in (1, 2))

    assert likeness(one, one) == 1
    assert likeness(one[30:], one) == 1, "one that begins later"
    assert likeness(one, other) < 0.1
    flipped = one ^ np.uint32(0b11)  # two bits of 32
    assert likeness(one, flipped) == pytest.approx(1 - 2 * 2 / 32)


def test_what_is_alike_is_found_with_its_recordings(sandbox):
    assert put(sandbox["acoustid"], entry(1), entry(2, recordings=[])).status_code == 200

    (found,) = look_up(sandbox["acoustid"]).json()["results"]

    assert found["score"] == 1
    assert found["recordings"] == [{"id": MBID, "sources": 1}]
    (bare,) = look_up(sandbox["acoustid"], 2).json()["results"]
    assert "recordings" not in bare
    assert look_up(sandbox["acoustid"], 3).json() == {"status": "ok", "results": []}


def test_a_recording_of_another_length_is_not_compared(sandbox):
    put(sandbox["acoustid"], entry(1))

    assert look_up(sandbox["acoustid"], duration="67").json()["results"]
    assert look_up(sandbox["acoustid"], duration="68").json()["results"] == []


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"client": ""}, 4),
        ({"client": "b d"}, 4),
        ({"fingerprint": "x"}, 3),
        ({"duration": "?"}, 8),
    ],
)
def test_a_bad_question_is_refused_by_the_services_number(sandbox, fields, number):
    answer = look_up(sandbox["acoustid"], **fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == number


@pytest.mark.parametrize(
    ("mode", "status", "number"), [("401", 400, 4), ("429", 429, 14), ("500", 500, 5)]
)
def test_faults_speak_as_the_service_does(sandbox, mode, status, number):
    sandbox["acoustid"].fail(mode)

    answer = look_up(sandbox["acoustid"])

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, number)


def test_musicbrainz_tells_what_was_asked_for_and_no_more(sandbox):
    put(sandbox["acoustid"], entry(1))
    brainz = sandbox["musicbrainz"]
    url = f"{brainz.url}/ws/2/recording/{MBID}"

    def ask(**params):
        return brainz.http.get(url, params={"fmt": "json", **params}, headers=AGENT)

    whole = ask(inc="isrcs+artist-credits").json()
    assert (whole["id"], whole["title"], whole["isrcs"]) == (MBID, "Ocean", ["ZZINV2600001"])
    assert whole["artist-credit"][0]["name"] == "Ada"
    assert "isrcs" not in ask().json()
    assert brainz.http.get(url, params={"fmt": "json"}).status_code == 403, "who asks?"
    unknown = f"{brainz.url}/ws/2/recording/{MBID[:-1]}f"
    assert brainz.http.get(unknown, params={"fmt": "json"}, headers=AGENT).status_code == 404
    assert brainz.http.get(url, headers=AGENT).status_code == 501, "only JSON is spoken"


@pytest.mark.parametrize(
    "song",
    [
        entry(1, fingerprint="x"),
        entry(1, duration="long"),
        entry(1, recordings=[{"mbid": "1", "title": "T"}]),
        {"duration": 3},
        "song",
    ],
)
def test_a_bad_registration_is_refused_whole(sandbox, song):
    assert put(sandbox["acoustid"], entry(2), song).status_code == 400
    listed = sandbox["acoustid"].http.get(f"{sandbox['acoustid'].url}/sandbox/fingerprints")
    assert listed.json() == {"songs": []}


def test_a_reset_forgets_the_sounds(sandbox):
    put(sandbox["acoustid"], entry(1))
    sandbox["acoustid"].reset()

    assert look_up(sandbox["acoustid"]).json()["results"] == []
