"""A lead sheet as MusicXML 4.0 (partwise), as notation programs read it. No date, no program version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from generation.exports.credits import Credit
from generation.exports.sheet import Bar, Mark, Sheet
from generation.exports.spelling import Key, Spelled

DIVISIONS = 4
"""Sixteenths: four to the quarter."""
BAR, HALF, QUARTER, EIGHTH = 16, 8, 4, 2
DOCTYPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
TYPES = {
    1: ("16th", 0),
    2: ("eighth", 0),
    3: ("eighth", 1),
    4: ("quarter", 0),
    6: ("quarter", 1),
    8: ("half", 0),
    12: ("half", 1),
    16: ("whole", 0),
}
"""Type and dots by length in sixteenths."""
BEAMS = {1: 2, 2: 1, 3: 1}
ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
KINDS = {"maj": ("major", ""), "min": ("minor", "m")}
LOW_VOICE_BELOW = 3.5
"""Mean octave under which the part is written an octave higher, as tenors are."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the music and, as rights, below it; ``credits`` come after its end."""

    title: str
    composer: str
    rights: str = ""
    credits: tuple[Credit, ...] = ()


def write_musicxml(sheet: Sheet, heading: Heading, *, line_per_page: bool = False) -> bytes:
    """Return the file; with ``line_per_page`` each line is a page without tempo, to be set apart."""
    root = Element("score-partwise", version="4.0")
    _text(SubElement(root, "work"), "work-title", heading.title)
    identification = SubElement(root, "identification")
    _text(identification, "creator", heading.composer, type="composer")
    if heading.rights:
        _text(identification, "rights", heading.rights)
    for credit in heading.credits:
        _text(identification, "rights", str(credit), type="source")
    _text(SubElement(identification, "encoding"), "software", "Tenfold")
    part_list = SubElement(root, "part-list")
    score_part = SubElement(part_list, "score-part", id="P1")
    _text(score_part, "part-name", "Lead", **{"print-object": "no"})
    part = SubElement(root, "part", id="P1")
    low = _is_low(sheet.bars)
    for number, bar in enumerate(sheet.bars):
        measure = SubElement(part, "measure", number=str(number + 1))
        if number and bar.begins_line:
            SubElement(measure, "print", {"new-page" if line_per_page else "new-system": "yes"})
        if number == 0:
            _attributes(measure, sheet.key, low=low)
            if not line_per_page:
                _tempo(measure, sheet.bpm)
        if bar.section:
            _direction(measure, "rehearsal").text = bar.section
        _bar(measure, bar, sheet.key)
        _barline(measure, sheet.bars, number)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return DOCTYPE + body + b"\n"


def _attributes(measure: Element, key: Key, *, low: bool) -> None:
    attributes = SubElement(measure, "attributes")
    _text(attributes, "divisions", DIVISIONS)
    signature = SubElement(attributes, "key")
    _text(signature, "fifths", key.fifths)
    _text(signature, "mode", key.mode)
    metre = SubElement(attributes, "time")
    _text(metre, "beats", 4)
    _text(metre, "beat-type", 4)
    clef = SubElement(attributes, "clef")
    _text(clef, "sign", "G")
    _text(clef, "line", 2)
    if low:
        _text(clef, "clef-octave-change", -1)


def _tempo(measure: Element, bpm: float) -> None:
    metronome = _direction(measure, "metronome")
    _text(metronome, "beat-unit", "quarter")
    _text(metronome, "per-minute", f"{bpm:.0f}")
    directions = measure.findall("direction")
    SubElement(directions[-1], "sound", tempo=f"{bpm:g}")


def _direction(measure: Element, kind: str) -> Element:
    direction = SubElement(measure, "direction", placement="above")
    return SubElement(SubElement(direction, "direction-type"), kind)


def _barline(measure: Element, bars: Sequence[Bar], number: int) -> None:
    """Close the song with a final line and a section with a double one."""
    last = number + 1 == len(bars)
    if last or bars[number + 1].section:
        line = SubElement(measure, "barline", location="right")
        _text(line, "bar-style", "light-heavy" if last else "light-light")


def _bar(measure: Element, bar: Bar, key: Key) -> None:
    """Write notes and chord symbols by time; a chord inside a note stands before it, offset."""
    chords = dict(bar.chords)
    heard = {(s, o): alter for s, alter in key.signature.items() for o in range(-1, 10)}
    beams = beams_of(bar.marks)
    for number, mark in enumerate(bar.marks):
        for step in sorted(s for s in chords if mark.step <= s < mark.step + mark.length):
            _harmony(measure, key, bar, step, step - mark.step)
        shown = _accidental(mark, heard)
        _note(measure, mark, beams[number], shown)


