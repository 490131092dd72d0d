"""Rows of the generation app."""

from __future__ import annotations

from generation.models.asset import VersionAsset
from generation.models.base_model import BaseModel, BaseModelItem
from generation.models.influence import VersionBar, VersionLayer, VersionSource
from generation.models.mix import SavedMix
from generation.models.receipt import Receipt
from generation.models.song import Song, SongQuerySet
from generation.models.spectrum import SourceSpectrum
from generation.models.version import Version, VersionQuerySet

__all__ = [
    "BaseModel",
    "BaseModelItem",
    "Receipt",
    "SavedMix",
    "Song",
    "SongQuerySet",
    "SourceSpectrum",
    "Version",
    "VersionAsset",
    "VersionBar",
    "VersionLayer",
    "VersionQuerySet",
    "VersionSource",
]
