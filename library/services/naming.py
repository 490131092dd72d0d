"""Which rows name a stored file: the apps above say so for theirs, and this app never imports them.

The same bytes are stored once. A master that somebody downloads from a song and uploads as a track
is one file with two names, and goes only with the last of them.
"""

from __future__ import annotations

from django.utils.module_loading import import_string

from library.models import Asset, TrackAnalysis

_askers: list[str] = []


def key_named_register(path: str) -> None:
    """Ask ``def named(*, key: str) -> bool`` at the dotted ``path``; twice is once.

    Called from ``AppConfig.ready()``.
    """
    if path not in _askers:
        _askers.append(path)


def key_is_named(*, key: str) -> bool:
    """Say whether any row still names the stored file."""
    return (
        Asset.objects.filter(key=key).exists()
        or TrackAnalysis.objects.filter(fingerprint_key=key).exists()
        or any(import_string(path)(key=key) for path in _askers)
    )
