"""The page on which a song is asked for: the ten, what each is to give, the split, the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.constants import CATALOGUE_PPM, REFERENCES_PPM
from generation.engines.registry import DEFAULT, card_of
from generation.models import BaseModel
from generation.selectors.influence import Piece
from generation.selectors.sections import percent_of
from generation.selectors.words import percent_text
from rights.domain.allocation import PPM, allocate
from rights.selectors.song_set_page import song_set_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from accounts.models import User
    from generation.engines.base import EngineCard
    from rights.models import SongSet

USES: dict[str, _StrPromise] = {
    "yes": gettext_lazy("Songs may be published and sold"),
    "conditional": gettext_lazy("Songs may be sold under conditions"),
    "no": gettext_lazy("Songs may not be sold"),
}


@dataclass(frozen=True)
class MakeSource:
    """One of the ten on the page. ``default_ppm`` is what the weights of the set give it."""

    number: int
    isrc: str
    title: str
    artist: str
    play_url: str
    track_id: UUID
    default_ppm: int


@dataclass(frozen=True)
class EngineWords:
    """The card of an engine as people read it."""

    name: str
    revision: str
    code_licence: str
    weights_licence: str
    use: str
    training: str


@dataclass(frozen=True)
class MakePage:
    """Everything but the fields. ``reasons`` say what keeps the gate closed; empty when it is open."""

    set_id: UUID
    set_name: str
    sources: tuple[MakeSource, ...]
    reasons: tuple[str, ...]
    is_frozen: bool
    engine: EngineWords
    inputs: str
    base: str
    base_piece: Piece


@dataclass(frozen=True)
class SplitRow:
    """What one song is to give: as the field holds it, in words, and as a part of the drawing."""

    source: MakeSource
    value: str
    is_locked: bool
    share: str
    piece: Piece
    is_wrong: bool = False


def make_page(song_set: SongSet, *, user: User) -> MakePage:
    """Return the page for one set, in the same number of queries for any content."""
    page = song_set_page(song_set, user=user)
    defaults = allocate(REFERENCES_PPM, {row.position: row.weight_ppm for row in page.rows}).amounts
    return MakePage(
        set_id=page.id,
        set_name=page.name,
        sources=tuple(
            MakeSource(
                number=row.position,
                isrc=row.recording.isrc if row.recording else "",
                title=row.recording.title if row.recording else row.track.title,
                artist=row.recording.artist if row.recording else row.track.artist,
                play_url=row.track.play_url,
                track_id=row.track.id,
                default_ppm=defaults[row.position],
            )
            for row in page.rows
        ),
        reasons=() if page.gate.open else page.gate.reasons,
        is_frozen=page.frozen_at is not None,
        engine=_engine(card_of(DEFAULT)),
        inputs=percent_text(REFERENCES_PPM, places=0),
        base=percent_text(CATALOGUE_PPM, places=0),
        base_piece=Piece("base", percent_of(REFERENCES_PPM, PPM), percent_of(CATALOGUE_PPM, PPM)),
    )


def split_rows(
    sources: Sequence[MakeSource],
    values: Mapping[int, str],
    points: Mapping[int, int],
    locked: frozenset[int],
    wrong: frozenset[int] = frozenset(),
) -> tuple[SplitRow, ...]:
    """Return the rows; ``values`` are what the fields hold, ``points`` what they mean, in ppm.

    Points that do not add up are drawn as if they were scaled.
    """
    drawn = allocate(REFERENCES_PPM, dict(points)).amounts
    rows, at = [], 0
    for source in sources:
        ppm = drawn[source.number]
        rows.append(
            SplitRow(
                source=source,
                value=values[source.number],
                is_locked=source.number in locked,
                share=percent_text(points[source.number], places=2),
                piece=Piece(str(source.number), percent_of(at, PPM), percent_of(ppm, PPM)),
                is_wrong=source.number in wrong,
            )
        )
        at += ppm
    return tuple(rows)


def _engine(card: EngineCard) -> EngineWords:
    return EngineWords(
        name=card.name,
        revision=card.revision,
        code_licence=card.code_licence,
        weights_licence=card.weights_licence,
        use=str(USES[card.commercial_use]),
        training=_training(),
    )


def _training() -> str:
    """Return what the newest base model was made of, in one sentence."""
    newest = BaseModel.objects.exclude(frozen_at=None).order_by("-pk").first()
    if newest is None:
        return _("Patterns written by Tenfold; the base model is built with the first song.")
    card = newest.card
    names = {
        "revision": newest.revision,
        "patterns": card.get("patterns", "?"),
        "recordings": card.get("recordings", 0),
    }
    text = _(
        "Base model %(revision)s: %(patterns)s patterns written by Tenfold, and "
        "%(recordings)s recordings whose owners allow training."
    )
    return text % names
