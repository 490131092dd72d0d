"""The root of every error that a user may cause and should understand."""

from __future__ import annotations


class DomainError(Exception):
    """An expected refusal: ``code`` for programs and logs, ``message`` for people.

    The message says what happened, what is safe and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
