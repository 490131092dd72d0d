"""What our analyser should hear, compared with what the score says."""

from __future__ import annotations

from dataclasses import replace

import mir_eval
import numpy as np
import pytest

from generation.composition.chords import PITCHES
from generation.quality.roundtrip import (
    beat_f,
    chord_overlap,
    compare,
    drummed_span,
    judge_round_trip,
    key_agreement,
)
from generation.rendering.arrangement import RATE
from library.analysis.pipeline import analyse_pcm
from library.analysis.types import Beats, Chord, Key, Tempo
from tests.generation.rendering.desk import tone


@pytest.fixture(scope="module")
def silence():
    return analyse_pcm(np.zeros((2 * RATE, 2), np.float32), RATE)


def names_of(score):
    tonic = score.plan.tonic
    return [f"{PITCHES[(chord.root + tonic) % 12]}:{chord.quality}" for chord in score.chords]


def plainly(score):
    """Return the score with chords of three tones."""
    return replace(score, chords=tuple(replace(chord, colour="") for chord in score.chords))


def chords_heard(score, names=None):
    half_s = score.plan.bar_s / 2
    return tuple(
        Chord(n * half_s, (n + 1) * half_s, name, 1.0)
        for n, name in enumerate(names or names_of(score))
    )


def heard(silence, score, octave=1.0, shift_s=0.0, phase=0):
    """Return an analysis that heard the whole score, at half or double the tempo if asked."""
    beat_s = 60 / score.plan.bpm / octave
    count = round(4 * score.plan.bars * octave)
    beats = tuple(shift_s + beat_s * (n + phase * octave) for n in range(count))
    minor = score.plan.mode == "minor"
    tonic = PITCHES[(score.plan.tonic + (9 if minor else 0)) % 12]
    return replace(
        silence,
        tempo=Tempo(score.plan.bpm * octave, (), 1.0, 1.0),
        beats=Beats(beats, beats[::4], 4, 0.5, 1.0, 1.0),
        key=Key(tonic, score.plan.mode, 1.0),
        chords=chords_heard(score),
    )


def values(analysis, score):
    return {finding.name: finding for finding in compare(analysis, score)}


@pytest.mark.parametrize(("octave", "phase"), [(1.0, 0), (2.0, 0), (0.5, 0), (0.5, 1)])
def test_a_perfect_hearing_passes_at_every_octave(silence, made, octave, phase):
    found = values(heard(silence, made.score, octave, phase=phase), made.score)
    assert all(finding.passed for finding in found.values())
    assert found["tempo_off"].value == pytest.approx(0)
    assert found["beats_f"].value == pytest.approx(1, abs=0.01)
    assert found["key_agreement"].value == 1
    assert found["chords_majmin"].value == pytest.approx(1)


def test_beats_beside_the_beat_are_no_beats(silence, made):
    half_s = 30 / made.score.plan.bpm
    found = values(heard(silence, made.score, shift_s=half_s), made.score)
    assert found["beats_f"].value < 0.05
    assert not found["beats_f"].passed
    assert values(heard(silence, made.score, shift_s=0.05), made.score)["beats_f"].passed


def test_beats_are_asked_for_where_drums_play(silence, made):
    score = made.score
    start_s, end_s = drummed_span(score)
    whole_s = score.plan.bars * score.plan.bar_s
    assert 0 < start_s < end_s <= whole_s
    assert (start_s / score.plan.bar_s) % 1 == pytest.approx(0, abs=1e-9)
    right = heard(silence, score)
    inside = tuple(b for b in right.beats.beats_s if start_s - 0.01 < b < end_s)
    middle = (start_s + end_s) / 2
    half = tuple(b for b in inside if b < middle)
    found = [
        values(replace(right, beats=replace(right.beats, beats_s=beats)), score)["beats_f"].value
        for beats in (inside, half)
    ]
    assert found[0] == 1
    assert found[1] == pytest.approx(2 / 3, abs=0.01)
    drumless = replace(score, events=tuple(e for e in score.events if e.track != "Drums"))
    assert drummed_span(drumless) == pytest.approx((0, whole_s))


