"""Accuracy on twelve rendered songs with exact truth, scored with mir_eval.

None of these songs was used to fit a constant (docs/algorithms/analysis.md).
"""

from __future__ import annotations

from itertools import pairwise

import mir_eval
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def chord_scores(truth, analysis, comparison):
    """Share of the time in which the labels agree."""
    reference = [c for c in truth["chords"] if c["end_s"] - c["start_s"] > 1e-3]
    sides = []
    for spans, labels in (
        ([(c["start_s"], c["end_s"]) for c in reference], [c["label"] for c in reference]),
        ([(c.start_s, c.end_s) for c in analysis.chords], [c.label for c in analysis.chords]),
    ):
        sides += mir_eval.util.adjust_intervals(
            np.array(spans), labels, 0, analysis.duration_s, "N", "N"
        )
    spans, ours, theirs = mir_eval.util.merge_labeled_intervals(*sides)
    weights = mir_eval.util.intervals_to_durations(spans)
    return mir_eval.chord.weighted_accuracy(comparison(ours, theirs), weights)


def f_measure(reference, estimate):
    trim = mir_eval.beat.trim_beats
    return mir_eval.beat.f_measure(trim(np.array(reference)), trim(np.array(estimate)))


def test_tempo_is_within_four_percent_on_all_twelve(pop):
    wrong = [
        (name, truth["tempo_bpm"], analysis.tempo.bpm)
        for name, truth, analysis in pop
        if abs(analysis.tempo.bpm / truth["tempo_bpm"] - 1) > 0.04
    ]
    assert wrong == []


def test_the_chosen_tempo_is_the_first_candidate_and_its_octave_is_offered(pop):
    for name, _, analysis in pop:
        first, *others = analysis.tempo.candidates
        assert abs(first.bpm / analysis.tempo.bpm - 1) < 0.02, name
        octaves = [abs(np.log2(c.bpm / first.bpm)) for c in others]
        assert any(abs(o - 1) < 0.06 for o in octaves), name
        assert sum(c.strength for c in analysis.tempo.candidates) <= 1 + 1e-9


def test_beats_reach_f_95(pop):
    scores = {n: f_measure(t["beats_s"], a.beats.beats_s) for n, t, a in pop}
    assert np.mean(list(scores.values())) >= 0.95, scores


def test_beats_sit_within_15_ms_of_the_truth(pop):
    for name, truth, analysis in pop:
        ours = np.array(analysis.beats.beats_s)
        late = np.abs(ours[:, None] - np.array(truth["beats_s"])).min(1)
        assert np.median(late) < 0.015, name


def test_downbeats_reach_f_85(pop):
    scores = {n: f_measure(t["downbeats_s"], a.beats.downbeats_s) for n, t, a in pop}
    assert np.mean(list(scores.values())) >= 0.85, scores


def test_the_metre_is_right_on_all_twelve(pop):
    assert [a.beats.meter for _, _, a in pop] == [int(t["meter"][0]) for _, t, _ in pop]


def test_keys_reach_a_weighted_score_of_92(pop):
    scores = {
        name: mir_eval.key.weighted_score(truth["key"], f"{a.key.tonic} {a.key.mode}")
        for name, truth, a in pop
    }
    assert np.mean(list(scores.values())) >= 0.92, scores


def test_chords_reach_a_majmin_score_of_82(pop):
    scores = {n: chord_scores(t, a, mir_eval.chord.majmin) for n, t, a in pop}
    assert np.mean(list(scores.values())) >= 0.82, scores


def test_chord_roots_reach_86(pop):
    scores = {n: chord_scores(t, a, mir_eval.chord.root) for n, t, a in pop}
    assert np.mean(list(scores.values())) >= 0.86, scores


def test_chords_and_sections_cover_the_song_without_gaps(pop):
    for _, _, analysis in pop:
        for spans in (analysis.chords, analysis.sections):
            assert spans[0].start_s == 0
            assert spans[-1].end_s == pytest.approx(analysis.duration_s)
            edges = [(a.end_s, b.start_s) for a, b in pairwise(spans)]
            assert all(end == start for end, start in edges)


def test_the_bass_line_agrees_with_the_roots_of_the_chords(pop):
    """The bass of these songs was derived from the chords: roots and fifths on most beats."""
    shares = []
    for _, truth, analysis in pop:
        spans = truth["chords"]
        inside = total = 0.0
        for note in analysis.bass.notes:
            at = note.start_s + 0.02
            label = next((c["label"] for c in spans if c["start_s"] <= at < c["end_s"]), "N")
            if label == "N":
                continue
            root, bitmap, _ = mir_eval.chord.encode(label)
            total += note.end_s - note.start_s
            inside += (note.end_s - note.start_s) * bool(bitmap[(note.pitch - root) % 12])
        shares.append(inside / total)
    assert np.mean(shares) >= 0.8, shares
