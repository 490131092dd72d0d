"""Rows of the library app."""

from __future__ import annotations

from library.models.analysis import TrackAnalysis
from library.models.asset import Asset
from library.models.correction import TrackCorrection
from library.models.leaving_file import LeavingFile
from library.models.quota import StorageQuota
from library.models.track import Track, TrackQuerySet
from library.models.upload import Upload

__all__ = [
    "Asset",
    "LeavingFile",
    "StorageQuota",
    "Track",
    "TrackAnalysis",
    "TrackCorrection",
    "TrackQuerySet",
    "Upload",
]
