"""The verdicts of songs: made from a set, heard, changed, compared, downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from generation.models import Song
from tests.generation.finished import make_finished_song, make_song, make_version
from tests.isolation.case import Case, Viewer, listing, owned
from tests.rights.factories import make_song_set

if TYPE_CHECKING:
    from tests.cast import Cast

# ---------------------------------------------------------------- one of everything, Alice's


def complete_set(cast: Cast) -> dict[str, Any]:
    """A set of Alice's from which a song can be made."""
    return {"set_id": make_song_set(cast.studio, 10, matched=True).pk}


def finished_song(cast: Cast) -> dict[str, Any]:
    """A song of Alice's."""
    return {"song_id": make_finished_song(cast.studio, "Alice's song").pk}


def song_in_two_versions(cast: Cast) -> dict[str, Any]:
    """A song of Alice's in two versions, the second of them made from the first."""
    song = make_finished_song(cast.studio, "Alice's song")
    edit = {"kind": "tempo", "bpm": 124.0}
    make_version(song, parent=song.current, edit=edit, bpm=124.0)
    return {"song_id": song.pk}


def song_on_its_way(cast: Cast) -> dict[str, Any]:
    """A song of Alice's of which nothing is ready: one version waits, one was stopped."""
    song = make_song(cast.studio, "Not there yet")
    make_version(song, state="pending")
    make_version(song, state="cancelled")
    return {"song_id": song.pk}


def finished_version(cast: Cast) -> dict[str, Any]:
    """The first version of a song of Alice's."""
    return finished_song(cast) | {"number": 1}


def file_to_make(cast: Cast) -> dict[str, Any]:
    """A file of a version of Alice's that is made on demand; whoever may download may ask for it."""
    return finished_version(cast) | {"kind": "mp3"}


def waiting_version(cast: Cast) -> dict[str, Any]:
    """A version of Alice's that can be cancelled."""
    return song_on_its_way(cast) | {"number": 1}


def stopped_version(cast: Cast) -> dict[str, Any]:
    """A version of Alice's that can be tried again."""
    return song_on_its_way(cast) | {"number": 2}


def deleted_song(cast: Cast) -> dict[str, Any]:
    """A form that names a song of Alice's to bring back."""
    song = make_finished_song(cast.studio)
    Song.objects.filter(pk=song.pk).update(deleted_at=timezone.now())
    return {"song": str(song.pk)}


# ---------------------------------------------------------------- verdicts

WISH = {f"share-{number}": "6.7" for number in range(1, 11)} | {
    "seconds": "190",
    "energy": "0.5",
    "variation": "0.5",
    "versions": "1",
    "idem": "isolation",
}
MIX = {"name": "Taken", "gain-lead": "-3"}

SONGS: list[Case] = [
    owned("generation:song-create", complete_set, data=WISH, viewer=Viewer.NOTHING),
    listing("generation:song-list"),
    listing("generation:song-restore", body=deleted_song, viewer=Viewer.NOTHING),
    owned("generation:song-detail", finished_song),
    owned("generation:song-making", song_on_its_way),
    owned("generation:song-mix", finished_song),
    owned("generation:song-files", finished_song),
    owned("generation:song-cover", finished_song),
    owned("generation:song-versions", song_in_two_versions),
    owned("generation:version-compare", song_in_two_versions),
    owned("generation:song-edit", finished_song, viewer=Viewer.NOTHING),
    owned(
        "generation:edit-plan",
        finished_song,
        data={"kind": "tempo", "bpm": "99", "idem": "isolation"},
        viewer=Viewer.NOTHING,
    ),
    owned("generation:song-rename", finished_song, data={"title": "Taken"}, viewer=Viewer.NOTHING),
    owned("generation:song-delete", finished_song, viewer=Viewer.NOTHING),
    owned(
        "generation:version-change", finished_version, data={"rating": "1"}, viewer=Viewer.NOTHING
    ),
    owned("generation:version-cancel", waiting_version, viewer=Viewer.NOTHING),
    owned("generation:version-retry", stopped_version, viewer=Viewer.NOTHING),
    owned("generation:file-make", file_to_make, viewer=Viewer.ACTS),
    owned("generation:mix-save", finished_version, data=MIX, viewer=Viewer.NOTHING),
]
