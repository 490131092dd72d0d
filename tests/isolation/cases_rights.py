"""The verdicts of the rights: song sets of creators, the catalogue of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import resolve
from django.utils import timezone

from rights.domain.catalogue_csv import template
from rights.models import ImportRun, MatchCandidate, SongSet
from rights.selectors.catalogue_files import artwork_path
from rights.services.catalogue_import import import_begin, import_map, import_preview
from rights.services.claims import Proof, Wanted, claim_submit
from tests.isolation.case import Case, Viewer, listing, owned, personal
from tests.rights.factories import (
    NUMBERS,
    make_match,
    make_party,
    make_recording,
    make_song_set,
)

if TYPE_CHECKING:
    from tests.cast import Cast

# ---------------------------------------------------------------- one of everything, Alice's


def catalogue_cover(cast: Cast) -> dict[str, Any]:
    """An address of a cover that we signed, on a host from which nothing is fetched."""
    return dict(resolve(artwork_path("https://elsewhere.example/{w}x{h}.png", 64)).kwargs)


def alices_set(cast: Cast) -> dict[str, Any]:
    """A song set of Alice's, with two songs that are matched."""
    row = make_song_set(cast.studio, 2, matched=True)
    return {"set_id": row.pk}


def alices_deleted_set(cast: Cast) -> dict[str, Any]:
    """A form that names a set of Alice's to bring back."""
    row = make_song_set(cast.studio)
    SongSet.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    return {"set": str(row.pk)}


def song_in_alices_set(cast: Cast) -> dict[str, Any]:
    """A matched song of Alice's in its place."""
    row = make_song_set(cast.studio, 1, matched=True).entries.get()
    return {"set_id": row.song_set_id, "track_id": row.track_id}


def song_to_choose(cast: Cast) -> dict[str, Any]:
    """A song of Alice's that may be one of two recordings."""
    row = make_song_set(cast.studio, 1).entries.get()
    match = make_match(row.track, "choose", doubt="several", score_ppm=950_000)
    for rank in (1, 2):
        MatchCandidate.objects.create(
            match=match, recording=make_recording(), method="shazam", score_ppm=950_000, rank=rank
        )
    return {"set_id": row.song_set_id, "track_id": row.track_id}


def alices_label(cast: Cast) -> dict[str, Any]:
    """A label that Alice's organisation speaks for."""
    return {"label_id": make_party("Alice's own label", organisation=cast.studio).pk}


def recording_of_alices_label(cast: Cast) -> dict[str, Any]:
    """A recording of such a label."""
    label = make_party("Alice's second label", organisation=cast.studio)
    return {"recording_id": make_recording("Ours", label=label).pk}


def alices_delivery(cast: Cast) -> dict[str, Any]:
    """A table that was brought, its columns guessed."""
    label = make_party(f"Label {next(NUMBERS)}", organisation=cast.studio)
    run = import_begin(
        label=label,
        filename="spring.csv",
        content=template().encode(),
        actor=cast.alice,
        organisation=cast.studio,
    )
    return {"run_id": run.pk}


def alices_previewed_delivery(cast: Cast) -> dict[str, Any]:
    """The same, its rows read."""
    run = ImportRun.objects.get(pk=alices_delivery(cast)["run_id"])
    run = import_map(run=run, mapping=run.mapping, actor=cast.alice)
    return {"run_id": import_preview(run=run, actor=cast.alice).pk}


def alices_claim(cast: Cast) -> dict[str, Any]:
    """A claim of a label of Alice's, against which another label stands."""
    label = make_party(f"Label {next(NUMBERS)}", organisation=cast.studio)
    wanted, proof = Wanted(1_000_000), [Proof("The contract of 2019")]
    row = claim_submit(
        recording=make_recording(), party=label, wanted=wanted, proofs=proof, actor=cast.alice
    )
    claim_submit(
        recording=row.recording,
        party=make_party(f"Label {next(NUMBERS)}"),
        wanted=wanted,
        proofs=proof,
        actor=cast.alice,
    )
    return {"claim_id": row.pk}


# ---------------------------------------------------------------- verdicts

SETS: list[Case] = [
    personal("rights:catalogue-file", catalogue_cover),
    listing("rights:set-list"),
    listing("rights:set-create", data={"name": "Taken"}, viewer=Viewer.NOTHING),
    listing("rights:set-undelete", body=alices_deleted_set, viewer=Viewer.NOTHING),
    owned("rights:set-detail", alices_set),
    owned("rights:set-ready", alices_set),
    owned("rights:set-edit", alices_set, data={"name": "Taken"}, viewer=Viewer.NOTHING),
    owned("rights:set-delete", alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-add", alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-upload", alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-order", alices_set, data={"down": "1"}, viewer=Viewer.NOTHING),
    owned("rights:set-weights", alices_set, data={"equal": "1"}, viewer=Viewer.NOTHING),
    owned("rights:set-accept", alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-restore", alices_set, viewer=Viewer.NOTHING),
    owned("rights:song-detail", song_to_choose),
    owned("rights:song-confirm", song_to_choose, data={"recording": "none"}, viewer=Viewer.NOTHING),
    owned("rights:song-take", song_to_choose, viewer=Viewer.NOTHING),
    owned(
        "rights:song-storefront", song_to_choose, data={"storefront": "jp"}, viewer=Viewer.NOTHING
    ),
    owned("rights:song-retry", song_to_choose, viewer=Viewer.NOTHING),
    owned("rights:song-reopen", song_in_alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-remove", song_in_alices_set, viewer=Viewer.NOTHING),
    owned("rights:set-replace", song_in_alices_set, viewer=Viewer.NOTHING),
]

SAID = {"state": "blocked", "valid_from": "2099-01-01", "said_by": "Nobody"}

CATALOGUE: list[Case] = [
    listing("rights:catalogue"),
    listing("rights:delivery-template"),
    listing("rights:delivery-create", viewer=Viewer.NOTHING),
    listing("rights:claim-list"),
    listing("rights:claim-create", viewer=Viewer.NOTHING),
    owned("rights:claim", alices_claim),
    owned("rights:claim-evidence", alices_claim, data={"words": "x"}, viewer=Viewer.NOTHING),
    owned("rights:claim-withdraw", alices_claim, data={"reason": "x"}, viewer=Viewer.NOTHING),
    owned("rights:label", alices_label, data=SAID),
    owned("rights:recording", recording_of_alices_label, data=SAID),
    owned("rights:delivery", alices_previewed_delivery),
    owned("rights:delivery-map", alices_delivery, viewer=Viewer.NOTHING),
    owned("rights:delivery-apply", alices_previewed_delivery, viewer=Viewer.NOTHING),
    owned("rights:delivery-discard", alices_delivery, viewer=Viewer.NOTHING),
]
