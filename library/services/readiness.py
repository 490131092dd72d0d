"""Who wants to know when a track is ready: the apps above register, this app never imports them.

The functions run in the transaction that makes the track ready, so what they ask for commits with
it or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from library.models import Track

_listeners: list[str] = []


def track_ready_register(path: str) -> None:
    """Call ``def ready(*, track: Track) -> None`` at the dotted ``path``; twice is once.

    Called from ``AppConfig.ready()``.
    """
    if path not in _listeners:
        _listeners.append(path)


def track_ready(*, track: Track) -> None:
    """Tell everybody who asked."""
    for path in _listeners:
        import_string(path)(track=track)
