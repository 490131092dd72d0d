"""Does a song sound of its sources? A symbolic vector of n-grams, and how the ten rank in it.

Four streams are read alike from an analysis and from a score: melody (interval, inter-onset
interval), harmony (chords in the frame of the key), drums (piece and step, in pairs) and bass (step and
place above the root). Each stream is a TF-IDF vector (1 + ln count, ln N/df) of unit length; the
likeness is the mean of the streams' cosines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from math import log, sqrt

from generation.composition.chords import Chord
from generation.composition.drumming import KEYS
from generation.composition.mining.accompaniment import place_notes
from generation.composition.mining.drums import played_hits
from generation.composition.mining.harmony import mine_harmony
from generation.composition.mining.measured import Measured, relative_major
from generation.composition.mining.melody import mine_melody
from generation.composition.score import Score
from generation.composition.stream import Stream
from generation.composition.units import STEPS, TICKS

STREAMS = ("melody", "harmony", "drums", "bass")
MELODY_N, HARMONY_N = (1, 2, 3), (2, 3, 4)
WIDEST, LONGEST = 12, 16
HEARD = {"kick": "kick", "snare": "snare", "rim": "snare", "clap": "snare"}
"""What an analysis tells apart; everything that keeps time is a hat to it."""

Document = Mapping[str, Counter[Hashable]]


def grams(tokens: Sequence[Hashable], sizes: Iterable[int]) -> Counter[Hashable]:
    """Return how often each run of ``sizes`` tokens occurs."""
    return Counter(
        tuple(tokens[at : at + size]) for size in sizes for at in range(len(tokens) - size + 1)
    )


def read_song(song: Measured) -> Document:
    """Return the four streams of an analysed song."""
    tonic, _ = relative_major(song.key)
    melody: Counter[Hashable] = Counter()
    for line in mine_melody(song, "song", tonic).heard:
        melody.update(grams([_clip(token) for token in line], MELODY_N))
    harmony: Counter[Hashable] = Counter()
    for unit in mine_harmony(song, "song", tonic):
        harmony.update(grams(_changes(unit.chords), HARMONY_N))
    drums: Counter[Hashable] = Counter()
    for pattern in song.drums:
        drums.update(_pairs((hit.piece, hit.step) for hit in played_hits(pattern.hits)))
    bass: Counter[Hashable] = Counter()
    if song.has_grid and song.bar_steps == STEPS:
        bars = range(len(song.downbeats_s))
        placed = place_notes(song, song.bass, bars)
        bass.update(_figures((note.bar, note.step, note.place) for note in placed))
    return {"melody": melody, "harmony": harmony, "drums": drums, "bass": bass}


def read_score(score: Score) -> Document:
    """Return the four streams of a composed song."""
    events = sorted(score.events, key=lambda e: (e.tick, e.pitch))
    lead = [(round(e.tick / TICKS), e.pitch) for e in events if e.track == "Lead"]
    moves = [_clip((b[1] - a[1], b[0] - a[0])) for a, b in pairwise(lead)]
    bars: dict[int, set[tuple[str, int]]] = {}
    names = {key: HEARD.get(piece, "hat") for piece, key in KEYS.items() if piece != "crash"}
    for event in events:
        if event.track == "Drums" and event.pitch in names:
            bar, step = divmod(round(event.tick / TICKS), STEPS)
            bars.setdefault(bar, set()).add((names[event.pitch], step))
    drums: Counter[Hashable] = Counter()
    for hits in {tuple(sorted(bar)) for bar in bars.values()}:
        drums.update(_pairs(hits))
    return {
        "melody": grams(moves, MELODY_N),
        "harmony": grams(_changes(score.chords), HARMONY_N),
        "drums": drums,
        "bass": _figures(_bass_places(score)),
    }


def likenesses(song: Document, others: Sequence[Document]) -> list[float]:
    """Return the likeness (0 to 1) of ``song`` to each of ``others``, which also set the weights."""
    total = [0.0] * len(others)
    for stream in STREAMS:
        known = Counter(gram for other in others for gram in other[stream])
        vector = _vector(song[stream], known, len(others))
        for number, other in enumerate(others):
            total[number] += _cosine(vector, _vector(other[stream], known, len(others)))
    return [value / len(STREAMS) for value in total]


def chimeras(strangers: Sequence[Document], count: int, seed: int = 1) -> list[Document]:
    """Return ``count`` strangers made of real ones: every stream is another recording's, untouched.

    Nothing in them is invented and nothing is ours. A composed stranger would not do: it shares the
    base model with every song of ours, so it is no stranger.
    """
    stream = Stream(seed, "chimera")
    return [
        {name: stream.split(number, name).pick(strangers)[name] for name in STREAMS}
        for number in range(count)
    ]


def area_under_curve(own: Sequence[float], foreign: Sequence[float]) -> float:
    """Return how often one of ``own`` is larger than one of ``foreign``; ties count half."""
    wins = sum((a > b) + 0.5 * (a == b) for a in own for b in foreign)
    return wins / (len(own) * len(foreign))


def _clip(token: tuple[int, int]) -> tuple[int, int]:
    return max(-WIDEST, min(WIDEST, token[0])), max(1, min(LONGEST, token[1]))


def _changes(chords: Sequence[Chord]) -> list[Hashable]:
    cores = [chord.core for chord in chords]
    return [c for n, c in enumerate(cores) if n == 0 or c != cores[n - 1]]


def _pairs(hits: Iterable[tuple[str, int]]) -> Counter[Hashable]:
    return Counter(combinations(sorted(hits), 2))


def _figures(notes: Iterable[tuple[int, int, int]]) -> Counter[Hashable]:
    """Count (step, place) of each bass note, and the steps of neighbours in one bar."""
    found: Counter[Hashable] = Counter()
    before: tuple[int, int, int] | None = None
    for bar, step, place in sorted(notes):
        found[step, place] += 1
        if before is not None and before[0] == bar:
            found[before[1], step, before[2], place] += 1
        before = (bar, step, place)
    return found


def _bass_places(score: Score) -> Iterable[tuple[int, int, int]]:
    places = {0: 1, 1: 2, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5, 8: 6, 9: 6, 10: 7, 11: 7}
    for event in score.events:
        if event.track == "Bass":
            bar, step = divmod(round(event.tick / TICKS), STEPS)
            chord = score.chords[min(2 * bar + step // 8, len(score.chords) - 1)]
            yield bar, step, places[(event.pitch - score.plan.tonic - chord.root) % 12]


def _vector(
    counts: Counter[Hashable], known: Counter[Hashable], documents: int
) -> dict[Hashable, float]:
    return {
        gram: (1 + log(count)) * log(documents / known[gram])
        for gram, count in counts.items()
        if 0 < known[gram] < documents
    }


def _cosine(one: Mapping[Hashable, float], two: Mapping[Hashable, float]) -> float:
    norm = sqrt(sum(v * v for v in one.values()) * sum(v * v for v in two.values()))
    return sum(value * two.get(gram, 0.0) for gram, value in one.items()) / norm if norm else 0.0
