"""Asking for songs and versions: what is written, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from config.jobs.models import Job
from generation.constants import SEED_MAX
from generation.exceptions import SongRefusedError, SourceLostError, VersionRefusedError
from generation.models import Song, Version, VersionSource
from generation.services.edits import (
    version_cancel,
    version_edit,
    version_make_current,
    version_rate,
    version_retry,
)
from generation.services.songs import (
    SongOrder,
    song_delete,
    song_generate,
    song_rename,
    song_restore,
)
from rights.exceptions import SongSetRefusedError
from rights.models import Consent, Match, Recording
from tests.generation.engine.ten import SHORT, asked, make_ten
from tests.generation.finished import make_finished_song, make_version

TODAY = timezone.now().date()


@pytest.fixture
def ten(cast):
    return make_ten(cast.studio)


def request(song_set, actor, **changes):
    named = {"options", "weights", "title", "files"}
    order = {"options": SHORT} | {k: v for k, v in changes.items() if k in named}
    asked = {"idem": "once", "seed": 7} | {k: v for k, v in changes.items() if k not in named}
    return song_generate(song_set=song_set, actor=actor, order=SongOrder(**order), **asked)


def block(recording):
    Consent.objects.create(
        recording=recording, state="blocked", valid_from=TODAY, said_by="Rita", source="contract"
    )


def everything():
    """Count what a refusal must leave alone."""
    return [model.objects.count() for model in (Song, Version, VersionSource, Job, AuditEntry)]


def test_a_song_freezes_its_set_and_asks_for_each_version_by_a_job(cast, ten):
    song = request(ten, cast.alice, versions=2, title="  First   light ")
    ten.refresh_from_db()
    assert ten.frozen_at is not None
    assert (song.title, song.organisation, song.current) == ("First light", cast.studio, None)
    first, second = song.versions.order_by("number")
    assert (first.seed, second.seed) == (7, 8)
    assert first.options == {
        "seconds": 60.0,
        "bpm": 180.0,
        "tonic": None,
        "mode": None,
        "energy": 0.5,
        "variation": 0.5,
        "mood": None,
        "instruments": None,
        "without": "pad",
    }
    assert (first.engine, first.policy, first.state) == ("mosaic", "v1", "pending")
    for version in (first, second):
        assert version.job.params == {"version": str(version.pk), "files": []}
        assert (version.job.tenant, version.job.title) == (cast.studio.pk, "First light")


def test_sources_get_their_weights_within_two_thirds_and_the_catalogue_the_rest(cast, ten):
    song = request(ten, cast.alice)
    rows = list(asked(song).sources.order_by("position"))
    assert [row.weight_ppm for row in rows] == [67_000] * 10 + [330_000]
    assert [row.pool for row in rows] == ["references"] * 10 + ["catalogue"]
    assert [row.key for row in rows][-1] == "base"
    assert all(row.share_ppm is None for row in rows)


def test_weights_of_the_request_count_by_their_proportion(cast, ten):
    isrcs = list(Recording.objects.order_by("isrc").values_list("isrc", flat=True))
    song = request(ten, cast.alice, weights=dict.fromkeys(isrcs, 0) | {isrcs[0]: 2, isrcs[1]: 1})
    weights = dict(asked(song).sources.values_list("isrc", "weight_ppm"))
    assert (weights[isrcs[0]], weights[isrcs[1]], weights[isrcs[2]]) == (446_667, 223_333, 0)
    assert sum(weights.values()) == 1_000_000


def test_the_same_request_twice_is_one_song(cast, ten):
    first = request(ten, cast.alice, versions=2)
    before = everything()
    assert request(ten, cast.alice, versions=2) == first
    assert everything() == before


def test_a_key_of_another_set_is_refused(cast, ten):
    request(ten, cast.alice)
    other = make_ten(cast.studio)
    before = everything()
    with pytest.raises(SongRefusedError) as refused:
        request(other, cast.alice)
    assert refused.value.code == "generation.song.key_reused"
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"versions": 3}, "generation.song.versions"),
        ({"versions": 0}, "generation.song.versions"),
        ({"seed": SEED_MAX + 1}, "generation.seed"),
        ({"seed": -1}, "generation.seed"),
        ({"options": {"seconds": 10}}, "generation.options"),
        ({"options": {"bpm": 400}}, "generation.options"),
        ({"options": {"tonic": 12}}, "generation.options"),
        ({"options": {"tonic": 1.5}}, "generation.options"),
        ({"options": {"mode": "dorian"}}, "generation.options"),
        ({"options": {"energy": "high"}}, "generation.options"),
        ({"options": {"energy": True}}, "generation.options"),
        ({"options": {"colour": 1}}, "generation.options"),
        ({"options": {"mood": "furious"}}, "generation.options"),
        ({"options": {"instruments": ["kazoo"]}}, "generation.options"),
        ({"options": {"instruments": "folk"}}, "generation.options"),
        ({"options": {"instruments": [["folk"]]}}, "generation.options"),
        ({"options": {"energy": None}}, "generation.options"),
        ({"weights": {"QZTEN2600001": 1}}, "generation.weights"),
        ({"files": ["stems_zip"]}, "generation.song.files"),
    ],
)
def test_a_request_out_of_range_makes_nothing_and_freezes_nothing(cast, ten, changes, code):
    before = everything()
    with pytest.raises((SongRefusedError, VersionRefusedError)) as refused:
        request(ten, cast.alice, **changes)
    assert refused.value.code == code
    ten.refresh_from_db()
    assert ten.frozen_at is None
    assert everything() == before


def test_a_closed_gate_makes_nothing(cast, ten):
    block(ten.entries.get(position=3).track.match.recording)
    before = everything()
    with pytest.raises(SongSetRefusedError, match="Replace song 3"):
        request(ten, cast.alice)
    assert everything() == before


def lose_consent(entry):
    block(entry.recording)


def lose_match(entry):
    other = Recording.objects.create(isrc="QZTEN2699999", title="Other", artist="O", origin="label")
    Match.objects.filter(track=entry.track).update(recording=other)


def lose_track(entry):
    entry.track.deleted_at = timezone.now()
    entry.track.save(update_fields=["deleted_at"])


def lose_analysis(entry):
    entry.track.analysis = None
    entry.track.save(update_fields=["analysis"])


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lose_consent, "Replace song 4: its owner does not allow its use."),
        (lose_match, "Song 4 is matched to another recording"),
        (lose_track, "Song 4 was deleted from the library"),
        (lose_analysis, "Song 4 has not been measured yet"),
    ],
)
def test_a_frozen_set_that_lost_a_song_makes_no_more(cast, ten, lose, words):
    song = request(ten, cast.alice)
    lose(ten.entries.select_related("track", "recording").get(position=4))
    before = everything()
    with pytest.raises(SourceLostError) as refused:
        request(ten, cast.alice, idem="again")
    assert words in refused.value.message
    assert "What was made before is safe" in refused.value.message
    assert everything() == before
    with pytest.raises(SourceLostError):
        version_edit(
            version=make_version(song),
            edit={"kind": "tempo", "bpm": 99},
            actor=cast.alice,
            idem="e",
        )
    assert song.versions.filter(edit__kind="tempo").count() == 0


def test_a_quota_counts_every_version_of_the_last_day(cast, ten, settings):
    settings.GENERATION_VERSIONS_PER_DAY = 2
    request(ten, cast.alice, versions=2)
    before = everything()
    with pytest.raises(VersionRefusedError, match="2 versions in 24 hours and has made 2"):
        request(ten, cast.alice, idem="more")
    assert everything() == before


# ------------------------------------------------------------ edits


@pytest.fixture
def song(cast):
    """A finished song whose ten can still be used."""
    return make_finished_song(cast.studio)


@pytest.fixture
def usable(song):
    """Let the tracks of the song's set be measured ones."""
    from tests.library.factories import make_analysis

    for entry in song.song_set.entries.select_related("track"):
        make_analysis(entry.track)
    return song


