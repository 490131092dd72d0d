"""Songs for staff: versions with their quality reports, what they owe, base models. All to read."""

from __future__ import annotations

from generation.admin import base_models, songs, versions

__all__ = ["base_models", "songs", "versions"]
