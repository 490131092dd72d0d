"""``manage.py analyse`` and the benchmark, as a person calls them: no database, clear errors."""

from __future__ import annotations

import io
import json

import pytest
import soundfile
from django.core.management import call_command

from library.analysis.benchmark import run
from library.analysis.errors import AudioUnreadableError
from library.analysis.revision import ANALYSIS_REVISION
from tests.audio import signals

FIELDS = {
    "file", "duration_s", "sample_rate", "tempo_bpm", "tempo_candidates", "beats_s", "downbeats_s",
    "meter", "key", "chords", "sections", "loudness_lufs", "true_peak_dbtp", "revision", "seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("songs")
    samples, _ = signals.song(["A:min", "F:maj", "C:maj", "G:maj"] * 2, 44_100, bpm=110)
    soundfile.write(path / "first.wav", samples, 44_100)
    soundfile.write(path / "second.flac", samples[::-1].copy(), 44_100)
    soundfile.write(path / "silence.wav", signals.silence(2, 44_100), 44_100)
    (path / "text.mp3").write_text("no music")
    return path


def analyse(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("analyse", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as leaving:
        code = leaving.code
    return code, out.getvalue().splitlines(), err.getvalue().splitlines()


def test_each_file_is_one_json_line_with_the_published_fields(folder):
    code, lines, errors = analyse(folder / "first.wav", folder / "second.flac", "--json")
    assert code == 0
    assert errors == []
    records = [json.loads(line) for line in lines]
    assert [r["file"].rsplit("/", 1)[1] for r in records] == ["first.wav", "second.flac"]
    for record in records:
        assert record.keys() >= FIELDS
        assert record["revision"] == ANALYSIS_REVISION
        assert record["meter"] == "4/4"
        assert record["key"].keys() == {"tonic", "mode", "confidence"}
        assert record["chords"][0].keys() == {"start_s", "end_s", "label"}
        assert record["sections"][0].keys() >= {"start_s", "end_s", "label"}
        assert record["seconds"].keys() >= {"decode", "spectra", "tempo", "loudness"}
    assert records[0]["tempo_bpm"] == pytest.approx(110, rel=0.01)


def test_a_bad_file_is_named_on_stderr_and_the_others_are_printed(folder):
    missing = folder / "missing.wav"
    code, lines, errors = analyse(folder / "text.mp3", folder / "first.wav", missing, "--json")
    assert code == 1
    assert [json.loads(line)["file"] for line in lines] == [str(folder / "first.wav")]
    assert len(errors) == 2
    assert errors[0].startswith(f"{folder / 'text.mp3'}: the audio cannot be read (")
    assert errors[1].startswith(f"{missing}: the audio cannot be read (there is no such file)")
    assert all("export it again" in line for line in errors)


def test_silence_is_valid_json_without_infinities(folder):
    code, lines, _ = analyse(folder / "silence.wav", "--json")
    record = json.loads(lines[0], parse_constant=pytest.fail)
    assert code == 0
    assert record["loudness_lufs"] is None
    assert record["true_peak_dbtp"] is None
    assert record["tempo_bpm"] == 0


def test_without_json_a_person_can_read_it(folder):
    _, lines, _ = analyse(folder / "first.wav")
    assert len(lines) == 1
    assert "BPM" in lines[0]
    assert "LUFS" in lines[0]


def test_the_benchmark_counts_songs_steps_and_memory(folder, tmp_path):
    for name in ("first.wav", "second.flac"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "notes.txt").write_text("not a song")
    result = json.loads(json.dumps(run(tmp_path)))
    assert [song["file"] for song in result["songs"]] == ["first.wav", "second.flac"]
    assert result["steps"].keys() >= {"decode", "spectra", "tempo", "fingerprint"}
    assert 0 < result["total"]["median"] <= result["total"]["worst"]
    assert 50 < result["peak_memory_mb"] < 2_000


def test_the_benchmark_of_an_empty_folder_says_so(tmp_path):
    with pytest.raises(AudioUnreadableError, match="holds no audio files"):
        run(tmp_path)
