"""``manage.py bench mosaic``: what its figures are made of, without a note of real audio."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from generation.attribution.shares import BASE
from generation.composition.mining.measured import read_analysis
from generation.management import mosaic_benchmark as bench_module
from generation.management.mosaic_benchmark import _apart, _Bench, _likeness, _rates, _shares
from generation.management.mosaic_songs import MeasuredSong, ten_songs
from generation.management.mosaic_table import table
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
    bench = _Bench(measured(0), with_audio=False)
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

    assert set(found["pass_rates"]) == {"notes"}
    assert found["pass_rates"]["notes"] == sum(not one.notes for one in tries) / 2
    assert sum(found["missed"].values()) == sum(len(one.notes) for one in tries)


def test_shares_are_the_ledgers(tried):
    _bench, tries = tried
    found = _shares(tries)

    assert found["base_share"]["mean"] == pytest.approx(
        sum(100 * one.made.shares[BASE] for one in tries) / 2, abs=1e-3
    )
    assert found["largest_error_points"]["most"] <= 1.0


def test_likeness_is_of_the_ten_against_strangers(tried, monkeypatch):
    bench, tries = tried
    monkeypatch.setattr(bench_module, "STRANGERS", 11)  # ten real ones, one that is composed
    found = _likeness(bench, tries, measured(20))

    assert (found["strangers"], found["real_strangers"]) == (11, 10)
    assert 0 <= found["auc_turned"]["least"] <= found["auc"]["most"] <= 1
    assert found["higher_than_turned"] in (0.0, 0.5, 1.0)
    assert _likeness(bench, tries, []) == {}


def test_seeds_are_held_against_each_other(tried):
    bench, tries = tried
    found = _apart(bench, tries)

    assert 0 <= found["seeds_mean"] == found["seeds_most"] < 1
    assert _apart(bench, tries[:1]) == {}


def test_the_table_has_a_line_for_each_figure(tried):
    bench, tries = tried
    spread = {"mean": 1.5, "least": 1.0, "most": 2.0}
    lines = table(
        {
            "songs": "ten",
            "seeds": 2,
            "pass_rates": {"notes": 1.0, "round_trip": 0.5},
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
