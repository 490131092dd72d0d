"""Fields of options and edits: read from JSON, refused by name when they are out of range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.engines.errors import OptionInvalidError


def number(given: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """Return a number from ``low`` to ``high``; raises :class:`OptionInvalidError`."""
    value = given.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:  # type: ignore[operator]
        raise OptionInvalidError(name, f"{low:g} to {high:g}")
    return float(value)  # type: ignore[arg-type]


def whole(given: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``; raises :class:`OptionInvalidError`."""
    value = number(given, name, low, high)
    if not value.is_integer():
        raise OptionInvalidError(name, f"{low} to {high}")
    return int(value)


def choice(given: Mapping[str, Any], name: str, among: Sequence[str]) -> str:
    """Return one of ``among``; raises :class:`OptionInvalidError`."""
    value = given.get(name)
    if not isinstance(value, str) or value not in among:
        raise OptionInvalidError(name, ", ".join(among))
    return value


def choices(given: Mapping[str, Any], name: str, among: Sequence[str]) -> list[str]:
    """Return some of ``among``, each once and in their order; raises :class:`OptionInvalidError`."""
    value = given.get(name)
    if not isinstance(value, list | tuple) or not value or any(one not in among for one in value):
        raise OptionInvalidError(name, ", ".join(among))
    return [one for one in among if one in value]


def flag(given: Mapping[str, Any], name: str) -> bool:
    """Return a yes or no, no where nothing was said; raises :class:`OptionInvalidError`."""
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise OptionInvalidError(name, "true, false")
    return value


def require_known(given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise :class:`OptionInvalidError` for the first field that nobody knows."""
    for name in sorted(given):
        if name not in known:
            raise OptionInvalidError(name, ", ".join(known))
