"""Form: where the material changes, which stretches are the same, which of them is the chorus.

Bars are compared with each other (chroma and timbre); a checkerboard kernel slides along the
diagonal (Foote, 2000); boundaries snap to a grid of four bars; stretches whose diagonals match are
given one letter (after Goto's repeated sections, 2003).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import TREBLE, fold_chroma, unit_rows
from library.analysis.loudness import lufs_between
from library.analysis.spectra import FRAMES_PER_SECOND, HARMONIC_PER_SECOND, Spectra
from library.analysis.types import Loudness, Role, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

Doubles = npt.NDArray[np.float64]

KERNEL_BARS = 8
GRID_BARS = 4
SHORTEST_BARS = 4
SAME, SAME_ABOVE_MEDIAN = 0.68, 0.06
"""Mean bar-to-bar similarity from which two stretches count as the same material: at least the
first, and at least this much above what any two bars of the song share."""
NOVEL = 0.5
"""Boundaries are novelty peaks this many standard deviations above the mean."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def find_sections(spectra: Spectra, downbeats: Doubles, loudness: Loudness) -> tuple[Section, ...]:
    """Sections from 0 to the end; one section "A" when there are fewer than eight bars."""
    end_s = spectra.duration_s
    if len(downbeats) < 2 * SHORTEST_BARS:
        level = lufs_between(loudness, 0.0, end_s)
        return (Section(0.0, end_s, "A", "whole", level, 0.0),)
    similarity = bar_similarity(spectra, downbeats)
    edges = _boundaries(similarity)
    labels, fits = _letters(similarity, edges)
    times = [0.0, *(float(downbeats[e]) for e in edges[1:-1]), end_s]
    levels = [lufs_between(loudness, a, b) for a, b in pairwise(times)]
    roles = assign_roles(labels, np.diff(edges), levels)
    return tuple(
        Section(times[i], times[i + 1], labels[i], roles[i], levels[i], fits[i])
        for i in range(len(labels))
    )


def bar_similarity(spectra: Spectra, downbeats: Doubles) -> Doubles:
    """Cosine similarity of every two bars: chroma in quarters of a bar, and timbre."""
    edges = np.append(downbeats, downbeats[-1] + np.median(np.diff(downbeats)))
    quarters = np.interp(np.arange(4 * (len(edges) - 1) + 1) / 4, np.arange(len(edges)), edges)
    chroma = _means(fold_chroma(spectra.log_freq, TREBLE, 100.0), quarters * HARMONIC_PER_SECOND)
    timbre = _means(spectra.log_mel[:, ::4], edges * FRAMES_PER_SECOND)
    tones = unit_rows(unit_rows(chroma).reshape(len(timbre), -1))
    colour = unit_rows(timbre - timbre.mean(0))
    return np.asarray(0.6 * tones @ tones.T + 0.4 * (colour @ colour.T + 1) / 2)


def _means(rows: npt.NDArray[np.floating], edges: Doubles) -> Doubles:
    at = np.clip(np.round(edges).astype(int), 0, len(rows))
    total = np.concatenate(
        [np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)]
    )
    return np.asarray((total[at[1:]] - total[at[:-1]]) / np.maximum(np.diff(at), 1)[:, None])


def _boundaries(similarity: Doubles) -> npt.NDArray[np.int64]:
    """Bar numbers where sections start, with 0 and the number of bars."""
    bars = len(similarity)
    novelty = _checkerboard(similarity)
    inner = np.arange(1, bars)
    floor = novelty.mean() + NOVEL * novelty.std()
    peaks = [
        int(i)
        for i in inner
        if novelty[i] >= floor and novelty[i] == novelty[max(0, i - 3) : i + 4].max()
    ]
    # Sections start every four bars from some first bar: the phase that carries most novelty.
    phase = max(range(GRID_BARS), key=lambda p: float(novelty[p::GRID_BARS].sum()))
    edges = {0, bars}
    for peak in sorted(peaks, key=lambda i: -novelty[i]):
        snapped = _snap(peak, phase)
        if all(abs(snapped - e) >= SHORTEST_BARS for e in edges):
            edges.add(snapped)
    return np.array(sorted(edges), np.int64)


def _snap(bar: int, phase: int) -> int:
    """Move to the grid line at most one bar away, or stay."""
    for offset in (0, 1, -1):
        if (bar + offset - phase) % GRID_BARS == 0:
            return bar + offset
    return bar


