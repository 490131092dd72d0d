"""What the library knows of a person, and how it forgets them."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from accounts.models import Organisation
from accounts.services.personal_data import personal_data_collect
from library.models import Track, Upload
from library.services.personal_data import personal_data_erase

pytestmark = pytest.mark.django_db


def test_a_copy_of_ones_data_names_the_songs_one_brought(bring, cast):
    bring(b"abc", "mine.wav")
    Track.objects.create(
        organisation=cast.studio,
        added_by=cast.bob,
        filename="bobs.wav",
        size_bytes=1,
        title="Bob's",
    )
    files = dict(personal_data_collect(user_id=cast.alice.pk))
    assert [song["title"] for song in files["library/songs"]] == ["mine"]
    assert [upload["file"] for upload in files["library/uploads"]] == ["mine.wav"]


def test_songs_of_a_workspace_that_goes_on_stay_and_forget_who_brought_them(bring, cast):
    bring(b"abc", "mine.wav")
    personal_data_erase(user_id=cast.alice.pk)
    track = Track.objects.get()
    assert (track.title, track.added_by, track.deleted_at) == ("mine", None, None)
    assert Upload.objects.get().added_by is None


def test_a_workspace_that_closes_is_emptied(bring, cast):
    bring(b"abc", "charlies secret.wav", organisation=cast.charlies)
    bring(b"abc", "alices.wav")
    Organisation.objects.filter(pk=cast.charlies.pk).update(closed_at=Now())
    personal_data_erase(user_id=cast.charlie.pk)
    gone = Track.objects.get(organisation=cast.charlies)
    assert (gone.title, gone.filename, gone.tags) == ("Deleted song", "", {})
    assert gone.deleted_at is not None
    assert Upload.objects.get(organisation=cast.charlies).filename == ""
    assert Track.objects.get(organisation=cast.studio).title == "alices"
    assert gone.job is not None
    assert gone.job.title == "Deleted song"
