"""Refusals of the library: a code for programs, a sentence for people."""

from __future__ import annotations

from config.lib.errors import DomainError


class UploadRefusedError(DomainError):
    """The file may not come in; what has been stored so far is untouched."""


class UploadOffsetError(DomainError):
    """The piece does not start where the upload stands; ask where it stands and go on there."""


class UploadChecksumError(DomainError):
    """The piece arrived changed; nothing of it was kept, send it again."""


class UploadBusyError(DomainError):
    """Another request is writing this upload right now."""


class TrackStateError(DomainError):
    """The track is not in a state in which this can be done; nothing was changed."""
