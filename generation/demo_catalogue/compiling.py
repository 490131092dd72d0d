"""From a piece to an arrangement: degrees to pitches, steps to seconds, and hands that play them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from generation.composition.chords import SCALE, TONIC_DEGREE, Chord, scale_pitch
from generation.composition.drumming import KEYS
from generation.composition.units import STEPS
from generation.composition.units import Piece as KitPiece
from generation.composition.voicing import Hand, voice
from generation.demo_catalogue.notation import DEGREES, LOUDNESS, Sign
from generation.demo_catalogue.piece import Passage, Piece, Player
from generation.rendering.arrangement import Arrangement, Note, Part, SectionSound
from generation.rendering.drumkit import DRUM_PARTS, part_of
from generation.rendering.feel import played, strummed, sung
from generation.rendering.instruments import INSTRUMENTS
from generation.rendering.lineup import EFFECTS_INSTRUMENT, SYNTHETIC
from generation.rendering.transitions import effects_of

HALF = STEPS // 2
BASS_LOW = 28
HIT_STEPS = 0.8
FORCE = {"lead": 80, "double": 64, "comp": 66, "pad": 60, "arp": 64, "bass": 82}
LIFT = {"lead": 20, "double": 18, "comp": 22, "pad": 18, "arp": 20, "bass": 18}
"""Velocity of a part at no energy, and what full energy adds."""
ON_BEAT, LOUDER = 6, 16
DETACHED = 0.94
"""Part of its length that a note sounds; melodies are bound by ``sung``."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A note of the whole piece in steps, not yet in seconds."""

    step: int
    length: float
    pitch: int
    velocity: int


def compile_piece(piece: Piece) -> Arrangement:
    """Return ``piece`` as it is to be played; the same data gives the same arrangement."""
    seed = int(piece.release.isrc[-5:])
    sections = _sections(piece)
    parts = [
        part
        for name in piece.players
        if (part := _pitched(piece, name, list(pitched_notes(piece, name)), seed)) is not None
    ]
    parts += _drums(piece, seed)
    bar_s = piece.seconds / piece.bars
    effects = effects_of(sections, bar_s, is_synthetic=piece.kit in SYNTHETIC)
    if effects:
        parts.append(Part("Effects", EFFECTS_INSTRUMENT, effects))
    return Arrangement(piece.seconds, piece.bpm, seed, tuple(parts), sections)


def pitched_notes(piece: Piece, part: str) -> Iterator[Placed]:
    """Yield the notes of a pitched part in order, in steps of the whole piece."""
    write = {"bass": _bass, "comp": _chords, "pad": _chords, "arp": _arp}.get(part, _melody)
    first = 0
    for passage in piece.passages:
        if part in passage.lines:
            for note in write(piece, passage, part):
                yield replace(note, step=note.step + first)
        first += passage.bars * STEPS


def _melody(piece: Piece, passage: Passage, part: str) -> Iterator[Placed]:
    degree_of_tonic = TONIC_DEGREE[piece.mode]
    tonic = _nearest(piece.tonic + SCALE[degree_of_tonic], piece.players[part].centre)
    relative = tonic - SCALE[degree_of_tonic]
    for sign in passage.lines[part].over(passage.bars):
        degree = DEGREES[sign.sign] + degree_of_tonic
        pitch = scale_pitch(degree, relative, _chord_at(passage, sign.step))
        yield _placed(passage, part, sign, pitch)


def _bass(piece: Piece, passage: Passage, part: str) -> Iterator[Placed]:
    for sign in passage.lines[part].over(passage.bars):
        chord = _chord_at(passage, sign.step)
        root = _bass_root(piece, chord)
        relative = root - SCALE[chord.degrees[0]]
        pitch = scale_pitch(chord.degrees[0] + int(sign.sign) - 1, relative, chord)
        yield _placed(passage, part, sign, pitch)


def _bass_root(piece: Piece, chord: Chord) -> int:
    return BASS_LOW + (piece.tonic + chord.root - BASS_LOW) % 12


def _arp(piece: Piece, passage: Passage, part: str) -> Iterator[Placed]:
    player = piece.players[part]
    for sign in passage.lines[part].over(passage.bars):
        chord = _chord_at(passage, sign.step)
        root = _nearest(piece.tonic + chord.root, player.centre)
        tones = [root + (pitch - chord.root) % 12 for pitch in chord.pitch_classes]
        octave, place = divmod(int(sign.sign) - 1, len(tones))
        yield _placed(passage, part, sign, tones[place] + 12 * octave)


