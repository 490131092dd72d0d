"""Form and drums against exact truth, with mir_eval: songs that we make, for no other truth exists.

Upper bounds for real music: the material of each letter differs clearly, drums are loud and dry.
"""

from __future__ import annotations

from itertools import pairwise

import mir_eval
import numpy as np
import pytest

from library.analysis.pipeline import analyse_pcm
from tests.audio import signals

pytestmark = pytest.mark.slow

RATE_HZ = 22_050
LOOPS = {
    "A": (["A:min", "F:maj", "C:maj", "G:maj"], 3),
    "B": (["D:min", "A#:maj", "F:maj", "E:maj"], 12),
    "C": (["F:maj", "F:maj", "E:min", "D:min"], 6),
}
FORMS = [("ABABCB", 96), ("ABCABC", 112), ("AABA", 124), ("ABACABA", 104), ("AABBAB", 132)]
BARS = 8
GROOVES = {
    "rock": {"kick": (0, 8), "snare": (4, 12), "hat": tuple(range(0, 16, 2))},
    "house": {"kick": (0, 4, 8, 12), "snare": (4, 12), "hat": (2, 6, 10, 14)},
    "funk": {"kick": (0, 3, 10), "snare": (4, 12), "hat": tuple(range(16))},
    "break": {"kick": (0, 2, 10), "snare": (4, 12), "hat": tuple(range(0, 16, 2))},
    "half time": {"kick": (0, 6), "snare": (8,), "hat": tuple(range(0, 16, 2))},
    "train": {"kick": (0, 8), "snare": (2, 4, 6, 10, 12, 14), "hat": (0, 4, 8, 12)},
}


@pytest.fixture(scope="module")
def formed_songs():
    """[(intervals, letters, analysis)] of songs in several forms."""
    made = []
    for form, bpm in FORMS:
        labels, bright = [], []
        for letter in form:
            loop, partials = LOOPS[letter]
            labels += 2 * loop
            bright += [partials] * BARS
        samples, truth = signals.song(labels, RATE_HZ, bpm=bpm, bright=bright)
        edges = [float(truth["downbeats_s"][BARS * i]) for i in range(len(form))]
        edges = [0.0, *edges[1:], len(samples) / RATE_HZ]
        spans = np.array(list(pairwise(edges)))
        made.append((spans, list(form), analyse_pcm(samples, RATE_HZ)))
    return made


def joined(spans, letters):
    """Join neighbours of one letter: where nothing changes there is nothing to find."""
    out_spans, out_letters = [list(spans[0])], [letters[0]]
    for span, letter in zip(spans[1:], letters[1:], strict=True):
        if letter == out_letters[-1]:
            out_spans[-1][1] = span[1]
        else:
            out_spans.append(list(span))
            out_letters.append(letter)
    return np.array(out_spans), out_letters


def scores(made):
    """Boundary F at half a second and at three, and pairwise F of the letters, per song."""
    rows = []
    for spans, letters, analysis in made:
        ref, ref_letters = joined(spans, letters)
        ours = np.array([(s.start_s, s.end_s) for s in analysis.sections])
        est, est_letters = joined(ours, [s.label for s in analysis.sections])
        near, far = (
            mir_eval.segment.detection(ref, est, window=window, trim=True)[2] for window in (0.5, 3)
        )
        letters_f = mir_eval.segment.pairwise(ref, ref_letters, est, est_letters)[2]
        rows.append((near, far, letters_f))
    return np.array(rows)


def test_changes_of_material_are_boundaries(formed_songs):
    near, far, _pairwise = scores(formed_songs).mean(0)
    # Two of five forms miss changes: B ends on the chord roots that C begins with.
    assert near >= 0.8, near
    assert far >= 0.8, far


def test_letters_agree_with_the_form(formed_songs):
    pairwise = scores(formed_songs)[:, 2]
    assert pairwise.mean() >= 0.9, pairwise


@pytest.fixture(scope="module")
def drummed():
    """{groove: {piece: (truth, found)}} in steps of the bar."""
    found = {}
    for number, (name, groove) in enumerate(GROOVES.items()):
        labels = LOOPS["A"][0] * 4
        samples, _truth = signals.song(labels, RATE_HZ, bpm=92 + 6 * number, pattern=groove)
        analysis = analyse_pcm(samples, RATE_HZ)
        hits = analysis.drums[0].hits if analysis.drums else ()
        steps = analysis.drums[0].steps if analysis.drums else 16
        found[name] = {
            piece: (set(own), {h.step * 16 // steps for h in hits if h.piece == piece})
            for piece, own in groove.items()
        }
    return found


def f_of(pairs):
    right = sum(len(truth & ours) for truth, ours in pairs)
    total = sum(len(truth) + len(ours) for truth, ours in pairs)
    return 2 * right / total


@pytest.mark.parametrize(("piece", "least"), [("kick", 0.55), ("snare", 0.75), ("hat", 0.85)])
def test_hits_are_found_on_their_steps(drummed, piece, least):
    assert f_of([groove[piece] for groove in drummed.values()]) >= least, {
        name: groove[piece] for name, groove in drummed.items()
    }
