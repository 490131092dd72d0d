"""Addresses of the library."""

from __future__ import annotations

from django.urls import path

from library.views import tus
from library.views.home import home

app_name = "library"
urlpatterns = [
    path("", home, name="home"),
    path("uploads/", tus.collection, name="tus"),
    path("uploads/<uuid:upload_id>/", tus.resource, name="tus-upload"),
]
