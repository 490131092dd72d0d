"""The job that identifies a song, against real stand-ins, a real index and a real database."""

from __future__ import annotations

import pytest

from config.jobs.models import Job
from rights.models import (
    Match,
    MatchEvidence,
    OwnerHint,
    RecognitionAnswer,
    Recording,
    RecordingFact,
    RecordingFingerprint,
)
from rights.selectors.match_page import match_page
from rights.selectors.owners import owner_proposal
from rights.services.consents import Said, consent_record
from rights.services.matching import match_retry, match_start
from rights.services.recordings import Told, recording_upsert
from rights.services.song_sets import song_set_create
from rights.tasks.listening import fingerprint_store
from tests.rights.conftest import isrc_of
from tests.rights.factories import make_party, make_recording
from tests.rights.recognition.sounds import fingerprint_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def outcomes(match: Match) -> list[tuple[str, str]]:
    """Return what each source said in the newest round, in order."""
    rows = MatchEvidence.objects.filter(match=match, round=match.round).order_by("id")
    return list(rows.values_list("recogniser", "outcome"))


def identified(track, do_next_job, actor=None) -> Match:
    match = match_start(track=track, actor=actor)
    assert do_next_job() == "done"
    match.refresh_from_db()
    return match


def test_a_song_of_a_set_is_identified_by_shazam_and_everything_is_kept(world, cast, do_next_job):
    sold = world.sell(1)
    world.teach_shazam(1)
    track = world.bring(cast.studio, 1)
    song_set_create(organisation=cast.studio, name="Ten", actor=cast.alice, tracks=[track])
    assert do_next_job() == "done"

    match = Match.objects.get(track=track)
    assert (match.state, match.method, match.confirmed_by) == ("matched", "shazam", None)
    assert outcomes(match) == [
        ("isrc", "miss"),
        ("index", "miss"),
        ("shazam", "hit"),
        ("acoustid", "skipped"),
        ("catalogue", "hit"),
    ]
    recording = match.recording
    assert (recording.isrc, recording.title, recording.album) == (isrc_of(1), "Song 1", "Numbers")
    assert (recording.duration_ms, recording.upc) == (40_000, "5012345678900")
    assert recording.label.name == "Invented Records"
    assert recording.listings.get().apple_music_id == sold["id"]
    facts = RecordingFact.objects.filter(recording=recording, source="apple_music")
    assert facts.get(field="title").value == "Song 1"
    assert facts.get(field="p_line").raw_ref == f"apple_music:song:{sold['id']}"

    hints = set(OwnerHint.objects.values_list("source", "role", "name"))
    assert ("shazam", "imprint", "Invented Records") in hints
    assert ("apple_music", "imprint", "Invented Records") in hints
    assert any(role == "licensee" for _source, role, _name in hints)
    assert owner_proposal(recording).name.startswith("Invented Records")

    story = match_page(match)
    assert [change.after for change in story.changes] == ["Matching", "Matched"]
    assert "ticked by itself" in story.how
    assert RecordingFingerprint.objects.get().recording == recording  # learned


def test_what_shazam_taught_the_index_knows_next_time_and_nobody_is_asked(world, cast, do_next_job):
    world.sell(2)
    world.teach_shazam(2)
    identified(world.bring(cast.studio, 2), do_next_job)
    asked = len(world.shazam.journal("/discovery/"))

    match = identified(world.bring(cast.charlies, 2), do_next_job)
    assert (match.state, match.method) == ("matched", "fingerprint")
    assert outcomes(match)[1:3] == [("index", "hit"), ("shazam", "skipped")]
    assert len(world.shazam.journal("/discovery/")) == asked


def test_the_same_audio_is_never_sent_to_shazam_twice(world, cast, do_next_job):
    track = world.bring(cast.studio, 3)
    match = identified(track, do_next_job)
    assert (match.state, match.reasons[0]["code"]) == ("none", "nothing")
    asked = len(world.shazam.journal("/discovery/"))
    assert asked
    match_retry(match=match, actor=cast.alice)
    assert do_next_job() == "done"
    twin = world.bring(cast.charlies, 3)
    twin.audio_sha256 = track.audio_sha256
    twin.save()
    identified(twin, do_next_job)
    assert len(world.shazam.journal("/discovery/")) == asked
    again = MatchEvidence.objects.filter(recogniser="shazam").order_by("id")
    assert [row.from_cache for row in again] == [False, True, True]
    assert RecognitionAnswer.objects.count() == 1


def test_a_tag_that_fits_is_believed_when_nobody_contradicts_it(world, cast, do_next_job):
    world.sell(4)
    track = world.bring(cast.studio, 4, tags={"isrc": "ZZ-INV-26-00004"})
    match = identified(track, do_next_job)
    assert (match.state, match.method, match.recording.isrc) == ("matched", "isrc", isrc_of(4))
    assert not RecordingFingerprint.objects.exists()  # a tag can be forged: it teaches nothing


