"""Frozen dataclasses to plain JSON values and back, driven by their annotations alone.

Every type of a score is a dataclass of numbers, texts, tuples and mappings, so one converter per
annotation serves them all, and a field added with a default can read what was written before it.
A dataclass becomes an object without the fields that hold their default; where an annotation names
a class with subclasses (a unit), the object says which under ``is``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

KIND = "is"

Convert = Callable[[Any], Any]
Both = tuple[Convert, Convert]
"""To plain values, and back."""


class ShapeError(ValueError):
    """A plain value is not what the annotation asks for."""


def to_plain(value: object, hint: object) -> Any:
    """Return ``value``, which is a ``hint``, as numbers, texts, lists and dictionaries."""
    return _both(hint)[0](value)


def from_plain(plain: object, hint: object) -> Any:
    """Return the value that :func:`to_plain` made ``plain`` of.

    Raises
    ------
    ShapeError
        If ``plain`` cannot be a ``hint``.
    """
    return _both(hint)[1](plain)


@cache
def _both(hint: Any) -> Both:
    origin, inner = get_origin(hint), get_args(hint)
    if hint in (int, str, bool):
        return _same, _exactly(hint)
    if hint is float:
        return float, _number
    if origin is Literal:
        return _same, _one_of(frozenset(inner))
    if origin in (Union, types.UnionType):
        return _optional(hint, inner)
    if origin is tuple:
        return _sequence(inner[0]) if inner[1:] == (Ellipsis,) else _row(inner)
    if origin is frozenset:
        return _set(inner[0])
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*inner)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda value: value.value), _member(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _tagged(hint) if hint.__subclasses__() else _object(hint)
    raise TypeError(f"no way to write {hint}")


def _same(value: Any) -> Any:
    return value


def _exactly(kind: type) -> Convert:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise ShapeError(f"{plain!r:.40} is not a {kind.__name__}")
        return plain

    return read


def _number(plain: Any) -> float:
    if type(plain) not in (int, float):
        raise ShapeError(f"{plain!r:.40} is not a number")
    return float(plain)


def _one_of(known: frozenset[Any]) -> Convert:
    def read(plain: Any) -> Any:
        if isinstance(plain, list | dict) or plain not in known:
            raise ShapeError(f"{plain!r:.40} is none of {sorted(known)}")
        return plain

    return read


def _member(kind: type[Enum]) -> Convert:
    def read(plain: Any) -> Any:
        try:
            return kind(plain)
        except ValueError as wrong:
            raise ShapeError(f"{plain!r:.40} is no {kind.__name__}") from wrong

    return read


def _optional(hint: Any, inner: tuple[Any, ...]) -> Both:
    own = [one for one in inner if one is not type(None)]
    if len(own) != 1 or len(inner) != 2:
        raise TypeError(f"no way to tell the members of {hint} apart")
    write, read = _both(own[0])
    return (
        lambda value: None if value is None else write(value),
        lambda plain: None if plain is None else read(plain),
    )


def _sequence(item: Any) -> Both:
    write, read = _both(item)
    return (
        lambda value: [write(one) for one in value],
        lambda plain: tuple(read(one) for one in _listed(plain)),
    )


def _set(item: Any) -> Both:
    write, read = _both(item)
    return (
        lambda value: sorted(write(one) for one in value),
        lambda plain: frozenset(read(one) for one in _listed(plain)),
    )


def _row(items: tuple[Any, ...]) -> Both:
    both = [_both(item) for item in items]

    def read(plain: Any) -> Any:
        if len(_listed(plain)) != len(both):
            raise ShapeError(f"{len(plain)} values where {len(both)} belong")
        return tuple(one[1](value) for one, value in zip(both, plain, strict=True))

    return (
        lambda value: [one[0](own) for one, own in zip(both, value, strict=True)],
        read,
    )


def _listed(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise ShapeError(f"{plain!r:.40} is no list")
    return plain


def _mapping(key: Any, value: Any) -> Both:
    (write_key, read_key), (write, read) = _both(key), _both(value)

    def decode(plain: Any) -> Any:
        return {read_key(name): read(own) for name, own in _keyed(plain).items()}

    return (
        lambda mapping: {write_key(name): write(own) for name, own in mapping.items()},
        decode,
    )


def _keyed(plain: Any) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise ShapeError(f"{plain!r:.40} is no object")
    return plain


def _object(kind: type) -> Both:
    hints = get_type_hints(kind)
    both = {one.name: _both(hints[one.name]) for one in fields(kind)}
    usual = {one.name: one.default for one in fields(kind) if one.default is not MISSING}
    needed = both.keys() - usual.keys()

    def write(value: Any) -> dict[str, Any]:
        own = {name: getattr(value, name) for name in both}
        return {
            name: both[name][0](held)
            for name, held in own.items()
            if name not in usual or held != usual[name]
        }

    def read(plain: Any) -> Any:
        given = _keyed(plain).keys()
        if given - both.keys() or needed - given:
            raise ShapeError(f"{kind.__name__} with {sorted(given ^ needed)}")
        return kind(**{name: both[name][1](own) for name, own in plain.items()})

    return write, read


def _tagged(parent: type) -> Both:
    """A class and its subclasses: the object names its own."""
    kinds = {kind.__name__: kind for kind in (parent, *parent.__subclasses__())}
    both = {name: _object(kind) for name, kind in kinds.items()}

    def write(value: Any) -> dict[str, Any]:
        name = type(value).__name__
        return {KIND: name, **both[name][0](value)}

    def read(plain: Any) -> Any:
        own = dict(_keyed(plain))
        name = own.pop(KIND, None)
        if name not in both:
            raise ShapeError(f"{name!r:.40} is no {parent.__name__}")
        return both[name][1](own)

    return write, read
