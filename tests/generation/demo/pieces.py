"""A piece of four bars, short enough to be rendered in a test."""

from __future__ import annotations

from generation.demo_catalogue.piece import read_piece

SHORT = """
bpm = 120
key = "D minor"
swing = 0.6
swung = 2
kit = "machine"
sound = { brightness = 0.5, width = 0.5, weight = 0.5 }

[release]
isrc = "QZZZZ2699999"
title = "Four Bars"
artist = "Nobody"
album = "Tests"
label = "Nine Acre Music"
released = "2026-01-01"
p_line = "2026 Nine Acre Music"
genre = "Test"

[players]
lead = { instrument = "saw-lead", centre = 66 }
comp = { instrument = "stab", centre = 60, add = 7 }
pad = { instrument = "warm-pad", centre = 58, voices = 4 }
arp = { instrument = "pluck", centre = 66 }
bass = { instrument = "synth-bass", centre = 36 }

[harmony]
loop = "i VI iv-V i"

[lines.lead]
tune = "1---3---5---a---|6-------..t.....|4---4-4-7-------|1---------------"

[lines.comp]
hit = "X.......x-------"

[lines.pad]
held = "x---------------"

[lines.arp]
run = "1-2-3-4-5-4-3-2-"

[lines.bass]
root = "1-------5---8---"

[drums.beat]
kick = "X...X...X...X..."
snare = "....x.......x..."
hat = "xoxoxoxoxoxoxoxo"

[drums.fill]
tom = "........xxxxXXXX"

[[form]]
role = "verse"
bars = 4
energy = 0.5
harmony = "loop"
lead = "tune"
comp = "hit"
pad = "held"
arp = "run"
bass = "root"
drums = "beat"
fill = "fill"
"""


def short_piece(**changed):
    """Return the short piece, with pieces of its text replaced: ``short_piece(old="new")``."""
    text = SHORT
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return read_piece("short", text)
