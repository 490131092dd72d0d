"""A label brings audio: read by a job in the jail, previewed, applied, known to the index."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import soundfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.jobs.models import Job
from config.lib import blobs
from config.lib.faultpoints import fault_arm, fault_disarm
from library.services.leaving import leaving_files_purge
from rights.exceptions import ImportRefusedError
from rights.models import (
    Consent,
    ImportAudio,
    ImportRun,
    Recording,
    RecordingFingerprint,
)
from rights.selectors.consents import consent_of
from rights.services.audio_leftovers import import_audio_purge, organisation_audio_forget
from rights.services.catalogue_import import Terms, import_discard, import_map
from rights.services.import_audio import Brought, import_audio_begin
from rights.tasks.listening import fingerprint_search
from tests.rights.factories import make_party
from tests.rights.recognition.sounds import song, sound_of
from tests.rights.views.conftest import PART
from tests.rights.views.test_catalogue import HEAD, body, table

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = "/catalogue/deliveries/new/"


def audio(seed: int, name: str, **tags: str) -> SimpleUploadedFile:
    """Return a FLAC of an invented song, tagged."""
    tape = io.BytesIO()
    samples, rate_hz = song(seed, 12.0)
    with soundfile.SoundFile(tape, "w", rate_hz, 1, format="FLAC") as out:
        for tag, value in tags.items():
            setattr(out, tag, value)
        out.write(samples)
    return SimpleUploadedFile(name, tape.getvalue(), content_type="audio/flac")


class KilledError(Exception):
    """What ends us where a process would be killed."""


def bring(client, label, *files, **changes):
    data = {"label": str(label.pk), "audio": list(files), "state": "", **changes}
    return client.post(CREATE, data)


def the_run() -> ImportRun:
    return ImportRun.objects.get()


def address() -> str:
    return f"/catalogue/deliveries/{the_run().pk}/"


def test_audio_alone_becomes_recordings_that_are_recognised(as_rita, label, do_next_job):
    today = timezone.localdate().isoformat()
    answer = bring(
        as_rita,
        label,
        audio(51, "GBABC2600051 Tide.flac", title="Tide", artist="The Sea"),
        audio(52, "Ebb.flac", title="Ebb", artist="The Sea"),
        SimpleUploadedFile("broken.mp3", b"ID3 and then nothing that sounds"),
        state="allowed",
        valid_from=today,
        said_by="Rita Moreno",
    )
    assert answer["Location"] == address()
    waiting = body(as_rita.get(address()))
    assert "Reading the audio files" in waiting
    assert "0 of 3 files are read." in waiting
    assert (Recording.objects.count(), Job.objects.get().kind) == (0, "rights.delivery.read")
    assert do_next_job() == "done"

    page = body(as_rita.get(address()))
    assert "Apply without the 1 row that cannot be used" in page, "Ebb names no ISRC"
    assert page.count("broken.mp3") == 1
    assert ImportAudio.objects.get(name="broken.mp3").refusal in page
    assert "Line 2" in page
    assert not Recording.objects.exists(), "nothing is written before it is applied"
    as_rita.post(f"{address()}apply/")
    assert do_next_job() == "done"

    recording = Recording.objects.get()
    assert (recording.isrc, recording.title, recording.duration_ms) == (
        "GBABC2600051",
        "Tide",
        12_000,
    )
    assert consent_of(recording, timezone.localdate()).state == "allowed"
    (hit,) = fingerprint_search(sound=sound_of(*song(51, 12.0)))
    assert hit.isrc == "GBABC2600051"
    assert RecordingFingerprint.objects.get().source == "label"
    assert the_run().rows.get(recording=recording).audio_name == "GBABC2600051 Tide.flac"


def test_a_table_says_what_the_audio_is(as_rita, label, do_next_job):
    rows = "GBABC2600053,Tide,The Sea,0:12,tide.flac\r\nGBABC2600054,Ebb,The Sea,0:12,\r\n"
    bring(
        as_rita,
        label,
        audio(53, "tide.flac", title="Wrong", artist="Nobody"),
        audio(55, "stray.flac"),
        table=table(HEAD.replace("\r\n", ",File\r\n") + rows),
    )
    assert do_next_job() == "done"

    assert "Which column is what?" in body(as_rita.get(address()))
    refreshed = as_rita.get(address(), headers=PART)
    assert refreshed["HX-Refresh"] == "true", "the poll is led on to the columns"
    chosen = {
        "isrc": "ISRC", "title": "Title", "artist": "Artist", "duration_ms": "Length",
        "audio": "File",
    }  # fmt: skip
    page = body(as_rita.post(f"{address()}map/", chosen, follow=True))
    assert "No line names this file or its ISRC, so it is not used." in page
    as_rita.post(f"{address()}apply/")
    assert do_next_job() == "done"

    assert set(Recording.objects.values_list("title", flat=True)) == {"Tide", "Ebb"}
    assert RecordingFingerprint.objects.get().recording.title == "Tide"


def test_the_bytes_are_gone_when_they_are_read(as_rita, label, do_next_job):
    bring(as_rita, label, audio(51, "tide.flac"))
    key = ImportAudio.objects.get().audio_key
    assert blobs.exists(key)
    assert do_next_job() == "done"

    file = ImportAudio.objects.get()
    assert (file.state, file.audio_key, blobs.exists(key)) == ("read", "", False)
    assert blobs.exists(file.landmarks_key)


def test_when_no_file_can_be_used_the_page_says_why_and_there_is_nothing_to_apply(
    as_rita, label, do_next_job
):
    bring(as_rita, label, SimpleUploadedFile("broken.wav", b"RIFF" + bytes(40)))
    assert do_next_job() == "done"

    page = body(as_rita.get(address()))
    assert ImportAudio.objects.get().refusal in page
    assert "/apply/" not in page
    assert as_rita.post(f"{address()}apply/").status_code == 409


def test_while_it_is_read_nothing_else_is_done_and_a_poll_costs_nothing(as_rita, label):
    bring(as_rita, label, audio(51, "tide.flac"))
    tag = body(as_rita.get(address(), headers=PART)).split('hx-ptag="')[1].split('"')[0]

    assert as_rita.get(address(), headers=PART | {"HX-PTag": tag}).status_code == 304
    discarded = as_rita.post(f"{address()}discard/")
    assert discarded.status_code == 409
    assert "The audio files are being read." in body(discarded)
    with pytest.raises(ImportRefusedError, match="being read"):
        import_map(run=the_run(), mapping={}, actor=None)
    assert the_run().state == "uploaded"


def test_cancelled_it_says_what_is_kept_and_can_go_on_or_be_discarded(as_rita, label, do_next_job):
    bring(as_rita, label, audio(51, "GBABC2600051.flac", title="Tide", artist="Sea"))
    key = ImportAudio.objects.get().audio_key
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")
    page = body(as_rita.get(address()))
    assert "0 of 1 files are read; the others are kept." in page
    assert "See the job, or try again" in page

    as_rita.post(f"/jobs/{Job.objects.get().public_id}/retry/")
    assert do_next_job() == "done"
    assert "New recording" in body(as_rita.get(address()))
    assert not blobs.exists(key)


def test_a_discarded_delivery_keeps_no_bytes(as_rita, label):
    bring(as_rita, label, audio(51, "tide.flac"))
    key = ImportAudio.objects.get().audio_key
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")

    import_discard(run=the_run(), actor=None)

    assert not blobs.exists(key)
    assert ImportAudio.objects.get().audio_key == ""


def test_a_crash_reads_no_file_twice(as_rita, label, do_next_job, monkeypatch):
    from rights.tasks import delivery_read as job

    bring(as_rita, label, audio(51, "a.flac"), audio(52, "b.flac"))
    heard, count = job._heard, []

    def dies_at_the_second(file):
        count.append(file.name)
        return heard(file) if len(count) != 2 else 1 / 0

    monkeypatch.setattr(job, "_heard", dies_at_the_second)
    assert do_next_job() == "failed"
    Job.objects.update(not_before=None)
    assert do_next_job() == "done"

    assert count == ["a.flac", "b.flac", "b.flac"]
    assert ImportAudio.objects.filter(state="read").count() == 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["a.flac", "a.flac"], "Two files are called “a.flac”."),
        (["a.flac", "notes.pdf"], "“notes.pdf” is no audio file that we read."),
        ([f"{n}.mp3" for n in range(51)], "at most 50 files and 300 MB"),
        ([], "Choose a table, audio files, or both."),
    ],
)
def test_what_cannot_be_taken_in_is_refused_whole(as_rita, label, files, words):
    answer = bring(as_rita, label, *(SimpleUploadedFile(name, b"x" * 30) for name in files))

    assert answer.status_code == 422
    assert words in body(answer)
    assert (ImportRun.objects.exists(), Job.objects.exists()) == (False, False)


def test_too_many_bytes_are_refused_before_any_is_kept(label, cast):
    files = [Brought(f"{n}.wav", io.BytesIO(b"x"), 200 << 20) for n in range(2)]

    with pytest.raises(ImportRefusedError, match="300 MB"):
        import_audio_begin(
            label=label, files=files, table=None, actor=cast.rita, organisation=cast.label,
            terms=Terms(),
        )  # fmt: skip
    assert not ImportRun.objects.exists()


def test_a_broken_table_keeps_no_audio(as_rita, label):
    broken = SimpleUploadedFile("t.csv", b"\0\1\2")

    assert bring(as_rita, label, audio(51, "a.flac"), table=broken).status_code == 422
    assert (ImportRun.objects.exists(), ImportAudio.objects.exists()) == (False, False)


def test_nobody_else_brings_or_sees_it(as_rita, as_charlie, as_alice, label, cast):
    stranger = make_party("Another label")
    assert bring(as_rita, stranger, audio(51, "a.flac")).status_code == 422
    assert bring(as_alice, label, audio(51, "a.flac")).status_code == 404
    assert not ImportRun.objects.exists()
    bring(as_rita, label, audio(51, "a.flac"))

    assert as_charlie.get(address()).status_code == 404
    assert as_charlie.post(f"{address()}discard/").status_code == 404
    assert ImportAudio.objects.get().audio_key


def test_anothers_recording_is_not_spoken_for_by_its_sound(as_rita, label, do_next_job):
    from tests.rights.factories import make_recording

    other = make_party("Another label")
    make_recording("Tide", isrc="GBABC2600056", label=other)
    bring(as_rita, label, audio(51, "GBABC2600056.flac", title="Mine now", artist="Rita"))
    assert do_next_job() == "done"

    page = body(as_rita.get(address()))
    assert "This recording stands under “Another label” in our books." in page
    assert as_rita.post(f"{address()}apply/").status_code == 409
    assert Recording.objects.get().title == "Tide"
    assert not RecordingFingerprint.objects.exists()


def test_bytes_that_nobody_read_go_after_a_month(as_rita, label, cast):
    bring(as_rita, label, audio(51, "a.flac"))
    key = ImportAudio.objects.get().audio_key
    month = timedelta(days=30)
    later = timezone.now() + timedelta(days=31)
    assert import_audio_purge(now=later, older_than=month) == 0, "a job still waits for them"
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")
    assert import_audio_purge(now=timezone.now(), older_than=month) == 0

    assert import_audio_purge(now=later, older_than=month) == 1
    assert not blobs.exists(key)
    assert import_audio_purge(now=later, older_than=month) == 0


def test_read_after_its_bytes_are_gone_a_file_says_so(as_rita, label, do_next_job):
    bring(as_rita, label, audio(51, "a.flac"))
    blobs.delete(ImportAudio.objects.get().audio_key)
    assert do_next_job() == "done"

    assert "The file is not here any more. Bring it again." in body(as_rita.get(address()))


def test_a_closed_organisation_leaves_neither_names_nor_bytes(as_rita, label, cast):
    bring(as_rita, label, audio(51, "a.flac"))
    key = ImportAudio.objects.get().audio_key

    organisation_audio_forget(organisation_id=cast.label.pk)

    assert (ImportAudio.objects.exists(), blobs.exists(key)) == (False, False)
    assert not Consent.objects.exists()


def test_whose_removal_is_killed_after_the_commit_leaves_bytes_to_the_next_look(
    as_rita, label, cast
):
    bring(as_rita, label, audio(51, "a.flac"))
    key = ImportAudio.objects.get().audio_key
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")

    def die():
        raise KilledError

    fault_arm("files.noted", die)
    try:
        with pytest.raises(KilledError):
            organisation_audio_forget(organisation_id=cast.label.pk)
    finally:
        fault_disarm()
    assert (ImportAudio.objects.exists(), blobs.exists(key)) == (False, True)

    assert leaving_files_purge() == 1
    assert not blobs.exists(key)
