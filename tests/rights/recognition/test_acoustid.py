"""AcoustID and MusicBrainz over real HTTP: who is named, and what is said on their bad days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import numpy as np
import pytest

from rights.domain.pacing import GatePolicy
from rights.recognition import acoustid as module
from rights.recognition.acoustid import SENTENCES, AcoustIdPlace, AcoustIdRecogniser
from rights.recognition.chromaprint import ChromaprintError, chromaprint_of, find_program
from rights.recognition.degradation import as_mp3, with_pink_noise
from tests.rights.recognition.conftest import OwnGate
from tests.rights.recognition.sounds import song, sound_of

if TYPE_CHECKING:
    from tests.sandbox import StandInClient

pytestmark = pytest.mark.skipif(not find_program(), reason="fpcalc is not installed (apt.txt)")
LOOKUP, RECORDING = "/v2/lookup", "/ws/2/recording/"
KEY = "tenfoldtest"


@lru_cache(maxsize=8)
def print_of(seed: int) -> str:
    return chromaprint_of(find_program(), *song(seed))


def mbid(number: int) -> str:
    return str(UUID(int=number))


def recording(number: int, *isrcs: str, sources: int = 1) -> dict[str, Any]:
    return {
        "mbid": mbid(number),
        "title": f"Song {number}",
        "artist": "The Inventors",
        "isrcs": list(isrcs),
        "length": 40_000,
        "sources": sources,
    }


@dataclass
class Library:
    """The sounds that AcoustID's stand-in knows, and MusicBrainz's with it."""

    acoustid: StandInClient
    musicbrainz: StandInClient

    def register(self, seed: int, *recordings: dict[str, Any]) -> None:
        named = list(recordings) or [recording(seed, f"ZZINV26{seed:05d}")]
        entry = {"fingerprint": print_of(seed), "duration": 40, "recordings": named}
        answer = self.acoustid.http.put(
            f"{self.acoustid.url}/sandbox/fingerprints", json={"songs": [entry]}
        )
        assert answer.status_code == 200, answer.text

    def asked(self) -> tuple[int, int]:
        """Return how often each of the two was asked."""
        return len(self.acoustid.journal(LOOKUP)), len(self.musicbrainz.journal(RECORDING))


@pytest.fixture
def library(sandbox):
    return Library(sandbox["acoustid"], sandbox["musicbrainz"])


@pytest.fixture
def gates(clock):
    return tuple(OwnGate(clock, GatePolicy(rate_per_s=rate, burst=1)) for rate in (3.0, 1.0))


@pytest.fixture
def place(library):
    return AcoustIdPlace(
        library.acoustid.url,
        library.musicbrainz.url,
        key=KEY,
        agent="Tenfold/1 ( https://tenfold.test; hello@tenfold.test )",
        trust_env=False,
    )


@pytest.fixture
def made(gates, memory, clock):
    def make(place, command=None, longest_wait_s=60.0):
        return AcoustIdRecogniser(
            place,
            command=find_program() if command is None else command,
            gates=gates,
            memory=memory,
            clock=clock,
            longest_wait_s=longest_wait_s,
        )

    return make


@pytest.fixture
def acoustid(made, place):
    return made(place)


def test_a_song_is_named_with_the_isrc_that_musicbrainz_knows(acoustid, library):
    library.register(0)
    library.register(1)

    outcome = acoustid.recognise(sound_of(*song(1)))

    assert (outcome.recogniser, outcome.outcome, outcome.message) == ("acoustid", "hit", "")
    (hit,) = outcome.hits
    assert (hit.isrc, hit.title, hit.artist) == ("ZZINV2600001", "Song 1", "The Inventors")
    assert hit.score_ppm == 950_000, "two minutes of the beginning are never surer than that"
    assert hit.evidence["musicbrainz_recording"] == mbid(1)
    assert hit.evidence["similarity"] == 1
    assert outcome.raw["lookup"]["results"][0]["score"] == 1
    assert library.asked() == (1, 1)


def test_only_fingerprint_and_length_leave_and_both_services_learn_who_asks(acoustid, library):
    library.register(1)

    acoustid.recognise(sound_of(*song(1)))

    (lookup,) = library.acoustid.journal(LOOKUP)
    sent = parse_qs(lookup["body"])
    assert set(sent) == {"client", "format", "meta", "duration", "fingerprint"}
    assert (sent["client"], sent["duration"]) == ([KEY], ["40"])
    assert len(sent["fingerprint"][0]) < 5_000
    (detail,) = library.musicbrainz.journal(RECORDING)
    assert detail["headers"]["user-agent"] == (
        "Tenfold/1 ( https://tenfold.test; hello@tenfold.test )"
    )


def test_a_stranger_is_a_miss_and_musicbrainz_is_not_asked(acoustid, library, memory):
    library.register(0)

    outcome = acoustid.recognise(sound_of(*song(5)))

    assert (outcome.outcome, outcome.hits) == ("miss", ())
    assert library.asked() == (1, 0)
    assert memory.ttls == [7 * 86_400.0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda x, rate: as_mp3(x, rate, kbit_s=64),
        lambda x, rate: with_pink_noise(x, rate, snr_db=10),
        lambda x, rate: (np.concatenate([np.zeros(3 * rate, np.float32), x[: -3 * rate]]), rate),
    ],
    ids=["mp3", "noise", "three seconds late"],
)
def test_a_damaged_song_is_named_less_surely(acoustid, library, damage):
    library.register(3)

    (hit,) = acoustid.recognise(sound_of(*damage(*song(3)))).hits

    assert hit.isrc == "ZZINV2600003"
    assert 0.5 < hit.evidence["similarity"] < 1


def test_several_isrcs_of_one_recording_divide_what_is_sure(acoustid, library):
    library.register(2, recording(2, "ZZINV2600002", "zz-inv-26-00022", "no isrc", "ZZINV2600002"))

    hits = acoustid.recognise(sound_of(*song(2))).hits

    assert [(hit.isrc, hit.score_ppm) for hit in hits] == [
        ("ZZINV2600002", 475_000),
        ("ZZINV2600022", 475_000),
    ]


def test_of_several_recordings_the_one_submitted_more_often_is_surer(acoustid, library):
    library.register(
        2,
        recording(21, "ZZINV2600021", sources=1),
        recording(22, "ZZINV2600022", sources=18),
        recording(23, "ZZINV2600023", sources=1),
    )

    hits = acoustid.recognise(sound_of(*song(2))).hits

    assert [(hit.isrc, hit.score_ppm) for hit in hits] == [
        ("ZZINV2600022", 855_000),
        ("ZZINV2600021", 47_500),
        ("ZZINV2600023", 47_500),
    ]


def test_musicbrainz_is_asked_about_three_recordings_at_one_a_second(acoustid, library, clock):
    library.register(2, *(recording(n, f"ZZINV26000{n}", sources=n) for n in range(21, 27)))

    hits = acoustid.recognise(sound_of(*song(2))).hits

    assert [hit.isrc for hit in hits] == ["ZZINV2600026", "ZZINV2600025", "ZZINV2600024"]
    assert library.asked() == (1, 3)
    assert clock.slept == pytest.approx([1, 1])


def test_a_recording_without_isrc_is_a_hit_without_one(acoustid, library):
    library.register(2, recording(2))

    (hit,) = acoustid.recognise(sound_of(*song(2))).hits

    assert (hit.isrc, hit.title, hit.score_ppm) == ("", "Song 2", 950_000)


def test_a_recording_that_musicbrainz_has_no_more_is_a_hit_without_isrc(acoustid, library):
    library.register(2)
    library.musicbrainz.fail("404", path=RECORDING)

    (hit,) = acoustid.recognise(sound_of(*song(2))).hits

    assert (hit.isrc, hit.title) == ("", "")
    assert library.asked() == (1, 1)


@pytest.mark.parametrize("service", ["acoustid", "musicbrainz"])
@pytest.mark.parametrize(
    ("mode", "code", "tries"),
    [
        ("429", "limited", 1),
        ("500", "down", 2),
        ("html", "unreadable", 1),
        ("empty", "unreadable", 1),
        ("malformed", "unreadable", 1),
        ("shape", "unreadable", 1),
    ],
)
def test_a_bad_day_is_an_error_with_a_sentence(
    acoustid, library, memory, service, mode, code, tries
):
    library.register(0)
    path = LOOKUP if service == "acoustid" else RECORDING
    getattr(library, service).fail(mode, times=0, path=path)

    outcome = acoustid.recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.hits) == ("error", ())
    assert outcome.message == SENTENCES[code] % {"name": module.SERVICES[service]}
    assert (outcome.raw["service"], outcome.raw["code"]) == (service, code)
    assert outcome.raw["retry_after_s"] > 0
    assert library.asked() == ((tries, 0) if service == "acoustid" else (1, tries))
    assert not [key for key in memory if key.startswith(service)], "no failure is remembered"


@pytest.mark.parametrize("service", ["acoustid", "musicbrainz"])
def test_silence_on_the_line_ends_in_time(acoustid, library, monkeypatch, service):
    monkeypatch.setattr(module, "TIMEOUT", httpx.Timeout(0.3))
    library.register(0)
    getattr(library, service).fail("timeout_after_acting", times=0, delay_s=20)

    outcome = acoustid.recognise(sound_of(*song(0)))

    assert outcome.message == SENTENCES["timeout"] % {"name": module.SERVICES[service]}
    assert outcome.raw["code"] == "timeout"


def test_an_invalid_key_is_the_operators_and_does_not_hold_the_song_up(made, place, library):
    library.register(0)
    bad = AcoustIdPlace(place.base_url, place.musicbrainz_url, "bad", place.agent, False)

    outcome = made(bad).recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.message) == ("skipped", SENTENCES["key"])
    assert "ACOUSTID_KEY" in outcome.message
    assert library.asked() == (1, 0)


def test_musicbrainz_turns_away_who_gives_no_address(made, place, library):
    library.register(0)
    rude = AcoustIdPlace(place.base_url, place.musicbrainz_url, KEY, "python-httpx/0", False)

    outcome = made(rude).recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.raw["service"]) == ("skipped", "musicbrainz")


def test_too_often_closes_the_gate_for_as_long_as_is_asked(acoustid, library, clock):
    library.register(0)
    library.acoustid.fail("429", retry_after_s=90, path=LOOKUP)

    assert acoustid.recognise(sound_of(*song(0))).raw["retry_after_s"] == 90
    assert acoustid.recognise(sound_of(*song(0))).raw["detail"] == "not asked"
    assert library.asked() == (1, 0)
    clock.at += 91
    assert acoustid.recognise(sound_of(*song(0))).outcome == "hit"


def test_musicbrainz_says_too_often_with_503_and_in_words(acoustid, library):
    library.register(0)
    library.musicbrainz.fail("503", retry_after_s=7, path=RECORDING)

    outcome = acoustid.recognise(sound_of(*song(0)))

    assert (outcome.raw["code"], outcome.raw["retry_after_s"]) == ("limited", 7)


def test_what_acoustid_said_is_not_asked_again_when_only_musicbrainz_failed(acoustid, library):
    library.register(0)
    library.musicbrainz.fail("html", path=RECORDING)
    assert acoustid.recognise(sound_of(*song(0))).outcome == "error"

    outcome = acoustid.recognise(sound_of(*song(0)))

    assert outcome.outcome == "hit"
    assert outcome.raw["lookup"]["kept"] is True
    assert library.asked() == (1, 2)


def test_the_same_sound_again_asks_nobody(acoustid, library, memory):
    library.register(0)
    first = acoustid.recognise(sound_of(*song(0)))

    again = acoustid.recognise(sound_of(*song(0)))

    assert again.hits == first.hits
    assert library.asked() == (1, 1)
    assert set(memory.ttls) == {30 * 86_400.0}


def test_nobody_there_opens_the_breaker_in_the_end(made, library, gates, clock):
    nowhere = AcoustIdPlace("http://127.0.0.1:9", library.musicbrainz.url, KEY, "T/1 (x)", False)
    codes = [made(nowhere).recognise(sound_of(*song(0))).raw["code"] for _time in range(4)]

    assert codes == ["down", "down", "broken", "broken"]
    assert gates[0].state.openings == 1


@pytest.mark.parametrize("without", ["base_url", "musicbrainz_url", "key"])
def test_without_a_key_or_an_address_nobody_is_asked_and_no_sound_is_decoded(
    made, place, library, without
):
    fields = {"base_url": place.base_url, "musicbrainz_url": place.musicbrainz_url, "key": KEY}
    off = AcoustIdPlace(**(fields | {without: ""}), agent=place.agent)
    samples, rate_hz = song(0)
    heard = sound_of(samples, rate_hz)
    deaf = type(heard)(heard.audio_sha256, heard.duration_s, "", None, pcm=None)

    outcome = made(off).recognise(deaf)

    assert (outcome.outcome, outcome.message) == ("skipped", SENTENCES["off"])
    assert library.asked() == (0, 0)


def test_without_the_program_it_is_skipped_and_says_what_to_install(made, place, library):
    outcome = made(place, command=()).recognise(sound_of(*song(0)))

    assert (outcome.outcome, outcome.message) == ("skipped", SENTENCES["no_program"])
    assert "libchromaprint-tools" in outcome.message
    assert library.asked() == (0, 0)


def test_a_sound_without_a_fingerprint_is_skipped(acoustid, library):
    outcome = acoustid.recognise(sound_of(np.zeros(0, np.float32), 44_100))

    assert (outcome.outcome, outcome.message) == ("skipped", SENTENCES["no_fingerprint"])
    assert library.asked() == (0, 0)


def test_the_program_may_neither_write_nor_take_much_memory():
    command = find_program()
    assert {"--fsize=0", f"--as={1 << 30}", "--core=0"} < set(command)
    tight = tuple("--as=1000000" if part.startswith("--as=") else part for part in command)

    with pytest.raises(ChromaprintError):
        chromaprint_of(tight, *song(0))


def test_only_the_first_two_minutes_are_heard():
    samples, rate_hz = song(0)
    long = np.tile(samples, 4)

    assert chromaprint_of(find_program(), long, rate_hz) == chromaprint_of(
        find_program(), long[: 120 * rate_hz], rate_hz
    )
