"""The page of a song's files: what is there, what is made on demand, how far that is."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from config.jobs.models import Job
from generation.models import VersionAsset
from generation.services.files import file_keep, file_want
from generation.services.versions import MadeFile
from tests.generation.finished import make_version
from tests.generation.pages.conftest import PART, body, url

pytestmark = pytest.mark.django_db
ORDER = ["WAV, 24 bit", "FLAC", "MP3, 320 kbit/s", "AAC", "All stems", "MIDI", "Lead sheet", "MusicXML"]  # fmt: skip


def names(page):
    return re.findall(r'file-words"><strong>([^<]+)</strong>', page)


def end(state):
    Job.objects.filter(kind="song.file").update(
        state=state, finished_at=timezone.now(), lease_until=None, error="It broke."
    )


def arrive(version, kind="mp3"):
    end("succeeded")
    file_keep(version=version, file=MadeFile(kind, "sha256/00/00/x.mp3", "audio/mpeg", 7))


def test_files_come_in_the_order_in_which_people_look_for_them(as_alice, song):
    page = body(as_alice.get(url(song, "files/")))
    assert names(page) == ORDER
    assert page.count(" download>") == 5
    assert [f"/files/{kind}/" in page for kind in ("master_wav", "mp3", "stems_zip")] == [True] * 3
    assert "Northern%20Glass.flac" in page
    other = make_version(song)
    assert "(version%202).flac" in body(as_alice.get(url(song, "files/", v=other.number)))


def test_what_is_not_made_yet_says_about_how_large_it_will_be(as_alice, song):
    page = body(as_alice.get(url(song, "files/")))
    # 64 seconds: 264.6 and 40 bytes to the millisecond, and six stems.
    sizes = re.findall(r"about ([\d.]+\xa0MB)", page)
    assert sizes == ["16.1\xa0MB", "2.4\xa0MB", "96.9\xa0MB"]


def test_a_song_without_stems_offers_no_archive_of_them(as_alice, song):
    song.current.assets.filter(kind="stem").delete()
    assert "All stems" not in body(as_alice.get(url(song, "files/")))


def test_asked_for_it_is_made_once_and_the_page_watches(as_alice, as_vera, song):
    answer = as_alice.post(url(song, "versions/1/files/mp3/"))
    assert answer.headers["Location"] == url(song, "files/")
    as_vera.post(url(song, "versions/1/files/mp3/"))  # a viewer downloads, so she may ask too
    job = Job.objects.get(kind="song.file")
    assert (job.params, job.tenant) == (
        {"version": str(song.current_id), "kind": "mp3"},
        song.organisation_id,
    )
    assert job.title == "MP3, 320 kbit/s of “Northern Glass”"

    page = body(as_alice.get(url(song, "files/")))
    tag = re.search(r'hx-get="[^"]+/files/" .*?hx-ptag="(\w+)"', page, re.DOTALL)[1]
    assert "Being made" in page
    assert as_alice.get(url(song, "files/"), headers=PART | {"HX-PTag": tag}).status_code == 304
    Job.objects.filter(pk=job.pk).update(
        state="running", progress_ppm=400_000, lease_until=timezone.now()
    )
    part = body(as_alice.get(url(song, "files/"), headers=PART | {"HX-PTag": tag}))
    assert part.count('value="40"') == 1
    assert "<html" not in part

    arrive(song.current)
    last = body(as_alice.get(url(song, "files/"), headers=PART | {"HX-PTag": tag}))
    assert "hx-trigger" not in last, "the last fragment ends the poll"
    assert last.count(" download>") == 6


def test_the_page_of_an_older_version_asks_for_its_own(as_alice, edited):
    answer = as_alice.post(url(edited, "versions/2/files/mp3/"))
    assert answer.headers["Location"] == url(edited, "files/") + "?v=2"
    assert Job.objects.get(kind="song.file").params["version"] == str(
        edited.versions.get(number=2).pk
    )
    assert "Being made" not in body(as_alice.get(url(edited, "files/")))


def test_what_failed_says_so_and_can_be_tried_again(as_alice, song):
    file_want(version=song.current, kind="mp3")
    end("failed")
    page = body(as_alice.get(url(song, "files/")))
    assert "Try again" in page
    assert 'class="file-error"' in page
    as_alice.post(url(song, "versions/1/files/mp3/"))
    assert Job.objects.filter(kind="song.file", state="queued").count() == 1


@pytest.mark.parametrize("kind", ["flac", "receipt", "nonsense"])
def test_what_is_not_made_on_demand_is_refused_in_words(as_alice, song, kind):
    answer = as_alice.post(url(song, f"versions/1/files/{kind}/"), follow=True)
    assert "There is no such file to be made." in body(answer)
    assert not Job.objects.filter(kind="song.file").exists()


def test_a_version_that_is_not_ready_has_no_files_to_make(as_alice, waiting):
    answer = as_alice.post(url(waiting, "versions/1/files/mp3/"), follow=True)
    assert "Version 1 is not finished." in body(answer)
    assert "No files yet" not in body(answer), "its card is shown instead"
    assert not Job.objects.filter(kind="song.file").exists()


def test_a_stranger_makes_nothing(as_charlie, song):
    assert as_charlie.post(url(song, "versions/1/files/mp3/")).status_code == 404
    assert as_charlie.get(url(song, "files/"), headers=PART).status_code == 404
    assert not Job.objects.filter(kind="song.file").exists()
    assert not VersionAsset.objects.filter(kind="mp3").exists()


def test_reading_changes_nothing_so_asking_takes_a_post(as_alice, song):
    assert as_alice.get(url(song, "versions/1/files/mp3/")).status_code == 405
    assert not Job.objects.filter(kind="song.file").exists()