def _harmony(measure: Element, key: Key, bar: Bar, step: int, offset: int) -> None:
    chord = dict(bar.chords)[step]
    harmony = SubElement(measure, "harmony")
    spelled = key.chord_root(chord)
    root = SubElement(harmony, "root")
    _text(root, "root-step", spelled.letter)
    if spelled.alter:
        _text(root, "root-alter", spelled.alter)
    kind, text = KINDS[chord.quality]
    _text(harmony, "kind", kind, text=text)
    if offset:
        _text(harmony, "offset", offset)


def _accidental(mark: Mark, heard: dict[tuple[str, int], int]) -> str | None:
    """Return the sign to print, and remember that it holds until the bar line."""
    pitch = mark.pitch
    if pitch is None or mark.tied_from:
        return None
    place = (pitch.letter, pitch.octave)
    if heard[place] == pitch.alter:
        return None
    heard[place] = pitch.alter
    return ACCIDENTALS[pitch.alter]


def _note(measure: Element, mark: Mark, beams: Sequence[str], accidental: str | None) -> None:
    note = SubElement(measure, "note")
    if mark.pitch is None:
        rest = SubElement(note, "rest")
        if mark.length == BAR:
            rest.set("measure", "yes")
    else:
        _pitch(note, mark.pitch)
    _text(note, "duration", mark.length)
    for kind in _ties(mark):
        SubElement(note, "tie", type=kind)
    _text(note, "voice", 1)
    name, dots = TYPES[mark.length]
    _text(note, "type", name)
    for _ in range(dots):
        SubElement(note, "dot")
    if accidental:
        _text(note, "accidental", accidental)
    for level, beam in enumerate(beams, 1):
        _text(note, "beam", beam, number=str(level))
    if ties := list(_ties(mark)):
        notations = SubElement(note, "notations")
        for kind in ties:
            SubElement(notations, "tied", type=kind)


def _pitch(note: Element, spelled: Spelled) -> None:
    pitch = SubElement(note, "pitch")
    _text(pitch, "step", spelled.letter)
    if spelled.alter:
        _text(pitch, "alter", spelled.alter)
    _text(pitch, "octave", spelled.octave)


def _ties(mark: Mark) -> Iterator[str]:
    if mark.tied_from:
        yield "stop"
    if mark.ties_on:
        yield "start"


def beams_of(marks: Sequence[Mark]) -> list[list[str]]:
    """Return, for every mark, its beams from the outer one in.

    Notes of one beat hang together; four plain eighths hang together over half a bar.
    """
    found: list[list[str]] = [[] for _ in marks]
    for half in (0, HALF):
        inside = [n for n, m in enumerate(marks) if half <= m.step < half + HALF]
        plain = all(marks[n].length == EIGHTH and marks[n].pitch for n in inside)
        span = HALF if plain and len(inside) == HALF // EIGHTH else QUARTER
        group: list[int] = []
        for number in inside:
            mark = marks[number]
            joins = mark.pitch is not None and mark.length in BEAMS
            if not joins or mark.step % span == 0:
                _beam(marks, group, found)
                group = []
            if joins:
                group.append(number)
        _beam(marks, group, found)
    return found


def _beam(marks: Sequence[Mark], group: Sequence[int], found: list[list[str]]) -> None:
    if len(group) < 2:
        return
    for place, number in enumerate(group):
        ends = place == len(group) - 1
        found[number].append("begin" if place == 0 else "end" if ends else "continue")
        if BEAMS[marks[number].length] == 1:
            continue
        left = place > 0 and BEAMS[marks[group[place - 1]].length] == 2
        right = not ends and BEAMS[marks[group[place + 1]].length] == 2
        inner = {(True, True): "continue", (True, False): "end", (False, True): "begin"}
        found[number].append(inner.get((left, right), "backward hook" if place else "forward hook"))


def _is_low(bars: Sequence[Bar]) -> bool:
    octaves = [m.pitch.octave for bar in bars for m in bar.marks if m.pitch]
    return bool(octaves) and sum(octaves) / len(octaves) < LOW_VOICE_BELOW


def _text(parent: Element, name: str, content: object, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = str(content)
