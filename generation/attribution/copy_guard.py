"""No melody of ours repeats more than a few notes of any source, whatever the key.

A suffix automaton (Blumer et al. 1985) holds every substring of every source's melody as tokens of
(interval to the next note in semitones, time to it in sixteenths), so transposition changes nothing.
A match is followed in amortised constant time; a note that would make it longer than the cap is
forbidden to every expert alike, which leaves shares right. After the MaxOrder constraint of
Papadopoulos, Roy and Pachet (AAAI 2014). The cap counts tokens: n tokens are n + 1 notes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Token = tuple[int, int]
"""Interval in semitones, inter-onset interval in sixteenths."""

CAP_TOKENS = 6
"""Seven notes: the 99th percentile of what unrelated melodies share by chance."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where the newest notes stand in the sources: keep one to come back to it."""

    state: int = 0
    tokens: int = 0


NO_MATCH = Match()


class SuffixAutomaton:
    """All substrings of everything that was given to :meth:`extend`."""

    def __init__(self) -> None:
        self._next: list[dict[Hashable, int]] = [{}]
        self._length = [0]
        self._link = [-1]
        self._last = 0

    def extend(self, token: Hashable) -> None:
        """Append one token, in amortised constant time."""
        own = self._state({}, self._length[self._last] + 1, 0)
        at = self._last
        while at != -1 and token not in self._next[at]:
            self._next[at][token] = own
            at = self._link[at]
        if at != -1:
            target = self._next[at][token]
            if self._length[at] + 1 == self._length[target]:
                self._link[own] = target
            else:
                self._link[own] = self._split(at, token, target)
        self._last = own

    def _split(self, at: int, token: Hashable, target: int) -> int:
        clone = self._state(dict(self._next[target]), self._length[at] + 1, self._link[target])
        while at != -1 and self._next[at].get(token) == target:
            self._next[at][token] = clone
            at = self._link[at]
        self._link[target] = clone
        return clone

    def _state(self, following: dict[Hashable, int], length: int, link: int) -> int:
        self._next.append(following)
        self._length.append(length)
        self._link.append(link)
        return len(self._next) - 1

    def step(self, match: Match, token: Hashable) -> Match:
        """Return the longest suffix of (matched tokens, ``token``) that some source holds."""
        state, tokens = match.state, match.tokens
        while state and token not in self._next[state]:
            state = self._link[state]
            tokens = self._length[state]
        if token not in self._next[state]:
            return NO_MATCH
        return Match(self._next[state][token], tokens + 1)


class CopyGuard:
    """The melodies of all sources, and how far a line may follow one of them."""

    def __init__(self, melodies: Iterable[Sequence[Token]], cap: int = CAP_TOKENS) -> None:
        self.cap = cap
        self._automaton = SuffixAutomaton()
        for number, melody in enumerate(melodies):
            for token in melody:
                self._automaton.extend(token)
            # One of a kind, so that no match runs from a melody into the next.
            self._automaton.extend(("end of melody", number))

    def step(self, match: Match, token: Token) -> Match:
        """Follow ``token``; the result may be kept and continued from later, any number of times."""
        return self._automaton.step(match, token)

    def allows(self, match: Match, token: Token) -> bool:
        """Tell whether ``token`` keeps the match within the cap."""
        return match.tokens < self.cap or self.step(match, token).tokens <= self.cap

    def longest(self, tokens: Iterable[Token]) -> int:
        """Return the longest run of ``tokens`` that some melody holds, in tokens."""
        match, longest = NO_MATCH, 0
        for token in tokens:
            match = self.step(match, token)
            longest = max(longest, match.tokens)
        return longest


def melody_tokens(notes: Sequence[tuple[int, int]]) -> tuple[Token, ...]:
    """Return the tokens of a line of (onset in sixteenths, MIDI pitch), sorted by onset."""
    return tuple((later[1] - first[1], later[0] - first[0]) for first, later in pairwise(notes))
