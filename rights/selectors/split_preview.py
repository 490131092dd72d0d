"""How the income of a song made from a set will be divided, before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rights.domain.allocation import allocate
from rights.domain.royalties import BASE_PPM, INPUTS_PPM
from rights.selectors.song_set_view import percent_text

if TYPE_CHECKING:
    from rights.selectors.song_set_page import SongSetPage

PPM_PER_UNIT = 1000
"""The drawing is a thousand units wide."""


@dataclass(frozen=True)
class ShareRow:
    """One recording's part: ``weight`` and ``share`` in percent, ``x`` and ``width`` to draw it."""

    number: int
    title: str
    artist: str
    label: str
    weight: str
    share: str
    x: str
    width: str


@dataclass(frozen=True)
class SplitPreview:
    """Ten parts and the rest: what goes to recordings, and what goes to the base catalogue."""

    shares: tuple[ShareRow, ...]
    inputs: str
    base: str
    base_x: str
    base_width: str


def split_preview(page: SongSetPage) -> SplitPreview:
    """Divide the inputs' part by weight, exactly, to the last part per million."""
    amounts = allocate(INPUTS_PPM, {row.position: row.weight_ppm for row in page.rows}).amounts
    shares, at = [], 0
    for row in page.rows:
        ppm = amounts[row.position]
        shares.append(
            ShareRow(
                number=row.position,
                title=row.recording.title if row.recording else row.track.title,
                artist=row.recording.artist if row.recording else row.track.artist,
                label=row.recording.label if row.recording else "",
                weight=percent_text(row.weight_ppm),
                share=percent_text(ppm),
                x=_units(at),
                width=_units(ppm),
            )
        )
        at += ppm
    return SplitPreview(
        shares=tuple(shares),
        inputs=percent_text(INPUTS_PPM),
        base=percent_text(BASE_PPM),
        base_x=_units(at),
        base_width=_units(BASE_PPM),
    )


def _units(ppm: int) -> str:
    """Return parts per million as units of the drawing, with a point in every language."""
    return f"{ppm // PPM_PER_UNIT}.{ppm % PPM_PER_UNIT:03d}"
