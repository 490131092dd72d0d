"""Ten songs that exist only as analyses: made from formulas, in the JSON form the library stores."""

from __future__ import annotations

from functools import lru_cache

from generation.attribution.shares import BASE
from generation.composition.mining.source import mine_source
from generation.composition.stream import Stream
from generation.composition.units import SourceModel

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MAJOR = (0, 2, 4, 5, 7, 9, 11)
LOOPS = (
    ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj")),
    ((9, "min"), (5, "maj"), (0, "maj"), (7, "maj")),
    ((0, "maj"), (9, "min"), (5, "maj"), (7, "maj")),
    ((5, "maj"), (0, "maj"), (2, "min"), (7, "maj")),
    ((0, "maj"), (4, "min"), (5, "maj"), (7, "maj")),
)
DRUMS = (
    {"kick": (0, 8), "snare": (4, 12), "hat": range(0, 16, 2)},
    {"kick": (0, 6, 10), "snare": (4, 12), "hat": range(0, 16, 2)},
    {"kick": (0, 4, 8, 12), "snare": (4, 12), "hat": range(2, 16, 4)},
    {"kick": (0, 3, 8, 11), "snare": (4, 12, 15), "hat": range(16)},
)
BASS = ((0, 8), (0, 6, 8, 14), (0, 2, 4, 6, 8, 10, 12, 14), (0, 3, 6, 8, 12))
FORM = (("A", "verse", 8), ("B", "chorus", 8), ("A", "verse", 8), ("B", "chorus", 8))


def analysis(number: int, *, meter: int = 4, sings: bool = True) -> dict:
    """Return the analysis of song ``number``: 32 bars, verse and chorus twice."""
    stream = Stream(number, "song")
    bpm, tonic = 84.0 + 7 * number, (5 * number) % 12
    minor = number % 3 == 1
    beat = 60 / bpm
    bars = sum(length for *_, length in FORM)
    beats = [round(0.5 + n * beat, 5) for n in range(bars * meter + 1)]
    bar_s = meter * beat

    def at(bar: int, step: float) -> float:
        return 0.5 + bar * bar_s + step * beat / 4

    chords, bass, melody, notes, sections, first = [], [], [], [], [], 0
    for which, (letter, role, length) in enumerate(FORM):
        sections.append(
            {
                "start_s": at(first, 0),
                "end_s": at(first + length, 0),
                "label": letter,
                "role": role,
                "loudness_lufs": -14.0 + (1.5 if role == "chorus" else -1.0),
                "confidence": 0.7,
            }
        )
        loop = LOOPS[(number + (letter == "B")) % len(LOOPS)]
        tune = _tune(Stream(number, letter), role)
        for bar in range(first, first + length):
            root, quality = loop[bar % 4]
            name = PITCHES[(root + tonic) % 12]
            chords.append(_chord(at(bar, 0), at(bar + 1, 0), f"{name}:{quality}"))
            low = 36 + (root + tonic) % 12
            figure = BASS[number % len(BASS)]
            bass += [_note(at(bar, step), at(bar, step + 2), low, 0.25) for step in figure]
            notes += [
                _note(at(bar, step), at(bar, step + 4), low + 24 + above, 0.5)
                for step in ((0, 6, 12) if number % 2 else (0, 8))
                for above in (0, 4 if quality == "maj" else 3, 7)
            ]
            for step, size, degree in tune[bar % 2]:
                pitch = 60 + tonic + 12 * (degree // 7) + MAJOR[degree % 7]
                if which < 2 and sings:
                    melody.append(_note(at(bar, step), at(bar, step + size), pitch, 0.8))
        first += length
    key = (PITCHES[(tonic - 3) % 12], "minor") if minor else (PITCHES[tonic], "major")
    return {
        "revision": "test",
        "duration_s": at(bars, 0) + 1,
        "tempo": {"bpm": bpm},
        "beats": {
            "beats_s": beats,
            "downbeats_s": beats[::meter],
            "meter": meter,
            "confidence": 1.0,
            "downbeat_confidence": 1.0,
        },
        "key": {"tonic": key[0], "mode": key[1], "confidence": 0.9},
        "chords": chords,
        "sections": sections,
        "loudness": {"integrated_lufs": -14.0},
        "drums": [_drums(number, letter, 4 * meter, stream) for letter in "AB"],
        "bass": {"notes": bass},
        "melody": {"notes": melody},
        "notes": {"notes": notes},
        "timbre": _timbre(number),
    }


def _tune(stream: Stream, role: str) -> tuple[list[tuple[int, int, int]], ...]:
    """Two bars: onsets on eighths, degrees by small steps."""
    degree, bars = stream.pick([2, 4, 5] if role == "verse" else [7, 9]), []
    for _ in range(2):
        steps = [n for n in range(0, 16, 2) if stream.chance(0.65 if role == "verse" else 0.5)]
        steps = steps if len(steps) >= 3 else [0, 4, 8, 12]
        bar = []
        for step in steps:
            degree = max(0, min(11, degree + stream.pick([-2, -1, -1, 0, 1, 1, 2])))
            bar.append((step, 2, degree))
        bars.append(bar)
    return tuple(bars)


def _chord(start: float, end: float, label: str) -> dict:
    return {"start_s": start, "end_s": end, "label": label, "confidence": 0.9}


def _note(start: float, end: float, pitch: int, confidence: float) -> dict:
    return {
        "start_s": start,
        "end_s": end,
        "pitch": pitch,
        "velocity": 90,
        "confidence": confidence,
    }


def _drums(number: int, letter: str, steps: int, stream: Stream) -> dict:
    pattern = DRUMS[(number + (letter == "B")) % len(DRUMS)]
    hits = [
        {
            "step": step,
            "piece": piece,
            "velocity": 100 if step % 4 == 0 else 80,
            "offset_ms": round(3 + stream.spread(8), 1),
            "probability": 1.0,
        }
        for piece, own in pattern.items()
        for step in own
        if step < steps
    ]
    return {"section": letter, "steps": steps, "bars": 16, "hits": hits, "confidence": 0.8}


def _timbre(number: int) -> dict:
    return {
        "centroid_hz": 900.0 + 330 * number,
        "rolloff_hz": 6000.0,
        "flatness": 0.1,
        "crest_db": 12.0,
        "low_share": 0.3,
        "high_share": 0.1,
        "percussive_share": 0.4,
        "stereo_width": 0.03 * number,
        "correlation": 0.6,
        "mfcc_mean": [0.0] * 13,
        "mfcc_std": [1.0] * 13,
        "confidence": 1.0,
    }


@lru_cache(maxsize=4)
def ten_sources(first: int = 0) -> tuple[SourceModel, ...]:
    """Return ten mined songs; number 8 is a waltz, number 9 has no usable melody."""
    return tuple(
        mine_source(
            f"{number:02d}",
            analysis(
                number,
                meter=3 if number == first + 8 else 4,
                sings=number != first + 9,
            ),
        )
        for number in range(first, first + 10)
    )


def usual_weights(sources, base: float = 0.33) -> dict[str, float]:
    """Return ``base`` for the base and the rest in equal parts."""
    return {BASE: base, **{source.key: (1 - base) / len(sources) for source in sources}}
