"""Audio the creator owns: uploads, analysis, stems, samples, exports."""

from __future__ import annotations

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Audio the creator owns: uploads, analysis, stems, samples, exports."""

    name = "library"
