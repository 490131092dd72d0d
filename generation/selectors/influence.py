"""The influence view: what every bar, every layer and the whole song owe to whom, drawn and in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generation.selectors.derivation import DerivationView, derivation_view
from generation.selectors.sections import PX_PER_BAR, SectionView, percent_of, sections_of
from generation.selectors.sources import sources_of
from generation.selectors.words import LAYERS, layer_name, whole_percents
from rights.domain.allocation import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from generation.models import Version, VersionBar
    from generation.selectors.sources import SourceView

FULL = 100_000
"""Drawings count in hundred-thousandths of their width and height."""
GAP = 10
"""One part in this many of a bar's width is left empty on its right."""


@dataclass(frozen=True)
class Band:
    """All that one source holds of the song, as one outline in a square of side 1."""

    tone: str
    name: str
    outline: str


@dataclass(frozen=True)
class BarRow:
    """A bar or a section of a table, named by its section; ``percents`` stand in the order of the sources."""

    number: int
    start: str
    name: str
    percents: tuple[int, ...]


@dataclass(frozen=True)
class Piece:
    """A part of a lying stack, in percent of its width."""

    tone: str
    x: str
    width: str


@dataclass(frozen=True)
class LayerRow:
    """A layer, drawn as a lying stack and written in whole percents."""

    name: str
    pieces: tuple[Piece, ...]
    percents: tuple[int, ...]


@dataclass(frozen=True)
class InfluenceView:
    """Everything that is shown; ``drawing`` is what the script reads, and all of it is in the tables."""

    sources: tuple[SourceView, ...]
    sections: tuple[SectionView, ...]
    bands: tuple[Band, ...]
    rows: tuple[BarRow, ...]
    section_rows: tuple[BarRow, ...]
    layers: tuple[LayerRow, ...]
    whole: tuple[Piece, ...]
    why: DerivationView | None
    bars: int
    width_px: int
    drawing: Mapping[str, Any]


def influence_view(version: Version, *, user: User) -> InfluenceView:
    """Return the view of a ready version: five queries, whatever its length."""
    sources = sources_of(version, user=user)
    bars = list(version.bars.all())
    keys = [source.key for source in sources]
    sections = sections_of(version, bars)
    duration_ms = version.duration_ms or bars[-1].end_ms
    rows = tuple(_bar_row(bar, sections, keys) for bar in bars)
    why = derivation_view(bars, sections, sources)
    return InfluenceView(
        sources=sources,
        sections=sections,
        bands=tuple(
            Band(source.tone, source.name, _outline(source.key, bars, keys, duration_ms))
            for source in sources
        ),
        rows=rows,
        section_rows=tuple(_section_row(section, bars, keys) for section in sections),
        layers=_layers(version, sources),
        whole=pieces({source.key: source.share_ppm for source in sources}, sources),
        why=why,
        bars=len(bars),
        width_px=len(bars) * PX_PER_BAR,
        drawing=_drawing(sources, sections, bars, rows, duration_ms)
        | {"why": why.drawing if why is not None else None},
    )


def pieces(shares: Mapping[str, int], sources: Sequence[SourceView]) -> tuple[Piece, ...]:
    """Return the shares as parts of a lying stack that fills its width."""
    total = sum(shares.get(source.key, 0) for source in sources) or 1
    found, at = [], 0
    for source in sources:
        share = shares.get(source.key, 0)
        if share:
            found.append(Piece(source.tone, percent_of(at, total), percent_of(share, total)))
        at += share
    return tuple(found)


def _outline(key: str, bars: Sequence[VersionBar], keys: Sequence[str], duration_ms: int) -> str:
    """Return the boxes of one source as a path; above each stand the sources before it."""
    before = keys[: keys.index(key)]
    boxes = []
    for bar in bars:
        height = bar.shares.get(key, 0) * FULL // PPM
        if not height:
            continue
        top = sum(bar.shares.get(other, 0) for other in before) * FULL // PPM
        left = bar.start_ms * FULL // duration_ms
        width = bar.end_ms * FULL // duration_ms - left
        width -= width // GAP
        w, h = _unit(width), _unit(height)
        boxes.append(f"M{_unit(left)} {_unit(top)}h{w}v{h}h-{w}z")
    return "".join(boxes)


def _unit(hundred_thousandths: int) -> str:
    """Return a part of one without superfluous zeros: 25000 is ".25"."""
    whole, part = divmod(hundred_thousandths, FULL)
    return f"{whole or ''}.{part:05d}".rstrip("0").rstrip(".") or "0"


def _bar_row(bar: VersionBar, sections: Sequence[SectionView], keys: Sequence[str]) -> BarRow:
    section = next(s for s in sections if s.first <= bar.number <= s.last)
    minutes, seconds = divmod(bar.start_ms // 1000, 60)
    start = f"{minutes}:{seconds:02d}"
    return BarRow(bar.number, start, section.name, whole_percents(bar.shares, keys))


def _section_row(section: SectionView, bars: Sequence[VersionBar], keys: Sequence[str]) -> BarRow:
    """Return a section's shares: those of its bars, each counting for as long as it lasts."""
    within = [bar for bar in bars if section.first <= bar.number <= section.last]
    shares = {
        key: sum(bar.shares.get(key, 0) * (bar.end_ms - bar.start_ms) for bar in within)
        for key in keys
    }
    return BarRow(section.first, section.start, section.name, whole_percents(shares, keys))


def _layers(version: Version, sources: Sequence[SourceView]) -> tuple[LayerRow, ...]:
    keys = [source.key for source in sources]
    known = {row.layer: row.shares for row in version.layers.all()}
    order = [*(name for name in LAYERS if name in known), *(n for n in known if n not in LAYERS)]
    return tuple(
        LayerRow(layer_name(n), pieces(known[n], sources), whole_percents(known[n], keys))
        for n in order
    )


def _drawing(
    sources: Sequence[SourceView],
    sections: Sequence[SectionView],
    bars: Sequence[VersionBar],
    rows: Sequence[BarRow],
    duration_ms: int,
) -> dict[str, Any]:
    return {
        "seconds": duration_ms / 1000,
        "sources": [[source.number, source.name, source.tone] for source in sources],
        "sections": [[s.first, s.last, s.name] for s in sections],
        "bars": [
            [bar.start_ms / 1000, bar.end_ms / 1000, list(row.percents)]
            for bar, row in zip(bars, rows, strict=True)
        ],
    }
