"""The ten pieces: complete, different from each other, playable, and tunes one can sing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from generation.attribution.copy_guard import CAP_TOKENS, CopyGuard, melody_tokens
from generation.demo_catalogue.compiling import compile_piece, drum_notes, pitched_notes
from generation.demo_catalogue.piece import load_catalogue
from generation.demo_catalogue.revision import PIECES, catalogue_revision
from generation.rendering.drumkit import KITS
from generation.rendering.instruments import INSTRUMENTS
from rights.domain.identifiers import find_isrc

CATALOGUE = load_catalogue()
NAMES = [piece.name for piece in CATALOGUE]
every_piece = pytest.mark.parametrize("piece", CATALOGUE, ids=NAMES)


def lead(piece):
    return list(pitched_notes(piece, "lead"))


def test_there_are_ten_in_ten_styles_keys_and_tempi():
    assert len(CATALOGUE) == 10
    assert len({piece.release.genre for piece in CATALOGUE}) == 10
    assert len({(piece.tonic, piece.mode) for piece in CATALOGUE}) >= 8
    assert len({piece.bpm for piece in CATALOGUE}) == 10
    assert len({piece.players["lead"].instrument for piece in CATALOGUE}) == 10


def test_each_has_a_release_of_its_own_and_labels_have_several():
    releases = [piece.release for piece in CATALOGUE]
    for name in ("isrc", "title", "artist", "album"):
        assert len({getattr(release, name) for release in releases}) == 10
    labels = Counter(release.label for release in releases)
    assert len(labels) == 4
    assert min(labels.values()) >= 2
    assert labels["Rita Records"] == 2


@every_piece
def test_isrc_date_and_p_line_are_as_a_label_writes_them(piece):
    release = piece.release
    assert find_isrc(release.isrc) == release.isrc
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", release.released)
    assert release.p_line == f"{release.released[:4]} {release.label}"


@every_piece
def test_it_lasts_between_ninety_and_a_hundred_and_twenty_seconds(piece):
    assert 90 <= piece.seconds <= 120


@every_piece
def test_it_has_a_form_with_a_chorus_that_returns(piece):
    roles = Counter(passage.role for passage in piece.passages)
    assert roles["verse"] >= 1
    assert roles["chorus"] >= 2
    assert (piece.passages[0].role, piece.passages[-1].role) == ("intro", "outro")
    loudest = max(piece.passages, key=lambda passage: passage.energy)
    assert loudest.role == "chorus"


@every_piece
def test_everybody_who_plays_is_known_to_the_renderer(piece):
    assert piece.kit in KITS
    for player in piece.players.values():
        assert player.instrument in INSTRUMENTS
    playing = {part for passage in piece.passages for part in passage.lines}
    assert playing == set(piece.players)


@every_piece
def test_every_line_that_was_written_is_played(piece):
    text = (PIECES / f"{piece.name}.toml").read_text()
    tables = re.findall(r"^\[(lines|drums)\.?(\w*)\]$", text, re.MULTILINE)
    assert tables
    arrangement = compile_piece(piece)
    assert len(arrangement.parts) >= 8
    assert all(part.notes for part in arrangement.parts)


@every_piece
def test_the_melody_can_be_sung(piece):
    notes = lead(piece)
    assert len(notes) >= 60
    pitches = [note.pitch for note in notes]
    assert 10 <= max(pitches) - min(pitches) <= 19
    jumps = [abs(b - a) for a, b in pairwise(pitches)]
    assert sum(jump <= 4 for jump in jumps) / len(jumps) >= 0.6
    assert sum(jump > 7 for jump in jumps) / len(jumps) <= 0.06


@every_piece
def test_one_voice_sings_one_note_at_a_time(piece):
    for before, after in pairwise(lead(piece)):
        assert before.step + before.length <= after.step + 1


@every_piece
def test_notes_on_the_beat_belong_to_the_chord_more_often_than_not(piece):
    inside, beats = 0, 0
    for passage in piece.passages:
        for note in (
            pitched_notes(replace(piece, passages=(passage,)), "lead")
            if ("lead" in passage.lines)
            else ()
        ):
            if note.step % 4 == 0:
                chord = passage.chords[note.step // 8]
                inside += (note.pitch - piece.tonic) % 12 in chord.pitch_classes
                beats += 1
    assert 0.6 <= inside / beats <= 0.95


@every_piece
def test_the_hook_comes_back(piece):
    tokens = melody_tokens([(note.step, note.pitch) for note in lead(piece)])
    figures = Counter(tokens[n : n + 3] for n in range(len(tokens) - 2))
    assert max(figures.values()) >= 3


@every_piece
def test_no_melody_repeats_more_than_seven_notes_of_another(piece):
    others = [
        melody_tokens([(note.step, note.pitch) for note in lead(other)])
        for other in CATALOGUE
        if other is not piece
    ]
    own = melody_tokens([(note.step, note.pitch) for note in lead(piece)])
    assert CopyGuard(others).longest(own) <= CAP_TOKENS


def test_the_beats_differ():
    beats = {
        hashlib.sha256(
            repr(sorted((hit.step % 16, hit.pitch) for hit in drum_notes(piece))).encode()
        ).hexdigest()
        for piece in CATALOGUE
    }
    assert len(beats) == 10


def test_the_songs_end_at_home():
    for piece in CATALOGUE:
        home = 0 if piece.mode == "major" else 9
        assert home in {chord.root for chord in piece.passages[-1].chords}


def test_the_revision_follows_every_sign(tmp_path):
    for path in PIECES.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert catalogue_revision(tmp_path) == catalogue_revision()
    one = tmp_path / f"{NAMES[0]}.toml"
    one.write_text(one.read_text().replace("bpm = 118", "bpm = 119"))
    assert catalogue_revision(tmp_path) != catalogue_revision()
