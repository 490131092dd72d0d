"""``manage.py bench mosaic``: what its figures are made of, without a note of real audio."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from django.core.management import call_command

from generation.attribution.shares import BASE
from generation.composition.midi import write_midi
from generation.composition.mining.measured import read_analysis
from generation.management import mosaic_benchmark as bench_module
from generation.management.mosaic_benchmark import _apart, _findings, _likeness, _rates, _shares
from generation.management.mosaic_songs import MeasuredSong, ten_songs
from generation.management.mosaic_table import table
from generation.management.mosaic_trying import Bench
from generation.quality.finding import Finding
from generation.quality.likeness import read_song
from library.analysis.errors import AudioUnreadableError
from tests.generation.songs import analysis, ten_sources

pytestmark = pytest.mark.slow


def measured(first: int) -> list[MeasuredSong]:
    documents = [read_song(read_analysis(analysis(number))) for number in range(first, first + 10)]
    return [
        MeasuredSong(source, document, ())
        for source, document in zip(ten_sources(first), documents, strict=True)
    ]


@pytest.fixture(scope="module")
def tried():
    bench = Bench(measured(0), with_audio=False)
    return bench, [bench.try_seed(seed) for seed in (1, 2)]


def test_each_seed_is_composed_judged_and_timed(tried):
    bench, tries = tried

    assert set(bench.processor) == set(bench.wall) == {"compose", "judge notes"}
    assert all(len(taken) == 2 and min(taken) > 0 for taken in bench.processor.values())
    assert all(one.copied <= 6 for one in tries)
    assert tries[0].document != tries[1].document


def test_turned_weights_are_another_song(tried):
    _bench, tries = tried

    assert all(one.document != one.turned for one in tries)


def test_rates_are_of_single_tries_and_name_what_was_missed(tried):
    _bench, tries = tried
    found = _rates(tries, with_audio=False)

    assert set(found["pass_rates"]) == {"notes", "after_tries"}
    assert found["pass_rates"]["notes"] == sum(not one.notes for one in tries) / 2
    assert sum(found["missed"].values()) == sum(len(one.notes) for one in tries)


def heard(one, *, beats, retried=0):
    """Return the try as if its sound had been judged."""
    return replace(
        one,
        notes=(),
        sound=(Finding("loudness_lufs", -14.0, -14.5, -13.5),),
        heard=(Finding("beats_f", beats, 0.95, None),),
        retried=retried,
    )


def test_a_song_that_a_further_seed_saved_counts_after_the_tries_and_not_at_the_first(tried):
    _bench, (one, _other) = tried
    clear, saved, lost = (
        heard(one, beats=0.99),
        heard(one, beats=0.5, retried=2),
        heard(one, beats=0.4, retried=-1),
    )
    found = _rates([clear, saved, lost, clear], with_audio=True)

    assert found["pass_rates"]["sound"] == 1.0
    assert found["pass_rates"]["round_trip"] == found["pass_rates"]["first_try"] == 0.5
    assert found["pass_rates"]["after_tries"] == 0.75
    assert found["missed"] == {"beats_f": 2}
    assert _findings([clear, lost])["beats_f"]["least"] == 0.4


def test_a_song_whose_notes_missed_is_not_counted_among_those_heard(tried):
    _bench, (one, _other) = tried
    unplayed = replace(one, notes=("steps",), sound=(), heard=(), retried=1)
    found = _rates([heard(one, beats=0.99), unplayed], with_audio=True)

    assert found["pass_rates"]["notes"] == found["pass_rates"]["first_try"] == 0.5
    assert found["pass_rates"]["round_trip"] == found["pass_rates"]["after_tries"] == 1.0


def test_what_was_heard_is_found_again_by_the_notes_and_charged_again(tried, tmp_path):
    bench, tries = tried
    one = next(one for one in tries if not one.notes)
    name = hashlib.sha256(write_midi(one.made.score)).hexdigest()[:20]
    finding = {"name": "beats_f", "value": 0.97, "low": 0.95, "high": None}
    kept = {"seed": one.seed, "sound": [], "heard": [finding], "cost": {"perform": [1.5, 2.5]}}
    (tmp_path / f"{name}.json").write_text(json.dumps(kept))

    resumed = Bench(bench.ten, with_audio=True, kept=tmp_path)
    report, sound, heard = resumed._judged(one.made, one.seed)

    assert report.passed
    assert (sound, heard) == ((), (Finding("beats_f", 0.97, 0.95, None),))
    assert (resumed.processor["perform"], resumed.wall["perform"]) == ([1.5], [2.5])


def test_shares_are_the_ledgers(tried):
    _bench, tries = tried
    found = _shares(tries)

    assert found["base_share"]["mean"] == pytest.approx(
        sum(100 * one.made.shares[BASE] for one in tries) / 2, abs=1e-3
    )
    assert found["largest_error_points"]["most"] <= 1.0


def test_likeness_is_of_the_ten_against_strangers(tried, monkeypatch):
    bench, tries = tried
    monkeypatch.setattr(bench_module, "STRANGERS", 11)  # ten real ones, one chimera
    found = _likeness(bench, tries, measured(20))

    assert (found["strangers"], found["real_strangers"]) == (11, 10)
    assert 0 <= found["auc_turned"]["least"] <= found["auc"]["most"] <= 1
    assert found["higher_than_turned"] in (0.0, 0.5, 1.0)
    assert _likeness(bench, tries, []) == {}


def test_seeds_are_held_against_each_other(tried):
    bench, tries = tried
    found = _apart(bench, tries)

    assert found["seeds_alike"] == pytest.approx(found["seeds_most_alike"])
    assert 0 <= found["seeds_alike"] < 1
    assert _apart(bench, tries[:1]) == {}


def test_the_table_has_a_line_for_each_figure(tried):
    bench, tries = tried
    spread = {"mean": 1.5, "least": 1.0, "most": 2.0}
    lines = table(
        {
            "findings": {"beats_f": spread},
            "songs": "ten",
            "seeds": 2,
            "pass_rates": {"notes": 1.0, "round_trip": 0.5, "after_tries": 1.0},
            "missed": {"beats_f": 1},
            **_shares(tries),
            "longest_copy_notes": 5,
            "likeness": {},
            "apart": _apart(bench, tries),
            "seconds": {"compose": spread},
            "seconds_wall": {"compose": spread},
            "peak_memory_mb": 600,
        }
    ).splitlines()

    assert lines[0].split() == ["figure", "measured", "wanted"]
    assert "pass rate, round trip" in lines[4]
    assert "50 %" in lines[4]
    assert any(line.startswith("  missed: beats_f") and "1 of 2" in line for line in lines)
    assert any(line.startswith("longest copied run") and "≤ 7" in line for line in lines)
    assert not any("curve" in line for line in lines)


def test_a_folder_without_ten_songs_is_refused(tmp_path):
    with pytest.raises(AudioUnreadableError, match="no audio"):
        ten_songs(tmp_path)
    (tmp_path / "one.wav").write_bytes(b"")
    with pytest.raises(ValueError, match="holds 1 songs"):
        ten_songs(tmp_path)
    with pytest.raises(ValueError, match="at least one seed"):
        call_command("bench", "mosaic", "--songs", str(tmp_path), "--seeds", "0")


def test_a_switch_of_a_benchmark_takes_no_value(monkeypatch, capsys):
    def invented(*, folder: str = "x", rounds: int = 3, json: bool = False) -> object:
        """Measure nothing."""
        return {"folder": folder, "rounds": rounds} if json else "a table"

    monkeypatch.setattr("config.management.commands.bench.import_string", lambda _path: invented)
    call_command("bench", "mosaic", "--rounds", "5")
    assert capsys.readouterr().out == "a table\n"
    call_command("bench", "mosaic", "--json", "--folder", "y")
    assert json.loads(capsys.readouterr().out) == {"folder": "y", "rounds": 3}
