"""Who holds what about a person: the apps say how to collect it and how to forget it.

An app calls ``personal_data_register`` from ``AppConfig.ready()``; this app lies below it and
never imports it.

``collect(*, user_id: int) -> Mapping[str, object]``
    What the app knows of the person, by file name without its suffix; JSON-able values.
``erase(*, user_id: int) -> None``
    Forget it, inside the transaction of the erasure. Files are removed by a job of the app's own
    that it enqueues here.
``close(*, organisation_id: UUID) -> None``
    An organisation closes: delete what is held for it and is neither money nor trail, inside the
    transaction of the closing. Left out by an app that holds nothing of the kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


@dataclass(frozen=True)
class Holder:
    """One app that holds personal data; the paths are dotted, so listing imports nothing."""

    name: str
    collect: str
    erase: str
    close: str = ""


_holders: dict[str, Holder] = {}


def personal_data_register(name: str, *, collect: str, erase: str, close: str = "") -> None:
    """Say how the app ``name`` collects and forgets; the same again is harmless."""
    _holders[name] = Holder(name, collect, erase, close)


def personal_data_collect(*, user_id: int) -> Iterator[tuple[str, object]]:
    """Yield ``(<app>/<file>, content)`` for everything that is known of the person."""
    for holder in _holders.values():
        for file, content in import_string(holder.collect)(user_id=user_id).items():
            yield f"{holder.name}/{file}", content


def personal_data_erase(*, user_id: int) -> None:
    """Let every registered app forget the person, the highest app first."""
    for holder in reversed(list(_holders.values())):
        import_string(holder.erase)(user_id=user_id)


def organisation_data_close(*, organisation_id: UUID) -> None:
    """Let every registered app delete what it holds for a closed organisation, highest first."""
    for holder in reversed(list(_holders.values())):
        if holder.close:
            import_string(holder.close)(organisation_id=organisation_id)
