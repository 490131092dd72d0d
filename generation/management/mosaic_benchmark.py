"""How good the songs are: ``manage.py bench mosaic --seeds N --songs DIR``.

Every seed is composed, played, mixed, mastered and judged once, as the engine's first try; nothing
is tried again, so the pass rates are those of single tries. Likeness compares each song with its ten
and with strangers: real songs of ``--others`` and, up to fifty, songs composed from those.
"""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from generation.attribution.shares import BASE
from generation.composition.base import load_base_pack
from generation.composition.compose import compose
from generation.composition.plan import Options
from generation.management.mosaic_songs import other_songs, ten_songs
from generation.management.mosaic_table import table
from generation.quality.audio import judge_audio
from generation.quality.gate import judge
from generation.quality.likeness import area_under_curve, likenesses, read_score
from generation.quality.roundtrip import judge_round_trip
from generation.rendering.arranging import arrange
from generation.rendering.finish import finish
from generation.rendering.performance import perform
from generation.rendering.soundfont import find_soundfont
from generation.rendering.spectrum import reference_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generation.composition.base import BasePack
    from generation.composition.composition import Composition
    from generation.management.mosaic_songs import MeasuredSong
    from generation.quality.finding import Finding
    from generation.quality.likeness import Document

BASE_SHARE, TURNED = 0.33, 0.67
STRANGERS = 50
FIRST_STRANGE_SEED = 10_000


def mosaic_benchmark(
    *,
    songs: str = "songs",
    others: str = "",
    seeds: int = 20,
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
    bench = _Bench(ten_songs(folder), with_audio=not no_audio)
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
        "seconds": {stage: _spread(taken) for stage, taken in bench.processor.items()},
        "seconds_wall": {stage: _spread(taken) for stage, taken in bench.wall.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    return report if json else table(report)


@dataclass(frozen=True)
class _Try:
    """One seed: the song, and the names of the bars that were missed."""

    seed: int
    made: Composition
    document: Document
    turned: Document
    copied: int
    notes: tuple[str, ...]
    sound: tuple[Finding, ...]
    heard: tuple[Finding, ...]


@dataclass
class _Bench:
    """The ten, the base, and what each stage has cost so far."""

    ten: Sequence[MeasuredSong]
    with_audio: bool
    base: BasePack = field(default_factory=load_base_pack)
    processor: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def try_seed(self, seed: int) -> _Try:
        """Make and judge the song of one seed, and the same seed with the weights turned round."""
        sources = [song.source for song in self.ten]
        with self._timed("compose"):
            made = compose(sources, self.base, _weights(self.ten, BASE_SHARE), Options(seed=seed))
        with self._timed("judge notes"):
            report = judge(made, sources)
        turned = compose(sources, self.base, _weights(self.ten, TURNED), Options(seed=seed))
        sound, heard = self._listen(made, seed) if self.with_audio else ((), ())
        return _Try(
            seed,
            made,
            read_score(made.score),
            read_score(turned.score),
            report.longest_copy,
            report.missed,
            sound,
            heard,
        )

    def _listen(
        self, made: Composition, seed: int
    ) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        font = find_soundfont()
        reference = reference_sound([song.spectrum for song in self.ten])
        with self._timed("perform"):
            arrangement = arrange(made.score, seed=seed)
            dry = perform(
                arrangement, soundfont=font.path if font else None, progress=lambda _share: None
            )
        with self._timed("mix and master"):
            rendering = finish(dry, arrangement, reference=reference)
        with self._timed("judge sound"):
            asked_s = made.score.plan.bars * made.score.plan.bar_s
            sound = tuple(judge_audio(rendering, reference, asked_s=asked_s))
            heard = judge_round_trip(rendering.master.audio, made.score)
        return sound, heard

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.processor[stage].append(time.process_time() - processor)
        self.wall[stage].append(time.perf_counter() - wall)


def _weights(ten: Sequence[MeasuredSong], base: float) -> dict[str, float]:
    return {BASE: base, **{song.source.key: (1 - base) / len(ten) for song in ten}}


def _rates(tries: Sequence[_Try], *, with_audio: bool) -> dict[str, Any]:
    """Return the share of tries that cleared all bars of each kind, and what was missed how often."""
    missed: dict[str, int] = defaultdict(int)
    for one in tries:
        lost = (f.name for f in (*one.sound, *one.heard) if not f.passed)
        for name in (*one.notes, *lost):
            missed[name] += 1
    rates = {"notes": _rate(not one.notes for one in tries)}
    if with_audio:
        rates["sound"] = _rate(all(f.passed for f in one.sound) for one in tries)
        rates["round_trip"] = _rate(all(f.passed for f in one.heard) for one in tries)
        rates["all"] = _rate(
            not one.notes and all(f.passed for f in (*one.sound, *one.heard)) for one in tries
        )
    return {"pass_rates": rates, "missed": dict(sorted(missed.items()))}


def _rate(passed: Any) -> float:
    return round(fmean(map(float, passed)), 3)


def _shares(tries: Sequence[_Try]) -> dict[str, Any]:
    """Return the base's shares and the largest distance of any share from its weight, in points."""
    base = [100 * one.made.shares.get(BASE, 0.0) for one in tries]
    off = [100 * one.made.largest_error for one in tries]
    return {"base_share": _spread(base), "largest_error_points": _spread(off)}


def _likeness(
    bench: _Bench, tries: Sequence[_Try], strangers: Sequence[MeasuredSong]
) -> dict[str, Any]:
    """Return the mean area under the curve of the ten above the strangers, and the turned pairs."""
    if len(strangers) < 1:
        return {}
    own = [song.document for song in bench.ten]
    real = [song.document for song in strangers]
    foreign = [*real, *_composed_strangers(bench, strangers, STRANGERS - len(real))]
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


def _composed_strangers(
    bench: _Bench, strangers: Sequence[MeasuredSong], wanted: int
) -> list[Document]:
    """Return documents of songs composed from the strangers with as much of the base as ours have."""
    size = len(bench.ten)
    if wanted < 1 or len(strangers) < size:
        return []
    chosen = strangers[-size:]
    sources = [song.source for song in chosen]
    weights = _weights(chosen, BASE_SHARE)
    return [
        read_score(compose(sources, bench.base, weights, Options(seed=seed)).score)
        for seed in range(FIRST_STRANGE_SEED, FIRST_STRANGE_SEED + wanted)
    ]


def _area(song: Document, own: Sequence[Document], foreign: Sequence[Document]) -> float:
    found = likenesses(song, [*own, *foreign])
    return area_under_curve(found[: len(own)], found[len(own) :])


def _apart(bench: _Bench, tries: Sequence[_Try]) -> dict[str, float]:
    """Return how like each other the seeds are, beside how like the ten are, by the same measure."""
    if len(tries) < 2:
        return {}
    documents = [one.document for one in tries]
    own = [song.document for song in bench.ten]
    ours = [likenesses(one, [*documents, *own]) for one in documents]
    theirs = [likenesses(one, [*own, *documents]) for one in own]
    pairs = [ours[a][b] for a, b in combinations(range(len(documents)), 2)]
    return {
        "seeds_mean": round(fmean(pairs), 3),
        "seeds_most": round(max(pairs), 3),
        "ten_mean": round(fmean(theirs[a][b] for a, b in combinations(range(len(own)), 2)), 3),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "mean": round(fmean(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }
