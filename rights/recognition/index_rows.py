"""What passes between the local index and its table: plain numbers and bytes, no arrays.

The web process may load this; it knows no numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class PackedFingerprint:
    """A fingerprint ready to be stored.

    Attributes
    ----------
    keys, frames
        The index keys of ``index_keys()`` and their frames, equally long.
    landmarks
        The whole fingerprint, as ``pack_landmarks()`` wrote it.
    """

    revision: str
    keys: Sequence[int]
    frames: Sequence[int]
    landmarks: bytes
    landmark_count: int


@dataclass(frozen=True)
class Vote:
    """A fingerprint of the index that shares ``votes`` keys with a query at one offset.

    ``shift`` is the frame of the recording, to eight frames, at which the query begins.
    """

    fingerprint: int
    speed: float
    shift: int
    votes: int


@dataclass(frozen=True)
class IndexedRecording:
    """Whose fingerprint it is, for people and for the evidence."""

    fingerprint: int
    recording: UUID
    isrc: str
    title: str
    artist: str
    album: str
    label: str
    apple_music_id: str
    source: str


@dataclass(frozen=True)
class Question:
    """The keys of a query as it would sound at one speed."""

    speed: float
    keys: Sequence[int]
    frames: Sequence[int]


class Index(Protocol):
    """The table, as the recogniser sees it."""

    def votes(self, questions: Sequence[Question]) -> list[Vote]:
        """Return the best offsets of the best recordings, most votes first."""

    def landmarks(self, fingerprint: int) -> bytes:
        """Return what was stored as ``PackedFingerprint.landmarks``."""

    def recording(self, fingerprint: int) -> IndexedRecording:
        """Return whose fingerprint it is."""