def edit(song, actor, idem="e", **said):
    return version_edit(version=song.current, edit=said, actor=actor, idem=idem)


def test_an_edit_asks_for_a_child_with_the_parents_options_weights_and_base(cast, usable):
    parent = usable.current
    made = edit(usable, cast.alice, kind="tempo", bpm=128)
    assert (made.number, made.parent, made.edit) == (2, parent, {"kind": "tempo", "bpm": 128.0})
    assert (made.options, made.seed, made.base_model) == (
        parent.options,
        parent.seed,
        parent.base_model,
    )
    mine, theirs = (dict(v.sources.values_list("isrc", "weight_ppm")) for v in (made, parent))
    assert mine == theirs
    usable.refresh_from_db()
    assert usable.current == parent


def test_new_weights_hold_for_the_child_alone(cast, usable):
    isrcs = [s.isrc for s in usable.current.sources.exclude(isrc="")]
    weights = dict.fromkeys(isrcs, 50_000) | {isrcs[0]: 550_000}
    made = edit(usable, cast.alice, kind="reweigh", weights=weights)
    assert made.sources.get(isrc=isrcs[0]).weight_ppm == 368_500
    assert made.sources.get(isrc="").weight_ppm == 330_000
    assert usable.current.sources.get(isrc=isrcs[0]).weight_ppm == 67_000


def test_a_seed_is_drawn_for_what_is_written_anew(cast, usable):
    made = edit(usable, cast.alice, kind="reroll_section", section=2)
    assert made.edit["seed"] == made.seed
    assert made.edit["everywhere"] is False


