"""``manage.py identify``: the published line, through the jail, the index and the stand-ins."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
import soundfile
from django.core.management import call_command

from library.models import Track
from rights.models import Match, Recording
from rights.services.consents import Said, consent_record
from rights.tasks.listening import fingerprint_store
from tests.rights.conftest import isrc_of
from tests.rights.factories import make_recording
from tests.rights.recognition.sounds import fingerprint_of, song

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KEYS = {
    "file",
    "state",
    "method",
    "score",
    "isrc",
    "title",
    "artist",
    "apple_music_id",
    "candidates",
    "seconds",
}


def identify(*paths, text: bool = False) -> list:
    out = io.StringIO()
    call_command("identify", *map(str, paths), *([] if text else ["--json"]), stdout=out)
    lines = out.getvalue().splitlines()
    return lines if text else [json.loads(line) for line in lines]


@pytest.fixture
def file_of(tmp_path):
    def write(seed: int, seconds: float = 40.0):
        samples, rate_hz = song(seed)
        path = tmp_path / f"{seed}.flac"
        soundfile.write(path, samples[: round(rate_hz * seconds)], rate_hz)
        return path

    return write


def test_files_are_matched_by_index_or_shazam_blocked_or_unknown(world, file_of, db):
    world.sell(21)
    world.teach_shazam(21)
    ours = make_recording("Ours", isrc=isrc_of(22), duration_ms=40_000)
    blocked = make_recording("Theirs", isrc=isrc_of(23), duration_ms=40_000)
    said = Said("blocked", date(2020, 1, 1), "Rita", "contract")
    consent_record(subject=blocked, said=said, actor=None)
    for recording, seed in ((ours, 22), (blocked, 23)):
        fingerprint_store(recording=recording, fingerprint=fingerprint_of(seed), source="label")

    heard, indexed, refused, unknown = identify(
        file_of(21), file_of(22, 25.0), file_of(23), file_of(24)
    )
    assert all(set(line) >= KEYS for line in (heard, indexed, refused, unknown))
    assert (heard["state"], heard["method"], heard["isrc"]) == ("matched", "shazam", isrc_of(21))
    assert (heard["title"], heard["artist"]) == ("Song 21", "The Inventors")
    assert (heard["apple_music_id"], heard["score"] > 0.8) == ("900021", True)
    assert (indexed["state"], indexed["method"]) == ("matched", "fingerprint")
    assert (refused["state"], refused["isrc"]) == ("blocked", isrc_of(23))
    assert "Rita does not allow" in refused["reasons"][0]
    assert (unknown["state"], unknown["candidates"], unknown["isrc"]) == ("none", [], "")
    assert not Track.objects.exists()
    assert not Match.objects.exists()
    assert Recording.objects.count() == 3


def test_a_file_that_is_none_is_named_and_the_others_go_on(world, file_of, tmp_path, db, capsys):
    broken = tmp_path / "x.mp3"
    broken.write_text("no audio")
    with pytest.raises(SystemExit) as ended:
        identify(broken, tmp_path / "absent.wav", file_of(25, 12.0), text=True)
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "x.mp3" in said
    assert "absent.wav" in said
