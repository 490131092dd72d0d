"""Songs, their way in and their room, for staff to read; only the room can be changed."""

from __future__ import annotations

from library.admin import songs, storage

__all__ = ["songs", "storage"]