def test_the_same_edit_twice_is_one_version(cast, usable):
    first = edit(usable, cast.alice, kind="energy", energy=0.9)
    assert edit(usable, cast.alice, kind="energy", energy=0.9) == first
    assert usable.versions.count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "louder"},
        {},
        {"kind": "tempo"},
        {"kind": "tempo", "bpm": 500},
        {"kind": "tempo", "bpm": 100, "seed": 1},
        {"kind": "reroll_layer", "layer": "form"},
        {"kind": "reroll_section", "section": -1},
        {"kind": "reroll_section", "section": 1, "everywhere": "yes"},
        {"kind": "extend", "role": "coda", "bars": 4},
        {"kind": "extend", "role": "verse", "bars": 5},
        {"kind": "key", "tonic": 12},
        {"kind": "reweigh", "weights": {"QZTEN2600001": 999_999}},
        {"kind": "reweigh", "weights": [1]},
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(cast, usable, said):
    before = everything()
    with pytest.raises(VersionRefusedError) as refused:
        version_edit(version=usable.current, edit=said, actor=cast.alice, idem="e")
    assert refused.value.code == "generation.edit"
    assert everything() == before


def test_what_is_not_ready_is_neither_edited_nor_rated_nor_chosen(cast, usable):
    waiting = make_version(usable, state="pending")
    before = everything()
    for act in (
        lambda: version_edit(
            version=waiting, edit={"kind": "tempo", "bpm": 99}, actor=cast.alice, idem="e"
        ),
        lambda: version_rate(version=waiting, rating=5, actor=cast.alice),
        lambda: version_make_current(version=waiting, actor=cast.alice),
    ):
        with pytest.raises(VersionRefusedError) as refused:
            act()
        assert refused.value.code == "generation.version.not_ready"
    assert everything() == before


def test_undo_and_redo_choose_the_present_version(cast, usable):
    first, second = usable.current, make_version(usable)
    for chosen in (second, first, second):
        assert version_make_current(version=chosen, actor=cast.alice).current == chosen
    usable.refresh_from_db()
    assert usable.current == second


def test_a_rating_is_kept_and_taken_back(cast, usable):
    assert version_rate(version=usable.current, rating=4, actor=cast.alice).rating == 4
    assert version_rate(version=usable.current, rating=None, actor=cast.alice).rating is None
    for wrong in (0, 6):
        with pytest.raises(VersionRefusedError):
            version_rate(version=usable.current, rating=wrong, actor=cast.alice)
    usable.current.refresh_from_db()
    assert usable.current.rating is None


def test_what_waits_is_cancelled_at_once_and_can_be_tried_again(cast, ten):
    song = request(ten, cast.alice)
    version = version_cancel(version=asked(song), actor=cast.alice)
    assert (version.state, version.job.state) == ("cancelled", "cancelled")
    old = version.job
    again = version_retry(version=version, actor=cast.alice, idem="r")
    assert (again.state, again.job.retry_of) == ("pending", old)
    with pytest.raises(VersionRefusedError, match="Only a version that failed"):
        version_retry(version=again, actor=cast.alice, idem="r2")


def test_a_job_that_gave_up_shows_its_version_as_failed(cast, ten):
    version = asked(request(ten, cast.alice))
    Job.objects.filter(pk=version.job_id).update(state="failed", finished_at=timezone.now())
    version = asked(version.song)
    assert (version.state, version.shown_state) == ("pending", "failed")
    assert Version.objects.in_work().count() == 0
    assert version_retry(version=version, actor=cast.alice, idem="r").shown_state == "pending"


# ------------------------------------------------------------ the song


def test_a_deleted_song_comes_back_as_it_was(cast, ten):
    song = request(ten, cast.alice)
    gone = song_delete(song=song, actor=cast.alice)
    assert gone.deleted_at is not None
    assert Song.objects.of(cast.studio).count() == 0
    assert asked(song).shown_state == "cancelled"
    assert song_delete(song=song, actor=cast.alice).deleted_at == gone.deleted_at
    assert song_restore(song=song, actor=cast.alice).deleted_at is None
    assert list(Song.objects.of(cast.studio)) == [song]


def test_a_deleted_song_is_changed_by_nothing_but_its_return(cast, usable):
    song_delete(song=usable, actor=cast.alice)
    before = everything()
    with pytest.raises(SongRefusedError):
        song_rename(song=usable, title="New", actor=cast.alice)
    for act in (version_rate, version_make_current):
        with pytest.raises(VersionRefusedError):
            act(
                version=usable.current,
                actor=cast.alice,
                **({"rating": 1} if act is version_rate else {}),
            )
    assert everything() == before


def test_after_thirty_days_a_song_stays_deleted(cast, usable):
    Song.objects.filter(pk=usable.pk).update(
        deleted_at=timezone.now() - timezone.timedelta(days=31)
    )
    with pytest.raises(SongRefusedError, match="its audio is gone"):
        song_restore(song=usable, actor=cast.alice)
    usable.refresh_from_db()
    assert usable.deleted_at is not None


def test_a_title_is_tidied_and_never_empty(cast, usable):
    assert song_rename(song=usable, title="  A  b ", actor=cast.alice).title == "A b"
    assert song_rename(song=usable, title="   ", actor=cast.alice).title == "A b"
