"""What can be wrong with a piece."""

from __future__ import annotations

from config.lib.errors import DomainError


class PieceInvalidError(DomainError):
    """A piece cannot be read; the message names it and the place."""

    def __init__(self, piece: str, cause: str) -> None:
        super().__init__("generation.demo_catalogue.piece_invalid", f"{piece}: {cause}")
