"""Refusals of the generation: a code for programs, a sentence for people."""

from __future__ import annotations

from config.lib.errors import DomainError


class SongRefusedError(DomainError):
    """A song cannot be made, renamed, deleted or brought back like this; nothing was changed."""


class VersionRefusedError(DomainError):
    """A version cannot be made or changed like this; nothing was changed."""


class SourceLostError(DomainError):
    """One of the ten may not be used any more; nothing was made and nothing was changed."""


class MixRefusedError(DomainError):
    """The mix cannot be saved like this; nothing was changed."""


class FileRefusedError(DomainError):
    """A file of a version cannot be made; nothing was changed."""


class ReceiptTooEarlyError(DomainError):
    """The version has no audio or no shares yet, so there is nothing to sign."""


class ReceiptKeyMissingError(DomainError):
    """There is no key to sign receipts with."""


class DemoMissingError(DomainError):
    """The demo people are not there."""


class DemoFailedError(DomainError):
    """The demonstration cannot be set up; what was done so far stays."""
