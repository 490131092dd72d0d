"""What a trace is made of: things that lead to each other, each with its facts and its admin page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.money import Money, money_format

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

SHOWN = 25
"""Things of one kind that are shown beside each other; how many more there are is said."""


class TraceError(DomainError):
    """There is no such thing; the message says what can be asked for."""


@dataclass(frozen=True)
class TraceNode:
    """One thing on the way. ``kind`` is for programs, ``title`` and ``facts`` are for people.

    ``page`` is its address in the admin, empty if it has none; ``more`` counts what was left out
    behind ``children``.
    """

    kind: str
    key: str
    title: str
    facts: Sequence[tuple[str, str]] = ()
    page: str = ""
    children: Sequence[TraceNode] = field(default_factory=tuple)
    more: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the tree for programs."""
        return {
            "kind": self.kind,
            "key": self.key,
            "title": self.title,
            "facts": dict(self.facts),
            "children": [child.to_json() for child in self.children],
            "more": self.more,
        }


def node_of(
    row: Model,
    kind: str,
    title: str,
    facts: Iterable[tuple[str, object]] = (),
    children: Iterable[TraceNode] = (),
    more: int = 0,
) -> TraceNode:
    """Make the node of a row; facts that are empty are left out."""
    opts = row._meta  # noqa: SLF001 - Django's own name for it
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    said = tuple((name, str(value)) for name, value in facts if value not in ("", None))
    return TraceNode(kind, str(row.pk), title, said, page, tuple(children), more)


def first_of(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """Return the first rows and how many more there are."""
    found = list(rows[: SHOWN + 1])
    if len(found) <= SHOWN:
        return found, 0
    return found[:SHOWN], rows.count() - SHOWN


def amount_text(micros: int, currency: str) -> str:
    """Write an amount to the micro-unit."""
    return money_format(Money(micros, currency), is_exact=True)


def trace_text(node: TraceNode, depth: int = 0) -> str:
    """Write a tree for a terminal, two blanks a level."""
    lines = ["  " * depth + node.title]
    lines += ["  " * depth + f"  · {name}: {value}" for name, value in node.facts]
    lines += [trace_text(child, depth + 1) for child in node.children]
    if node.more:
        lines.append("  " * (depth + 1) + _("… and %(count)s more") % {"count": node.more})
    return "\n".join(lines)
