"""What is expected at an address: the words in which ``cases.py`` is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.cast import Cast

# From those arguments: what the address is there to tell, though it belongs to Alice's studio.
Told = Callable[[Mapping[str, Any]], set[str]]
# Makes something in Alice's studio and returns the keyword arguments of its address.
Factory = Callable[[Cast], dict[str, Any]]


class Kind(Enum):
    """Whose things an address is about."""

    PUBLIC = "everybody may read it"
    PERSONAL = "each person sees and changes what is theirs"
    LISTING = "each member sees what their organisation holds"
    OWNED = "one thing of one organisation"


class Viewer(Enum):
    """How far the role "viewer" reaches at an address of their own organisation."""

    READS = "GET and HEAD"
    NOTHING = "every method is refused"
    ACTS = "the thing is the viewer's own business"


@dataclass(frozen=True)
class Case:
    """One URL name and what must happen there.

    ``data`` is a body that would succeed for somebody who is allowed, so that a missing check
    cannot hide behind a form error; ``body`` makes one that names something of Alice's.
    """

    name: str
    kind: Kind
    reason: str = ""
    make: Factory | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    viewer: Viewer = Viewer.READS
    body: Factory | None = None
    tells: Told | None = None


def public(
    name: str, reason: str, make: Factory | None = None, *, tells: Told | None = None
) -> Case:
    """A page without a log-in; say why it may be one, and what of Alice's it is there to tell."""
    return Case(name, Kind.PUBLIC, reason=reason, make=make, tells=tells)


def personal(name: str, make: Factory | None = None) -> Case:
    """A page about the person who asks; with ``make`` it is asked for something of Alice's."""
    return Case(name, Kind.PERSONAL, make=make)


def listing(
    name: str,
    *,
    viewer: Viewer = Viewer.READS,
    data: Mapping[str, Any] | None = None,
    body: Factory | None = None,
) -> Case:
    """A page or an act without an object argument, about the current organisation."""
    return Case(name, Kind.LISTING, viewer=viewer, data=data or {}, body=body)


def owned(
    name: str,
    make: Factory,
    *,
    viewer: Viewer = Viewer.READS,
    data: Mapping[str, Any] | None = None,
) -> Case:
    """A page or an act about one object: strangers get 404, whatever the method."""
    return Case(name, Kind.OWNED, make=make, viewer=viewer, data=data or {})