def _checkerboard(similarity: Doubles) -> Doubles:
    """Foote's novelty per bar: likeness within both sides minus likeness across."""
    bars = len(similarity)
    taper = np.exp(-0.5 * ((np.arange(KERNEL_BARS) + 0.5) / (0.6 * KERNEL_BARS)) ** 2)
    out = np.zeros(bars)
    for i in range(1, bars):
        reach = min(KERNEL_BARS, i, bars - i)
        if reach < 2:
            continue
        before, after = taper[:reach][::-1], taper[:reach]
        past, future = slice(i - reach, i), slice(i, i + reach)
        within = before @ similarity[past, past] @ before / before.sum() ** 2
        within += after @ similarity[future, future] @ after / after.sum() ** 2
        across = before @ similarity[past, future] @ after / (before.sum() * after.sum())
        out[i] = max(0.0, within / 2 - across) * reach / KERNEL_BARS
    return out


def _letters(similarity: Doubles, edges: npt.NDArray[np.int64]) -> tuple[list[str], list[float]]:
    """Give a letter per stretch, in order of appearance, and how well it fits that letter.

    Average linkage: groups join while the mean likeness of their members stays high, so that one
    stretch that resembles two groups does not pull them together.
    """
    count = len(edges) - 1
    likeness = np.array(
        [[_likeness(similarity, edges, i, j) for j in range(count)] for i in range(count)]
    )
    apart = similarity[np.triu_indices(len(similarity), 1)]
    same = max(SAME, float(np.median(apart)) + SAME_ABOVE_MEDIAN)
    groups = [[i] for i in range(count)]
    while len(groups) > 1:
        pairs = [
            (float(likeness[np.ix_(a, b)].mean()), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups)
            if i < j
        ]
        best, first, second = max(pairs)
        if best < same:
            break
        groups[first] = sorted(groups[first] + groups.pop(second))
    groups.sort()
    member = {i: g for g, group in enumerate(groups) for i in group}
    fits = [_fit(likeness, groups, member[i], i, same) for i in range(count)]
    return [LETTERS[min(member[i], len(LETTERS) - 1)] for i in range(count)], fits


def _fit(likeness: Doubles, groups: list[list[int]], own: int, stretch: int, same: float) -> float:
    """How far a stretch is nearer to its own group than to the next one, 0 to 1."""
    inside = [float(likeness[stretch, i]) for i in groups[own] if i != stretch]
    outside = [float(likeness[stretch, group].mean()) for g, group in enumerate(groups) if g != own]
    near = float(np.mean(inside)) if inside else same
    return float(np.clip((near - max(outside, default=0.5 * same)) / (0.5 * same), 0, 1))


def _likeness(similarity: Doubles, edges: npt.NDArray[np.int64], a: int, b: int) -> float:
    """Best mean of a diagonal when the shorter stretch slides along the longer one."""
    block = similarity[edges[a] : edges[a + 1], edges[b] : edges[b + 1]]
    if block.shape[0] > block.shape[1]:
        block = block.T
    slack = block.shape[1] - block.shape[0]
    return max(float(np.diagonal(block, shift).mean()) for shift in range(slack + 1))


def assign_roles(
    labels: Sequence[str], bars: npt.NDArray[np.int64], levels: Sequence[float]
) -> list[Role]:
    """Chorus: the repeated letter that is loudest for the time it takes. The rest follows."""
    if len(labels) == 1:
        return ["whole"]
    count = {letter: labels.count(letter) for letter in labels}
    repeated = [letter for letter in count if count[letter] > 1] or list(count)
    finite = [level for level in levels if np.isfinite(level)]
    middle = float(np.mean(finite)) if finite else 0.0

    def weight(letter: str) -> float:
        own = [i for i, other in enumerate(labels) if other == letter]
        loud = np.mean([levels[i] - middle if np.isfinite(levels[i]) else -20.0 for i in own])
        return float(loud / 3 + 0.5 * len(own) + bars[own].sum() / bars.sum())

    chorus = max(repeated, key=weight)
    others = [letter for letter in count if letter != chorus]
    verse = max(
        others,
        key=lambda letter: (
            count[letter],
            sum(int(bars[i]) for i, other in enumerate(labels) if other == letter),
        ),
        default="",
    )
    roles: list[Role] = []
    for i, letter in enumerate(labels):
        if letter == chorus:
            roles.append("chorus")
        elif i == 0 and count[letter] == 1:
            roles.append("intro")
        elif i == len(labels) - 1 and count[letter] == 1:
            roles.append("outro")
        else:
            roles.append("verse" if letter == verse else "bridge")
    return roles
