"""What can be wrong with a request before any engine is asked."""

from __future__ import annotations


class EngineUnknownError(LookupError):
    """No engine has this name."""


class OptionInvalidError(ValueError):
    """One option or one field of an edit is missing, unknown or out of range.

    ``name`` is the field, ``rule`` what it may be, in words for programs: the caller words it.
    """

    def __init__(self, name: str, rule: str) -> None:
        self.name = name
        self.rule = rule
        super().__init__(f"{name}: {rule}")