def test_a_tag_and_shazam_that_disagree_are_left_to_people(world, cast, do_next_job):
    world.sell(5)
    world.sell(6)
    world.teach_shazam(5)
    match = identified(world.bring(cast.studio, 5, tags={"isrc": isrc_of(6)}), do_next_job)
    assert (match.state, match.doubt, match.recording) == ("choose", "conflict", None)
    found = {candidate.recording.isrc for candidate in match.candidates.all()}
    assert found == {isrc_of(5), isrc_of(6)}
    assert not RecordingFingerprint.objects.exists()


def test_our_own_index_refutes_a_forged_tag(world, cast, do_next_job):
    world.sell(7)
    forged = make_recording(isrc=isrc_of(8), duration_ms=40_000)
    fingerprint_store(recording=forged, fingerprint=fingerprint_of(8))
    world.teach_shazam(7)
    match = identified(world.bring(cast.studio, 7, tags={"isrc": forged.isrc}), do_next_job)
    assert (match.state, match.recording.isrc) == ("matched", isrc_of(7))
    assert match.reasons[-1] == {"code": "tag_differs", "data": {"isrc": forged.isrc}}


def test_a_blocked_recording_is_a_problem_and_never_a_match(world, cast, do_next_job):
    label = make_party("Invented Records")
    Recording.objects.filter(label=label).delete()
    consent_record(
        subject=label,
        said=Said("blocked", label.created_at.date(), "Rita, Invented Records", "contract"),
        actor=cast.sam,
    )
    world.sell(9)
    world.teach_shazam(9)
    match = identified(world.bring(cast.studio, 9), do_next_job)
    assert (match.state, match.problem_code) == ("problem", "blocked")
    assert "Rita, Invented Records does not allow “Song 9”" in match.problem
    assert match.confirmed_at is None
    assert not RecordingFingerprint.objects.exists()


def test_shazam_down_is_a_problem_that_can_be_tried_again(world, cast, do_next_job):
    world.sell(10)
    world.teach_shazam(10)
    world.shazam.fail("500", times=50)
    match = identified(world.bring(cast.studio, 10), do_next_job)
    assert (match.state, match.problem_code) == ("problem", "service_down")
    assert "Shazam did not answer" in match.problem
    assert outcomes(match)[2] == ("shazam", "error")
    world.shazam.http.delete(f"{world.shazam.url}/_sandbox/faults")


def test_apple_music_down_keeps_what_was_heard(world, cast, do_next_job):
    world.teach_shazam(11)
    world.apple.fail("403", times=50)
    match = identified(world.bring(cast.studio, 11), do_next_job)
    assert (match.state, match.problem_code) == ("problem", "service_down")
    said = dict(outcomes(match))
    assert (said["shazam"], said["catalogue"]) == ("hit", "error")
    assert not Recording.objects.exists()


def test_our_own_books_stand_in_when_apple_music_is_down(world, cast, do_next_job):
    told = Told(isrc_of(12), "label", {"title": "Ours", "artist": "We"}, origin="label")
    ours = recording_upsert(told=told)
    fingerprint_store(recording=ours, fingerprint=fingerprint_of(12), source="label")
    world.apple.fail("403", times=50)
    match = identified(world.bring(cast.studio, 12), do_next_job)
    assert (match.state, match.recording) == ("matched", ours)


def test_a_song_without_an_isrc_in_apple_music_is_a_problem_with_a_sentence(
    world, cast, do_next_job
):
    world.sell(13, isrc="")
    world.teach_shazam(13, isrc="")
    match = identified(world.bring(cast.studio, 13), do_next_job)
    assert (match.state, match.problem_code) == ("problem", "no_isrc")
    assert "lists “Song 13” without an ISRC" in match.problem


def test_a_crash_asks_nobody_again(world, cast, do_next_job, monkeypatch):
    world.sell(14)
    world.teach_shazam(14)
    match = match_start(track=world.bring(cast.studio, 14), actor=None)
    from rights.tasks import identify as job

    with monkeypatch.context() as patch:
        patch.setattr(job, "decide", lambda _findings: 1 / 0)
        assert do_next_job() == "failed"
    asked = len(world.shazam.journal("/discovery/"))
    Job.objects.update(not_before=None)
    assert do_next_job() == "done"
    match.refresh_from_db()
    assert match.state == "matched"
    assert len(world.shazam.journal("/discovery/")) == asked
    assert [source for source, _outcome in outcomes(match)].count("shazam") == 1


def test_an_answer_that_comes_after_a_person_has_decided_changes_nothing(world, cast, do_next_job):
    from rights.services.matching import match_override

    match = match_start(track=world.bring(cast.studio, 15), actor=cast.alice)
    mine = make_recording()
    match_override(match=match, recording=mine, actor=cast.sam, reason="The label told us.")
    while Job.objects.filter(state="queued").exists():
        assert do_next_job() == "done"
    match.refresh_from_db()
    assert (match.state, match.recording, match.method) == ("matched", mine, "override")
    assert not match.candidates.exists()
