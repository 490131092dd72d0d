"""The network laid out anew says what its file says; whatever else the file is, is run as it is."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from library.analysis import network_layout
from library.analysis import notes as transcription
from library.analysis.decode import decode_file
from library.analysis.network import AUDIO, NOTES, ONSETS, open_network
from library.analysis.network_layout import Graph
from library.analysis.notes import LOWEST_MIDI, _network_file
from library.analysis.spectra import compute_spectra
from library.analysis.types import Chord, Section
from tests.audio import signals
from tests.audio.conftest import SONGS

RATE = 22_050
POSTERIORS = (1, 172, 88)
NEAR = 1e-5
"""Ten times what was measured; a note is kept or dropped at .3 and .5."""
needs_network_file = pytest.mark.skipif(
    _network_file() is None, reason="needs requirements/no-deps.txt"
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The wheel's file as another release would be: its name of the producer's version is new."""
    other = tmp_path_factory.mktemp("network") / "other.onnx"
    other.write_bytes(_network_file().read_bytes() + bytes([3 << 3 | 2, 1, *b"2"]))
    return open_network(other)


@pytest.fixture(scope="module")
def anew():
    return open_network(_network_file())


def scale():
    out = np.zeros(43_844)
    for i, pitch in enumerate([48, 60, 62, 64, 65, 67, 69, 71, 72, 96]):
        signals.place(out, RATE, 0.19 * i, signals.tone(pitch, 0.18, RATE, 8, 0.5))
    return out


def sounds():
    """Windows of sound, by what they are."""
    noise = np.random.default_rng(7).standard_normal(43_844)
    return {
        "a scale": scale(),
        "a scale, very faint": 1e-5 * scale(),
        "noise": 0.2 * noise,
        "noise that ends": 0.2 * noise * (np.arange(43_844) < 20_000),
        "a scale in noise": scale() + 0.05 * noise,
        "one click": np.eye(1, 43_844, 20_000)[0],
        "silence": np.zeros(43_844),
        "no sound but an offset": np.ones(43_844),
    }


def ask(session, sound):
    return session.run([ONSETS, NOTES], {AUDIO: sound.astype(np.float32)[None, :, None]})


@needs_network_file
@pytest.mark.parametrize("what", sounds())
def test_it_says_what_the_file_says(plain, anew, what):
    for told, expected in zip(ask(anew, sounds()[what]), ask(plain, sounds()[what]), strict=True):
        assert told.shape == expected.shape == POSTERIORS
        assert np.isfinite(told).all()
        assert np.abs(told - expected).max() < NEAR


@needs_network_file
def test_a_scale_is_heard_at_all(anew):
    onsets, notes = ask(anew, scale())
    assert onsets.max() > 0.5
    assert notes.max() > 0.5


@needs_network_file
@pytest.mark.parametrize("pitch", [28, 40, 52, 64, 76, 88, 100])
def test_a_tone_is_heard_at_its_key(anew, pitch):
    sound = np.zeros(43_844)
    signals.place(sound, RATE, 0.3, signals.tone(pitch, 1.2, RATE, 8, 0.5))
    onsets, notes = (found[0] for found in ask(anew, sound))
    assert notes[60:110].mean(0).argmax() == pitch - LOWEST_MIDI
    frame = onsets[:, pitch - LOWEST_MIDI].argmax()
    assert frame * 256 / RATE == pytest.approx(0.3, abs=0.04)


@needs_network_file
def test_what_is_heard_later_is_told_later(anew):
    sound = np.zeros(43_844)
    signals.place(sound, RATE, 0.4, signals.tone(64, 0.6, RATE, 8, 0.5))
    early, late = (ask(anew, np.roll(sound, n))[0][0, :, 43].argmax() for n in (0, 40 * 256))
    assert late - early == 40


