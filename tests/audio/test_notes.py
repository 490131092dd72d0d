"""Transcription: bounded excerpts, right pitches, and silence where the network is not installed."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis import notes as rooms
from library.analysis.notes import MOST_S, MOST_SECTION_S, NOT_TRANSCRIBED, excerpts, transcribe
from library.analysis.pipeline import analyse_pcm
from library.analysis.spectra import compute_spectra
from library.analysis.types import Chord, Section
from tests.audio import signals

RATE = 44_100
NETWORK = rooms._network_file()
needs_network_file = pytest.mark.skipif(
    rooms._session() is None, reason="needs onnxruntime and requirements/no-deps.txt"
)


def section(start_s, end_s, label, role="verse"):
    return Section(start_s, end_s, label, role, -14.0, 0.8)


def test_each_letter_is_read_once_and_within_the_limits():
    form = [
        section(0, 20, "A"),
        section(20, 60, "B", "chorus"),
        section(60, 80, "A"),
        section(80, 120, "B", "chorus"),
        section(120, 150, "C"),
        section(150, 180, "D"),
    ]
    spans = excerpts(form)
    assert spans == [(0, 16), (20, 36), (120, 128)]
    assert sum(b - a for a, b in spans) <= MOST_S
    assert all(b - a <= MOST_SECTION_S for a, b in spans)


def test_the_chorus_is_read_first_when_time_is_short():
    form = [section(i * 30, i * 30 + 30, letter) for i, letter in enumerate("ABCD")]
    form.append(section(120, 150, "E", "chorus"))
    assert (120, 136) in excerpts(form)


@pytest.fixture(scope="module")
def scale():
    pitches = [60, 62, 64, 65, 67, 69, 71, 72] * 2
    out = np.zeros(round((0.5 * len(pitches) + 1) * RATE))
    for i, pitch in enumerate(pitches):
        signals.place(out, RATE, 0.3 + 0.5 * i, signals.tone(pitch, 0.48, RATE, 8, 0.5))
    return pitches, compute_spectra(signals.stereo(out), RATE)


@needs_network_file
def test_a_scale_is_read_back_note_by_note(scale):
    pitches, spectra = scale
    end_s = spectra.duration_s
    melody, notes = transcribe(spectra, [section(0, end_s, "A")], [Chord(0, end_s, "C:maj", 1.0)])
    found = {(round((n.start_s - 0.3) / 0.5), n.pitch) for n in notes.notes}
    hits = sum((i, pitch) in found for i, pitch in enumerate(pitches))
    assert hits >= 0.85 * len(pitches)
    lags = [(n.start_s - 0.3) - 0.5 * round((n.start_s - 0.3) / 0.5) for n in notes.notes]
    assert abs(np.median(lags)) < 0.03
    starts = [n.start_s for n in melody.notes]
    assert starts == sorted(starts)
    assert 0 < melody.confidence <= 0.6


@needs_network_file
def test_notes_without_any_chord_are_trusted_by_half(scale):
    _, spectra = scale
    melody, notes = transcribe(spectra, [section(0, spectra.duration_s, "A")], [])
    assert len(notes.notes) >= 10
    strength = np.mean([note.confidence for note in notes.notes])
    assert notes.confidence == pytest.approx(0.5 * strength)
    assert melody.confidence == pytest.approx(0.6 * 0.5 * strength)


@needs_network_file
def test_notes_over_no_chord_are_trusted_as_those_without_any(scale):
    _, spectra = scale
    end_s = spectra.duration_s
    form = [section(0, end_s, "A")]
    assert transcribe(spectra, form, [Chord(0, end_s, "N", 1.0)]) == transcribe(spectra, form, [])


@needs_network_file
def test_silence_has_no_notes():
    spectra = compute_spectra(signals.silence(5, RATE), RATE)
    assert transcribe(spectra, [section(0, 5, "A")], []) == (NOT_TRANSCRIBED, NOT_TRANSCRIBED)


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """Folder of networks in a package that is found before the wheel's."""
    folder = tmp_path / "basic_pitch" / "saved_models" / "icassp_2022"
    folder.mkdir(parents=True)
    (tmp_path / "basic_pitch" / "__init__.py").write_text("raise ImportError('nobody imports me')")
    monkeypatch.syspath_prepend(tmp_path)
    rooms._session.cache_clear()
    yield folder
    rooms._session.cache_clear()


def test_a_wheel_without_its_network_is_as_good_as_none(wheel, scale):
    _, spectra = scale
    assert rooms._session() is None
    assert transcribe(spectra, [section(0, 5, "A")], []) == (NOT_TRANSCRIBED, NOT_TRANSCRIBED)


@needs_network_file
def test_the_network_of_another_release_is_asked_too(wheel, scale):
    _, spectra = scale
    end_s = spectra.duration_s
    (wheel / "nmp.onnx").write_bytes(NETWORK.read_bytes() + bytes([3 << 3 | 2, 1, *b"2"]))
    melody, notes = transcribe(spectra, [section(0, end_s, "A")], [Chord(0, end_s, "C:maj", 1.0)])
    assert len(notes.notes) >= 10
    assert melody.notes


def test_without_the_network_the_rest_is_measured(monkeypatch):
    monkeypatch.setattr(rooms.importlib.util, "find_spec", lambda name: None)
    rooms._session.cache_clear()
    try:
        samples, _ = signals.song(["C:maj", "G:maj"] * 2, RATE)
        analysis = analyse_pcm(samples, RATE, with_notes=True)
    finally:
        monkeypatch.undo()
        rooms._session.cache_clear()
    assert analysis.notes == analysis.melody == NOT_TRANSCRIBED
    assert analysis.key.tonic
    assert "notes" in analysis.seconds
