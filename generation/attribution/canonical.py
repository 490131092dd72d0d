"""JSON in one form only (RFC 8785), so that the same facts are the same bytes for everybody.

Keys sorted by their UTF-16 code units, no space between tokens, strings escaped only where JSON
asks for it. Of numbers there are two kinds: whole ones, and seconds given in whole milliseconds,
which are written in the shortest decimal form (``12480`` ms is ``12.48``, ``12000`` ms is ``12``).
That is what RFC 8785 asks of the same numbers, and no floating-point number is involved on the way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LARGEST_INT = 2**53 - 1
"""Beyond it readers that hold numbers as doubles would change it (RFC 7493)."""
DECIMAL = re.compile(r"-?[0-9]{1,13}\.[0-9]{1,3}")


class NotCanonicalError(ValueError):
    """This value or text has no canonical form, or is not in it."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time in whole ``milliseconds``, written as decimal seconds."""

    milliseconds: int


def canonical(value: object) -> bytes:
    """Return ``value`` (dict, list, str, int, bool, None, :class:`Seconds`) as canonical bytes.

    Raises
    ------
    NotCanonicalError
        If it holds anything else, an integer of more than 53 bits, or half a surrogate pair.
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError("half a surrogate pair is no character") from error


def parse(text: bytes) -> Any:
    """Return what ``text`` holds; a number with a decimal point comes back as :class:`Seconds`.

    Raises
    ------
    NotCanonicalError
        If it is no JSON, names a key twice, or is not byte for byte what :func:`canonical` writes.
    """
    try:
        value = json.loads(
            text.decode(), parse_float=_seconds, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"no JSON in canonical form: {error}") from error
    if canonical(value) != text:
        raise NotCanonicalError("spaces, order or spelling were changed")
    return value


def _text(value: object) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > LARGEST_INT:
                raise NotCanonicalError(f"{value} has more than 53 bits")
            return str(value)
        case Seconds():
            return _decimal(value.milliseconds)
        case Mapping():
            return _members(value)
        case list() | tuple():
            return "[" + ",".join(_text(item) for item in value) + "]"
    raise NotCanonicalError(f"{type(value).__name__} has no canonical form")


def _members(value: Mapping[Any, object]) -> str:
    if not all(isinstance(key, str) for key in value):
        raise NotCanonicalError("the name of a member is a string")
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"


def _decimal(milliseconds: int) -> str:
    if abs(milliseconds) > LARGEST_INT:
        raise NotCanonicalError(f"{milliseconds} ms has more than 53 bits")
    whole, rest = divmod(abs(milliseconds), 1000)
    sign = "-" if milliseconds < 0 else ""
    return f"{sign}{whole}" + (f".{rest:03d}".rstrip("0") if rest else "")


def _seconds(text: str) -> Seconds:
    if not DECIMAL.fullmatch(text):  # before it is a number: 1e999999999 would fill the memory
        raise NotCanonicalError(f"{text} is no time in milliseconds")
    return Seconds(int(Decimal(text) * 1000))


def _refuse(text: str) -> None:
    raise NotCanonicalError(f"{text} is no number")


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotCanonicalError("a name stands twice")
    return members