@pytest.mark.parametrize(("factor", "passed"), [(1.019, True), (1.03, False), (0.75, False)])
def test_tempo_may_be_two_percent_off(silence, made, factor, passed):
    right = heard(silence, made.score)
    off = replace(right, tempo=replace(right.tempo, bpm=right.tempo.bpm * factor))
    assert values(off, made.score)["tempo_off"].passed is passed


def test_silence_is_heard_as_nothing(silence, made):
    found = values(silence, made.score)
    assert not any(finding.passed for finding in found.values())


def test_each_beat_counts_once():
    played = np.arange(10.0)
    assert beat_f(played, played) == 1
    assert beat_f(np.repeat(played, 2) + np.tile([0, 0.05], 10), played) == pytest.approx(2 / 3)
    assert beat_f(played[:5], played) == pytest.approx(2 / 3)
    assert beat_f(played + 0.07, played) == 1
    assert beat_f(played + 0.08, played) == 0
    assert beat_f(np.zeros(0), played) == 0


def test_keys_are_scored_as_mirex_does(made):
    score = made.score
    minor = score.plan.mode == "minor"
    tonic = (score.plan.tonic + (9 if minor else 0)) % 12
    mode, other = ("minor", "major") if minor else ("major", "minor")
    relative = (tonic + (3 if minor else 9)) % 12

    def agreement(pitch, its_mode):
        return key_agreement(Key(PITCHES[pitch % 12], its_mode, 1.0), score)

    assert agreement(tonic, mode) == 1
    assert agreement(tonic + 7, mode) == agreement(tonic + 5, mode) == 0.5
    assert agreement(relative, other) == 0.3
    assert agreement(tonic, other) == 0.2
    assert agreement(tonic + 1, mode) == 0
    assert key_agreement(Key("", "major", 0.0), score) == 0


@pytest.mark.parametrize("seed", range(5))
def test_chords_are_weighed_as_mir_eval_weighs_them(made, seed):
    random = np.random.default_rng(seed)
    colours = random.choice(["", "7", "sus4"], len(made.score.chords))
    chords = [replace(c, colour=str(k)) for c, k in zip(made.score.chords, colours, strict=True)]
    score = replace(made.score, chords=tuple(chords))
    guesses = random.choice([*names_of(score)[:6], "N"], len(chords)).tolist()
    right = [own if keep else guess for own, guess, keep in zip(
        names_of(score), guesses, random.random(len(chords)) < 0.5, strict=True)]  # fmt: skip

    truth = [
        f"{PITCHES[(c.root + score.plan.tonic) % 12]}:{c.colour if c.colour == 'sus4' else c.quality}"
        for c in chords
    ]
    theirs = mir_eval.chord.weighted_accuracy(
        mir_eval.chord.majmin(truth, right), np.ones(len(chords))
    )
    assert chord_overlap(chords_heard(score, right), score) == pytest.approx(theirs)


def test_nothing_but_suspended_chords_is_nothing_to_hear(made):
    chords = [replace(chord, colour="sus4") for chord in made.score.chords]
    score = replace(made.score, chords=tuple(chords))
    assert chord_overlap(chords_heard(score), score) == 0


def test_chords_are_weighed_by_their_time(made):
    score = plainly(made.score)
    names = names_of(score)
    half = len(names) // 2
    assert chord_overlap(chords_heard(score), score) == pytest.approx(1)
    assert chord_overlap(chords_heard(score, ["N"] * len(names)), score) == 0
    broken = [*names[:half], *["N"] * (len(names) - half)]
    assert chord_overlap(chords_heard(score, broken), score) == pytest.approx(half / len(names))
    late = [
        replace(chord, start_s=chord.start_s + 0.1, end_s=chord.end_s + 0.1)
        for chord in chords_heard(score)
    ]
    assert 0.8 < chord_overlap(late, score) < 1


def test_a_single_tone_is_analysed_and_found_wanting(made):
    found = judge_round_trip(tone(4, 440), made.score)
    assert [finding.name for finding in found] == [
        "tempo_off",
        "beats_f",
        "key_agreement",
        "chords_majmin",
    ]
    assert not all(finding.passed for finding in found)
