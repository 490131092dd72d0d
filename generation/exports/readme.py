"""The README of a stems archive: what a musician wants to know before the files are dragged in."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from generation.exports.facts import SongFacts

PPM_PER_PERCENT = 10_000
LINE = 92


def stems_readme(facts: SongFacts, residual_dbfs: float) -> str:
    """Return the text; ``residual_dbfs`` is the peak of stems minus mix."""
    return "\n".join(_lines(facts, residual_dbfs)) + "\n"


def _lines(facts: SongFacts, residual_dbfs: float) -> Iterator[str]:
    yield facts.title
    yield facts.artist
    yield ""
    yield f"Tempo    {facts.bpm_text} BPM, constant, 4/4"
    yield f"Key      {facts.key.name}, A = 440 Hz"
    yield f"Length   {_clock(facts.seconds)}, and the tail of the reverb"
    yield ""
    yield "STEMS"
    yield "24-bit WAV, all of one length, all beginning at 0:00: put them on tracks at bar 1."
    yield "Their sound is kept to 20 bits, 122 dB down; the last four bits are empty."
    yield "They carry their effects and their place in the mix. With every fader at 0 dB they add up"
    yield f"to the mix before mastering; what is left over stays below {ceil(residual_dbfs)} dBFS."
    yield "In Ableton Live turn off Auto-Warp Long Samples before you drag them in."
    yield "The MIDI file holds tempo, key, section markers and one track for each part."
    yield ""
    yield "SECTIONS"
    for section in facts.sections:
        yield f"{_clock(section.start_s):>5}  bar {section.bar:<4} {section.name}"
    yield ""
    yield "CHORDS"
    yield from _chords(facts)
    yield ""
    yield "MADE FROM"
    for source in facts.sources:
        yield f"{_percent(source.share_ppm)}  {source.title}, {source.artist} ({source.isrc})"
    yield f"{_percent(facts.base_ppm)}  base model"
    yield ""
    yield "CREDITS AND LICENCE"
    yield f"Composed and rendered by {facts.engine}, an artificial intelligence, for its user."
    yield facts.licence
    yield f"Receipt, with the share of every source in every bar: {facts.receipt}"


def _chords(facts: SongFacts) -> Iterator[str]:
    """Yield the chords of each section on lines of their own."""
    for section in facts.sections:
        line = f"{section.name}:"
        inside = (name for at, name in facts.chords if section.start_s <= at < section.end_s)
        for name in inside:
            if len(line) + 1 + len(name) > LINE:
                yield line
                line = "   "
            line += f" {name}"
        yield line


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _percent(ppm: int) -> str:
    return f"{ppm / PPM_PER_PERCENT:6.2f} %"
