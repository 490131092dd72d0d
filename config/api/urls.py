"""Addresses of the API's frame: schema, reference page, and a problem for everything else."""

from __future__ import annotations

from django.urls import path, re_path

from config.api.reference import reference, unknown
from config.api.schema import SchemaView

app_name = "apiframe"
urlpatterns = [
    path("v1/schema/", SchemaView.as_view(), name="schema"),
    path("docs/", reference, name="reference"),
    re_path(r"", unknown, name="unknown"),
]
