"""How good the songs are: ``manage.py bench mosaic --seeds N --songs DIR``.

Every seed is composed, played, mixed, mastered and judged, as the engine does; one that misses a bar
is followed by the engine's next seeds, and both rates are told. Likeness compares each song with its
ten and with strangers: the recordings of ``--others`` and, up to fifty, chimeras of those.
"""

from __future__ import annotations

import resource
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from generation.attribution.shares import BASE
from generation.management.mosaic_songs import other_songs, ten_songs
from generation.management.mosaic_table import table
from generation.management.mosaic_trying import Bench, Try
from generation.quality.diversity import diversity
from generation.quality.likeness import area_under_curve, chimeras, likenesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generation.management.mosaic_songs import MeasuredSong
    from generation.quality.likeness import Document

STRANGERS = 50


def mosaic_benchmark(
    *,
    songs: str = "songs",
    others: str = "",
    seeds: int = 20,
    keep: str = "",
    no_audio: bool = False,
    json: bool = False,
) -> dict[str, Any] | str:
    """Compose a song of ten with each seed, and print what they measure and what they cost.

    Parameters
    ----------
    songs
        A folder of at least ten songs; the first ten by name are used.
    others
        A folder of songs that have nothing to do with them, for the likeness.
    keep
        A folder for what was heard of each song: a run that was stopped goes on from there.
    no_audio
        Notes only: no rendering, no bars of sound, no round trip.
    json
        Every figure as JSON in place of the table.

    Raises
    ------
    AudioUnreadableError
        A folder is missing or holds no audio.
    ValueError
        There are fewer than ten songs, or fewer than one seed.
    """
    if seeds < 1:
        msg = "give at least one seed"
        raise ValueError(msg)
    folder = Path(songs)
    bench = Bench(ten_songs(folder), with_audio=not no_audio, kept=Path(keep) if keep else None)
    tries = [bench.try_seed(seed) for seed in range(seeds)]
    strangers = other_songs(folder, Path(others)) if others else []
    report = {
        "songs": songs,
        "seeds": seeds,
        **_rates(tries, with_audio=not no_audio),
        **_shares(tries),
        "longest_copy_notes": max(one.copied + 1 for one in tries),
        "likeness": _likeness(bench, tries, strangers),
        "apart": _apart(bench, tries),
        "findings": _findings(tries),
        "seconds": {stage: _spread(taken) for stage, taken in bench.processor.items()},
        "seconds_wall": {stage: _spread(taken) for stage, taken in bench.wall.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    return report if json else table(report)


def _rates(tries: Sequence[Try], *, with_audio: bool) -> dict[str, Any]:
    """Return the share of first tries that cleared all bars of each kind, what was missed how often,
    and the share of songs that cleared everything within the engine's tries."""
    missed = Counter(name for one in tries for name in one.missed)
    rates = {"notes": _rate(not one.notes for one in tries)}
    if with_audio:
        # What missed a bar of the notes is not played.
        played = [one for one in tries if one.heard]
        rates["sound"] = _rate(all(f.passed for f in one.sound) for one in played)
        rates["round_trip"] = _rate(all(f.passed for f in one.heard) for one in played)
        rates["first_try"] = _rate(not one.missed for one in tries)
    rates["after_tries"] = _rate(one.retried >= 0 for one in tries)
    return {"pass_rates": rates, "missed": dict(sorted(missed.items()))}


def _rate(passed: Iterable[bool]) -> float:
    listed = list(passed)
    return round(fmean(listed), 3) if listed else 0.0


def _findings(tries: Sequence[Try]) -> dict[str, dict[str, float]]:
    """Return every measure of sound and round trip over the first tries."""
    values: dict[str, list[float]] = defaultdict(list)
    for one in tries:
        for found in (*one.sound, *one.heard):
            values[found.name].append(found.value)
    return {name: _spread(found) for name, found in values.items()}


def _shares(tries: Sequence[Try]) -> dict[str, Any]:
    """Return the base's shares and the largest distance of any share from its weight, in points."""
    base = [100 * one.made.shares.get(BASE, 0.0) for one in tries]
    off = [100 * one.made.largest_error for one in tries]
    return {"base_share": _spread(base), "largest_error_points": _spread(off)}


def _likeness(
    bench: Bench, tries: Sequence[Try], strangers: Sequence[MeasuredSong]
) -> dict[str, Any]:
    """Return the mean area under the curve of the ten above the strangers, and the turned pairs."""
    if len(strangers) < 1:
        return {}
    own = [song.document for song in bench.ten]
    real = [song.document for song in strangers]
    foreign = [*real, *chimeras(real, max(0, STRANGERS - len(real)))]
    usual = [_area(one.document, own, foreign) for one in tries]
    turned = [_area(one.turned, own, foreign) for one in tries]
    return {
        "strangers": len(foreign),
        "real_strangers": len(real),
        "auc": _spread(usual),
        "auc_turned": _spread(turned),
        "auc_real_strangers": _spread([_area(one.document, own, real) for one in tries]),
        "higher_than_turned": _rate(a > b for a, b in zip(usual, turned, strict=True)),
    }


def _area(song: Document, own: Sequence[Document], foreign: Sequence[Document]) -> float:
    found = likenesses(song, [*own, *foreign])
    return area_under_curve(found[: len(own)], found[len(own) :])


def _apart(bench: Bench, tries: Sequence[Try]) -> dict[str, float]:
    """Return how like each other the seeds are, by the measure that has bars for it."""
    if len(tries) < 2:
        return {}
    scores = [one.made.score for one in tries]
    found = diversity(scores, [song.document for song in bench.ten])
    return {finding.name: round(finding.value, 3) for finding in found.findings}


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "mean": round(fmean(values), 3),
        "median": round(median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }
