"""A score as a Standard MIDI File, type 1: the same bytes for the same score.

The first track conducts (tempo, metre, key, section markers, chord names); every part that plays
follows under its name, drums on channel 10.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from generation.composition.chords import TONIC_DEGREE
from generation.composition.score import TRACKS, Event, Score, Track
from generation.composition.units import BAR_TICKS, PPQ

CHANNELS: dict[Track, int] = {
    "Lead": 0,
    "Double": 1,
    "Comp": 2,
    "Pad": 3,
    "Arp": 4,
    "Bass": 5,
    "Drums": 9,
}
FIFTHS = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 1: -5, 8: -4, 3: -3, 10: -2, 5: -1}
"""Sharps (+) or flats (-) of a major key by pitch class."""
MICROSECONDS_PER_MINUTE = 60_000_000
STANDARD_KIT = 0
"""On channel 10 programs are drum kits; some workstations load none until one is chosen."""
NOTE_OFF, NOTE_ON, PROGRAM = 0x80, 0x90, 0xC0
END, TRACK_NAME, TEXT, MARKER, TEMPO, METRE, KEY = 0x2F, 0x03, 0x01, 0x06, 0x51, 0x58, 0x59

Timed = tuple[int, int, bytes]
"""Tick, order within the tick, message."""


def write_midi(score: Score) -> bytes:
    """Return the file."""
    end = score.plan.bars * BAR_TICKS
    tracks = [_track(_conductor(score), end)]
    for name in TRACKS:
        events = [event for event in score.events if event.track == name]
        if events:
            tracks.append(_track(_part(score, name, events), end))
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), PPQ)
    return head + b"".join(tracks)


def _conductor(score: Score) -> Iterable[Timed]:
    plan = score.plan
    tempo = round(MICROSECONDS_PER_MINUTE / plan.bpm)
    yield 0, 0, _meta(TRACK_NAME, b"Conductor")
    yield 0, 1, _meta(TEMPO, tempo.to_bytes(3, "big"))
    yield 0, 2, _meta(METRE, bytes((4, 2, 24, 8)))
    minor = TONIC_DEGREE[plan.mode] != 0
    yield 0, 3, _meta(KEY, struct.pack(">bB", FIFTHS[plan.tonic], minor))
    for section in plan.sections:
        yield section.bar * BAR_TICKS, 4, _meta(MARKER, section.role.encode())
    before = None
    for half, chord in enumerate(score.chords):
        if chord != before:
            yield half * BAR_TICKS // 2, 5, _meta(TEXT, chord.symbol(plan.tonic).encode())
        before = chord


def _part(score: Score, name: Track, events: Iterable[Event]) -> Iterable[Timed]:
    channel = CHANNELS[name]
    yield 0, 0, _meta(TRACK_NAME, name.encode())
    program = STANDARD_KIT if name == "Drums" else score.programs[name.lower()]
    yield 0, 1, bytes((PROGRAM | channel, program))
    for start, end, event in _strokes(events):
        yield start, 3, bytes((NOTE_ON | channel, event.pitch, event.velocity))
        # A note ends before the next of its pitch begins.
        yield end, 2, bytes((NOTE_OFF | channel, event.pitch, 0))


def _strokes(events: Iterable[Event]) -> Iterable[tuple[int, int, Event]]:
    """Yield notes with the ticks at which their keys go down and come up.

    A key has one voice: it comes up before it goes down again, and of two strokes at one moment the
    louder is heard.
    """
    keys: dict[int, dict[int, Event]] = {}
    for event in events:
        # A file has no time before its first bar: what a groove plays ahead of it begins with it.
        start, struck = max(event.tick, 0), keys.setdefault(event.pitch, {})
        if start not in struck or struck[start].velocity < event.velocity:
            struck[start] = event
    for struck in keys.values():
        starts = sorted(struck)
        for start, then in zip(starts, [*starts[1:], None], strict=True):
            event = struck[start]
            end = max(event.tick + event.ticks, start + 1)
            yield start, end if then is None else min(end, then), event


def _track(messages: Iterable[Timed], end: int) -> bytes:
    body, now = bytearray(), 0
    for tick, _, message in sorted(messages):
        body += _length(tick - now) + message
        now = tick
    body += _length(max(end - now, 0)) + _meta(END, b"")
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _length(len(content)) + content


def _length(value: int) -> bytes:
    """Return a variable-length quantity: seven bits to a byte, the highest set on all but the last.

    Raises
    ------
    ValueError
        If ``value`` is negative, of which there is no such quantity.
    """
    if value < 0:
        msg = f"a length is not negative: {value}"
        raise ValueError(msg)
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