def _chords(piece: Piece, passage: Passage, part: str) -> Iterator[Placed]:
    player = piece.players[part]
    hands = _hands(piece, passage, player)
    for sign in passage.lines[part].over(passage.bars):
        for at, length in _through_changes(passage, sign):
            for pitch in hands[at // HALF]:
                yield _placed(passage, part, Sign(at, length, sign.sign), pitch)


def _hands(piece: Piece, passage: Passage, player: Player) -> list[tuple[int, ...]]:
    """Return what lies under the hand in every half bar, led from chord to chord."""
    hand = Hand(player.centre - 10, player.centre + 12, player.voices, 12)
    bass = [_bass_root(piece, chord) for chord in passage.chords]
    laid = voice(passage.chords, bass, piece.tonic, hand)
    if not player.add:
        return [tuple(pitches) for pitches in laid]
    return [
        tuple(sorted({*pitches, _colour(piece, chord, player, pitches)}))
        for chord, pitches in zip(passage.chords, laid, strict=True)
    ]


def _colour(piece: Piece, chord: Chord, player: Player, pitches: Sequence[int]) -> int:
    """Return the seventh or ninth of the key over ``chord``, inside or just above the hand."""
    degree = chord.degrees[0] + player.add - 1
    pitch_class = scale_pitch(degree, piece.tonic, chord) % 12
    return min(pitches) + 1 + (pitch_class - min(pitches) - 1) % 12


def _through_changes(passage: Passage, sign: Sign) -> Iterator[tuple[int, int]]:
    """Yield (step, length) of a held chord, struck anew where the harmony changes under it."""
    at, end = sign.step, sign.step + sign.length
    while at < end:
        until = (at // HALF + 1) * HALF
        while until < end and passage.chords[until // HALF] == passage.chords[at // HALF]:
            until += HALF
        yield at, min(until, end) - at
        at = until


def _placed(passage: Passage, part: str, sign: Sign, pitch: int) -> Placed:
    force = FORCE[part] + LIFT[part] * passage.energy
    force += (ON_BEAT if sign.step % 4 == 0 else 0) + (LOUDER if sign.sign == "X" else 0)
    return Placed(sign.step, sign.length * DETACHED, pitch, min(127, round(force)))


def _chord_at(passage: Passage, step: int) -> Chord:
    return passage.chords[step // HALF]


def _nearest(pitch_class: int, centre: int) -> int:
    return centre - 6 + (pitch_class - centre + 6) % 12


def _pitched(piece: Piece, name: str, notes: Sequence[Placed], seed: int) -> Part | None:
    if not notes:
        return None
    part, player = name.capitalize(), piece.players[name]
    instrument = INSTRUMENTS[player.instrument]
    ready = played(_in_seconds(piece, notes), part, seed)
    if name in ("lead", "double"):
        ready = sung(ready)
    if instrument.strum_s and name == "comp":
        ready = strummed(ready, instrument.strum_s, 30.0 / piece.bpm)
    return Part(part, instrument.name, ready)


def _drums(piece: Piece, seed: int) -> list[Part]:
    hits = list(drum_notes(piece))
    parts = []
    for name in DRUM_PARTS:
        own = [hit for hit in hits if part_of(hit.pitch) == name]
        if own:
            parts.append(Part(name, piece.kit, played(_in_seconds(piece, own), name, seed)))
    return parts


def drum_notes(piece: Piece) -> Iterator[Placed]:
    """Yield the strokes of the kit by General MIDI key: patterns, and a fill where one is written."""
    first = 0
    for passage in piece.passages:
        last = (passage.bars - 1) * STEPS
        for kit_piece, line in passage.drums.items():
            until = last if passage.fill else passage.bars * STEPS
            signs = (sign for sign in line.over(passage.bars) if sign.step < until)
            yield from _hits(passage, kit_piece, signs, first)
        for kit_piece, line in passage.fill.items():
            yield from _hits(passage, kit_piece, line.signs, first + last)
        first += passage.bars * STEPS


def _hits(passage: Passage, piece: str, signs: Iterable[Sign], first: int) -> Iterator[Placed]:
    for sign in signs:
        velocity = min(127, round(LOUDNESS[sign.sign] * (0.86 + 0.2 * passage.energy)))
        yield Placed(first + sign.step, HIT_STEPS, KEYS[cast("KitPiece", piece)], velocity)


def _in_seconds(piece: Piece, notes: Sequence[Placed]) -> tuple[Note, ...]:
    step_s = 15.0 / piece.bpm
    ordered = sorted(notes, key=lambda n: (n.step, n.pitch))
    return tuple(
        Note(_swung(piece, n.step) * step_s, n.length * step_s, n.pitch, n.velocity)
        for n in ordered
    )


def _swung(piece: Piece, step: int) -> float:
    """Return where a step stands when pairs are played long and short."""
    pair, inside = divmod(step, piece.swung)
    half = piece.swung / 2
    if inside < half:
        return pair * piece.swung + inside * 2 * piece.swing
    return pair * piece.swung + piece.swung * piece.swing + (inside - half) * 2 * (1 - piece.swing)


def _sections(piece: Piece) -> tuple[SectionSound, ...]:
    bar_s = 240.0 / piece.bpm
    found, bar = [], 0
    for passage in piece.passages:
        start, end = bar * bar_s, (bar + passage.bars) * bar_s
        found.append(SectionSound(passage.role, start, end, passage.energy, *piece.sound))
        bar += passage.bars
    return tuple(found)
