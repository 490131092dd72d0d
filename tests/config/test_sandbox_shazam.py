"""The stand-in of Shazam in its own words: what may be registered, what it answers, what it reads."""

from __future__ import annotations

import base64
import json
import struct
import zlib

import pytest

from config.sandbox.signatures import PREFIX, SignatureUnreadableError, read_signature

TAG = "/discovery/v5/en-GB/GB/iphone/-/tag/A/B"


def signature(peaks, *, seconds=12.0, **header):
    """Write a signature as the app does: peaks as frame, bin, in one band."""
    body, last = b"", 0
    for frame, bin_ in peaks:
        if frame - last >= 255:
            body += struct.pack("<BI", 255, frame)
            last = frame
        body += struct.pack("<BHH", frame - last, 30_000, round(bin_ * 64))
        last = frame
    bands = struct.pack("<2I", 0x60030041, len(body)) + body + b"\0" * (-len(body) % 4)
    content = struct.pack("<2I", 0x40000000, len(bands) + 8) + bands
    fields = {
        "magic": 0xCAFE2580, "crc": None, "size": len(content), "magic_2": 0x94119C00,
        "rate": 3 << 27,
    }  # fmt: skip
    fields |= header
    samples = round((seconds + 0.24) * 16_000)
    rest = struct.pack(
        "<10I", fields["size"], fields["magic_2"], 0, 0, 0, fields["rate"], 0, 0, samples,
        0x007C0000,
    )  # fmt: skip
    crc = zlib.crc32(rest + content) if fields["crc"] is None else fields["crc"]
    raw = struct.pack("<2I", fields["magic"], crc) + rest + content
    return PREFIX + base64.b64encode(raw).decode()


def melody(seed, count=1500):
    """Peaks that no other seed has."""
    state, frame, peaks = seed * 7919 + 1, 0, []
    for _peak in range(count):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        frame += 1 + state % 5
        peaks.append((frame, 40 + state // 7 % 900))
    return peaks


def entry(seed, **fields):
    song = {"title": f"Song {seed}", "artist": "Ada", "isrc": f"ZZINV26{seed:05d}"}
    return song | {"signature": signature(melody(seed), seconds=40)} | fields


def put(shazam, *songs):
    return shazam.http.put(f"{shazam.url}/sandbox/signatures", json={"songs": songs})


def ask(shazam, uri, **changes):
    body = {
        "timezone": "Europe/Paris", "signature": {"uri": uri, "samplems": 12_000},
        "timestamp": 1, "context": {}, "geolocation": {},
    }  # fmt: skip
    return shazam.http.post(shazam.url + TAG, json=body | changes)


@pytest.fixture
def shazam(sandbox):
    return sandbox["shazam"]


def test_peaks_are_read_as_they_were_written():
    peaks = [(3, 100.0), (3, 200.5), (300, 40.25), (5_000, 900.0)]

    read = read_signature(signature(peaks, seconds=40))

    assert list(zip(read.frames, read.bins, strict=True)) == peaks
    assert read.seconds == pytest.approx(40)


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        ("data:audio/wav;base64,AAAA", "type"),
        (PREFIX + "§", "base64"),
        (PREFIX + "AAAA", "header"),
        (signature([], magic=1), "magic"),
        (signature([], magic_2=1), "magic"),
        (signature([], crc=1), "checksum"),
        (signature([], size=1), "length"),
        (signature([], rate=0), "rate"),
    ],
)
def test_what_is_no_signature_is_refused_by_name(uri, what):
    with pytest.raises(SignatureUnreadableError, match=what):
        read_signature(uri)


def test_an_excerpt_is_found_with_its_place(shazam):
    put(shazam, entry(1), entry(2, album="Numbers", label="Invented", apple_music_id="77"))
    part = [(frame - 1_250, bin_) for frame, bin_ in melody(2) if 1_250 <= frame < 2_750]

    answer = ask(shazam, signature(part)).json()

    (match,) = answer["matches"]
    assert match["offset"] == pytest.approx(10.0, abs=0.01)
    assert (match["timeskew"], match["frequencyskew"]) == (0, 0)
    assert answer["track"]["key"] == match["id"]
    assert answer["track"]["isrc"] == "ZZINV2600002"
    assert answer["track"]["hub"]["actions"][0] == {
        "name": "apple", "type": "applemusicplay", "id": "77",
    }  # fmt: skip
    assert answer["track"]["sections"][0]["metadata"] == [
        {"title": "Album", "text": "Numbers"},
        {"title": "Label", "text": "Invented"},
    ]
    assert answer["timezone"] == "Europe/Paris"
    about = shazam.http.get(
        f"{shazam.url}/discovery/v5/en-GB/GB/iphone/-/track/{match['id']}?video=v3"
    )
    assert about.json() == answer["track"]


def test_a_stranger_is_no_match_and_no_error(shazam):
    put(shazam, entry(1))

    answer = ask(shazam, signature([p for p in melody(9) if p[0] < 1_500]))

    assert answer.status_code == 200
    assert answer.json()["matches"] == []
    assert "track" not in answer.json()
    assert answer.json()["retryms"] == 12_000


def test_a_window_of_fifteen_seconds_names_nobody(shazam):
    put(shazam, entry(1))
    part = [p for p in melody(1) if p[0] < 1_900]

    assert ask(shazam, signature(part, seconds=15)).json()["matches"] == []
    assert len(ask(shazam, signature(part, seconds=14.9)).json()["matches"]) == 1


@pytest.mark.parametrize(
    "changes", [{"signature": {}}, {"signature": {"uri": "x"}}, {"signature": []}]
)
def test_a_question_of_another_form_is_refused_with_a_page(shazam, changes):
    answer = ask(shazam, "", **changes)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html")


def test_an_unknown_track_is_not_found(shazam):
    url = f"{shazam.url}/discovery/v5/en-GB/GB/iphone/-/track/1"

    assert shazam.http.get(url).status_code == 404


def test_registering_again_replaces_and_a_reset_forgets(shazam):
    first = put(shazam, entry(1)).json()
    again = put(shazam, entry(1, label="Another")).json()

    assert (first["registered"], first["keys"]) == (1, again["keys"])
    listed = shazam.http.get(f"{shazam.url}/sandbox/signatures").json()["songs"]
    assert [song["label"] for song in listed] == ["Another"]
    assert "signature" not in listed[0]
    shazam.reset()
    assert shazam.http.get(f"{shazam.url}/sandbox/signatures").json() == {"songs": []}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ([], "songs"),
        ({"songs": []}, "songs"),
        ({"songs": ["x"]}, "not an object"),
        ({"songs": [entry(1, title="")]}, "title"),
        ({"songs": [entry(1, colour="red")]}, "colour"),
        ({"songs": [entry(1, omit=["title"])]}, "omit"),
        ({"songs": [entry(1), entry(2, signature=PREFIX)]}, r"songs\[1\].signature"),
    ],
)
def test_what_cannot_be_registered_is_named_and_nothing_is(shazam, body, what):
    import re

    answer = shazam.http.put(f"{shazam.url}/sandbox/signatures", content=json.dumps(body))

    assert answer.status_code == 400
    assert re.search(what, answer.json()["error"])
    assert shazam.http.get(f"{shazam.url}/sandbox/signatures").json() == {"songs": []}


def test_deleting_forgets_all_and_other_calls_are_errors(shazam):
    put(shazam, entry(1), entry(2))
    url = f"{shazam.url}/sandbox/signatures"

    assert shazam.http.post(url).status_code == 405
    assert shazam.http.delete(f"{url}/1").status_code == 404
    assert shazam.http.delete(url).json() == {"deleted": 2}
