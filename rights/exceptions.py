"""Refusals of the rights: a code for programs, a sentence for people."""

from __future__ import annotations

from config.lib.errors import DomainError


class MatchStateError(DomainError):
    """The match is not in a state in which this can be done; nothing was changed."""


class RecordingBlockedError(DomainError):
    """The owner does not allow this recording to be used; nothing was changed."""


class SongSetRefusedError(DomainError):
    """The song set cannot be changed like this; nothing was changed."""


class ImportRefusedError(DomainError):
    """The delivery cannot be read or applied as asked; the catalogue was not touched."""


class IncomeRefusedError(DomainError):
    """The report cannot be taken, matched or posted as asked; no money moved."""


class RatesRefusedError(DomainError):
    """The table of exchange rates cannot be taken as it is; no rate was kept."""


class RunRefusedError(DomainError):
    """The royalty run cannot be moved on like this; no money moved."""


class ClaimRefusedError(DomainError):
    """The claim cannot be made or moved on like this; nothing was changed, no money moved."""


class StatementRefusedError(DomainError):
    """The statement cannot be issued, published or drawn as asked; no money moved."""


class DisputeRefusedError(DomainError):
    """The dispute cannot be opened or moved on like this; no money moved."""


class PayoutRefusedError(DomainError):
    """The payout, its batch or its payee's account cannot be moved on like this; no money moved."""


class ContractRefusedError(DomainError):
    """The contract or its terms cannot be like this; nothing was changed."""


class StaffOnlyError(DomainError):
    """Only staff may do this; nothing was changed."""