@needs_network_file
def test_the_notes_of_a_song_are_those_that_the_file_finds(plain, anew, monkeypatch):
    samples, _ = signals.song(["C:maj", "A:min", "F:maj", "G:maj"] * 2, 44_100)
    spectra = compute_spectra(samples, 44_100)
    form = [Section(0, spectra.duration_s, "A", "verse", -14.0, 0.8)]
    chords = [Chord(0, spectra.duration_s, "C:maj", 1.0)]
    found = []
    for session in (plain, anew):
        monkeypatch.setattr(transcription, "_session", lambda session=session: session)
        found.append(transcription.transcribe(spectra, form, chords))
    for expected, told in zip(*found, strict=True):
        assert [in_digits(n) for n in told.notes] == [in_digits(n) for n in expected.notes]
        assert told.confidence == pytest.approx(expected.confidence, abs=NEAR)
    assert len(found[0][1].notes) > 20


def in_digits(note):
    return note.start_s, note.end_s, note.pitch, note.velocity, round(note.confidence, 4)


@needs_network_file
def test_real_recordings_are_heard_as_the_file_hears_them(plain, anew):
    if not SONGS.is_dir():
        pytest.skip("needs ../shared/data/songs, ten recordings")
    for path in sorted(SONGS.glob("*.ogg")):
        pcm = decode_file(path)
        mono = compute_spectra(
            pcm.samples[20 * pcm.sample_rate :][: 6 * pcm.sample_rate], pcm.sample_rate
        ).mono
        for start in (0, 60_000):
            window = mono[start : start + 43_844]
            for told, expected in zip(ask(anew, window), ask(plain, window), strict=True):
                assert np.abs(told - expected).max() < NEAR, path.name


@needs_network_file
def test_the_same_sound_gives_the_same_digits(anew):
    again = open_network(_network_file())
    for first, second, other in zip(
        ask(anew, scale()), ask(anew, scale()), ask(again, scale()), strict=True
    ):
        assert np.array_equal(first, second)
        assert np.array_equal(first, other)


@needs_network_file
def test_it_asks_for_what_the_file_asks_for_and_answers_under_its_names(plain, anew):
    for session in (plain, anew):
        assert [end.name for end in session.get_inputs()] == [AUDIO]
        assert {NOTES, ONSETS} <= {end.name for end in session.get_outputs()}
        assert session.get_session_options().intra_op_num_threads == 1


@needs_network_file
def test_only_the_known_file_is_laid_out_anew(plain, anew):
    assert len(plain.get_outputs()) == 3, "contours too, which nobody here reads"
    assert len(anew.get_outputs()) == 2


@needs_network_file
def test_without_onnx_the_known_file_is_run_as_it_is(plain, monkeypatch):
    monkeypatch.delitem(sys.modules, network_layout.__name__)
    monkeypatch.setitem(sys.modules, "onnx", None)
    session = open_network(_network_file())
    assert len(session.get_outputs()) == 3
    for told, expected in zip(ask(session, scale()), ask(plain, scale()), strict=True):
        assert np.array_equal(told, expected)


@pytest.fixture
def adder(tmp_path):
    """File of a graph that nobody knows."""
    graph = Graph()
    graph.add("Add", "sound", graph.constant(1.0), result="louder")
    file = tmp_path / "other.onnx"
    file.write_bytes(graph.to_bytes({"sound": (2,)}, {"louder": (2,)}))
    return file


def test_onnx_is_loaded_only_where_the_known_file_is_opened(adder):
    program = (
        "import sys, pathlib; from library.analysis import network, pipeline;"
        "network.open_network(pathlib.Path(sys.argv[1])); print(sorted(sys.modules))"
    )
    command = [sys.executable, "-c", program, str(adder)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "'onnxruntime'" in loaded
    assert "'onnx'" not in loaded


def test_another_graph_is_run_as_it_is(adder):
    session = open_network(adder)
    answer = session.run(["louder"], {"sound": np.array([1, 2], np.float32)})[0]
    assert answer.tolist() == [2, 3]
