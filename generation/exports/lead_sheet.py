"""A song on paper: melody, chord symbols and sections, as MusicXML and as PDF."""

from __future__ import annotations

from generation.composition.score import Score
from generation.exports.engraving import write_pdf
from generation.exports.musicxml import Heading, write_musicxml
from generation.exports.sheet import read_sheet

COMPOSER = "Tenfold, after ten songs"


def lead_sheet_musicxml(
    score: Score, *, title: str, composer: str = COMPOSER, rights: str = ""
) -> bytes:
    """Return the lead sheet of ``score`` as MusicXML 4.0; the same bytes for the same score.

    Raises
    ------
    ScoreUnwritableError
        If the score has no bar.
    """
    return write_musicxml(read_sheet(score), Heading(title, composer, rights))


def lead_sheet_pdf(
    score: Score, *, title: str, composer: str = COMPOSER, rights: str = ""
) -> bytes:
    """Return the lead sheet of ``score`` as PDF, A4; the same bytes for the same score.

    ``rights`` stands at the foot of every page: sources and the number of the receipt.

    Raises
    ------
    ScoreUnwritableError
        If the score has no bar, or the engraver cannot read it.
    """
    return write_pdf(read_sheet(score), Heading(title, composer, rights))
