"""A song on paper: melody, chord symbols and sections, as MusicXML and as PDF."""

from __future__ import annotations

from generation.composition.score import Score
from generation.exports.credits import credits_of, rights_line
from generation.exports.engraving import write_pdf
from generation.exports.facts import SongFacts
from generation.exports.musicxml import Heading, write_musicxml
from generation.exports.sheet import read_sheet


def lead_sheet_musicxml(score: Score, facts: SongFacts) -> bytes:
    """Return the lead sheet of ``score`` as MusicXML 4.0; the same bytes for the same score.

    Raises
    ------
    ScoreUnwritableError
        If the score has no bar.
    """
    return write_musicxml(read_sheet(score), heading_of(facts))


def lead_sheet_pdf(score: Score, facts: SongFacts) -> bytes:
    """Return the lead sheet of ``score`` as PDF, A4; the same bytes for the same score.

    Raises
    ------
    ScoreUnwritableError
        If the score has no bar, or the engraver cannot read it.
    """
    return write_pdf(read_sheet(score), heading_of(facts))


def heading_of(facts: SongFacts) -> Heading:
    """Return what stands around the music."""
    return Heading(facts.title, facts.artist, rights_line(facts), credits_of(facts))
