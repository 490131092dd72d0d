"""Hints at who owns a recording, read from what the catalogue and the recognisers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.hints import NameHint, label_hints, p_line_hints
from rights.services.recordings import hints_add

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rights.catalogue.types import Song
    from rights.models import Recording
    from rights.services.identification import Answered


def hints_of(song: Song) -> list[NameHint]:
    """Return what a song's release tells of its owner: the label it prints, its ℗ line."""
    release = song.release
    if release is None:
        return []
    where = f"apple_music:album:{release.id}"
    labels = label_hints(release.label, source="apple_music", raw_ref=where)
    return [*labels, *p_line_hints(release.p_line, raw_ref=where)]


def hints_heard(*, story: Iterable[Answered], recordings: Mapping[str, Recording]) -> None:
    """Keep the labels that recognisers printed as hints at the owner."""
    for said in story:
        for hit in said.answer.get("hits", []):
            recording = recordings.get(hit["isrc"])
            if recording is not None and hit.get("label"):
                hints = label_hints(hit["label"], source=said.recogniser)
                hints_add(recording=recording, hints=hints)
