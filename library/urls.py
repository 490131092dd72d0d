"""Addresses of the library."""

from __future__ import annotations

from django.urls import path

from library.views import correction, track, tracks, tus

app_name = "library"
urlpatterns = [
    path("", tracks.home, name="home"),
    path("upload/", tracks.upload, name="upload"),
    path("delete/", tracks.delete, name="delete"),
    path("restore/", tracks.restore, name="restore"),
    path("uploads/", tus.collection, name="tus"),
    path("uploads/<uuid:upload_id>/", tus.resource, name="tus-upload"),
    path("<uuid:track_id>/", track.detail, name="track-detail"),
    path("<uuid:track_id>/listen/", track.listen, name="track-listen"),
    path("<uuid:track_id>/edit/", track.edit, name="track-edit"),
    path("<uuid:track_id>/correct/", correction.correct, name="track-correct"),
    path("<uuid:track_id>/cover.svg", track.cover, name="cover"),
]
