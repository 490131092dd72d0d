"""Who probably owns a recording: a ladder of hints, none of which is a claim. Pure.

There is no public register of who owns a sound recording. What can be had are hints, from the
weakest to the strongest:

1. the *display label* of Shazam and Apple, often an imprint;
2. the ℗ line of the album, which should name the owner of the recording, and its licensee;
3. the registrant of the ISRC, as learned from claims that were verified before: it assigned the
   code once, and may have sold the recording since;
4. what labels deliver about their own recordings.

Every hint keeps its source. When *independent* sources agree on a name, confidence rises: the
chances that each is wrong are multiplied. Shazam's and Apple's label are one source, for they come
out of the same feed. What a person says outranks every hint, and no hint ever replaces it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rights.domain.companies import company_core
from rights.domain.copyright_lines import phonogram_line
from rights.domain.names import name_normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Role = Literal["owner", "licensee", "imprint"]
PPM = 1_000_000
# A hint is never certain, however many there are.
MOST_PPM = 990_000

DISPLAY_LABEL_PPM = 400_000
P_LINE_OWNER_PPM = 600_000
P_LINE_SECOND_OWNER_PPM = 450_000
P_LINE_LICENSEE_PPM = 500_000
P_LINE_PARENT_PPM = 350_000
P_LINE_IMPRINT_PPM = 350_000
# "This compilation ℗" speaks of the selection, not of the song on it.
COMPILATION_PPM = 100_000
REGISTRANT_PPM = 550_000
DELIVERY_PPM = 900_000
# A prefix with fewer verified claims teaches nothing.
FEWEST_CLAIMS = 3

ROLE_ORDER: tuple[Role, ...] = ("owner", "licensee", "imprint")
# Sources that repeat one another count once.
WITNESSES = {"shazam": "display label", "apple_music": "display label"}


@dataclass(frozen=True, slots=True)
class NameHint:
    """One name that one source gives in one role. ``raw_ref`` says where it stands."""

    source: str
    role: Role
    name: str
    confidence_ppm: int
    raw_ref: str = ""

    @property
    def normalised(self) -> str:
        """Return the name by which parties are compared."""
        return name_normalised(self.name)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name with everything that speaks for it; the strongest hint gives its spelling and role."""

    name: str
    role: Role
    confidence_ppm: int
    hints: tuple[NameHint, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first proposed owner of a recording. Empty ``name``: the owner is unknown.

    ``said_by_person`` is true for a claim; then ``confidence_ppm`` is a million, and
    ``contradicted`` says whether the strongest hint names somebody else.
    """

    name: str = ""
    confidence_ppm: int = 0
    said_by_person: bool = False
    contradicted: bool = False
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Registrant:
    """To whom verified claims tie an ISRC's prefix: of ``claims`` in all, ``share_ppm`` are theirs."""

    prefix: str
    name: str
    claims: int
    share_ppm: int


def label_hints(name: str, *, source: str, raw_ref: str = "") -> list[NameHint]:
    """Return what a displayed label hints at (rung 1)."""
    shown = " ".join(name.split())
    if not any(char.isalpha() for char in shown):
        return []
    return [NameHint(source, "imprint", shown, DISPLAY_LABEL_PPM, raw_ref)]


def p_line_hints(text: str, *, source: str = "p_line", raw_ref: str = "") -> list[NameHint]:
    """Return what a ℗ line hints at (rung 2)."""
    line = phonogram_line(text)
    if line is None:
        return []
    owner_ppm = COMPILATION_PPM if line.is_compilation else P_LINE_OWNER_PPM
    second_ppm = min(owner_ppm, P_LINE_SECOND_OWNER_PPM)
    several = len(line.owners) > 1
    named: list[tuple[Role, str, int]] = [
        ("owner", name, second_ppm if several else owner_ppm) for name in line.owners
    ]
    named += [("licensee", name, P_LINE_LICENSEE_PPM) for name in line.licensees]
    named += [("owner", name, P_LINE_PARENT_PPM) for name in line.parents]
    named += [("imprint", name, P_LINE_IMPRINT_PPM) for name in line.imprints]
    return [NameHint(source, role, name, ppm, raw_ref) for role, name, ppm in named]


def registrant_hints(
    isrc: str, registrants: Mapping[str, Registrant], *, raw_ref: str = ""
) -> list[NameHint]:
    """Return what the prefix of an ISRC hints at (rung 3), weaker as its claims are divided."""
    known = registrants.get(isrc[:5])
    if known is None:
        return []
    ppm = REGISTRANT_PPM * known.share_ppm // PPM
    return [NameHint("registrant", "owner", known.name, ppm, raw_ref or f"isrc:{known.prefix}")]


def delivery_hints(owner: str, *, raw_ref: str = "") -> list[NameHint]:
    """Return what a label's own delivery hints at (rung 4)."""
    shown = " ".join(owner.split())
    return [NameHint("delivery", "owner", shown, DELIVERY_PPM, raw_ref)] if shown else []


def learn_registrants(claims: Iterable[tuple[str, str]]) -> dict[str, Registrant]:
    """Return whom each prefix belongs to, by verified claims (ISRC, owner's name).

    Kept are prefixes with three claims at least, of which one name has more than half.
    """
    by_prefix: dict[str, Counter[str]] = {}
    spelling: dict[str, str] = {}
    for isrc, name in claims:
        core = company_core(name)
        if core:
            by_prefix.setdefault(isrc[:5], Counter())[core] += 1
            spelling.setdefault(core, " ".join(name.split()))
    learned: dict[str, Registrant] = {}
    for prefix, names in by_prefix.items():
        total = names.total()
        core, most = min(names.items(), key=lambda pair: (-pair[1], pair[0]))
        if total >= FEWEST_CLAIMS and 2 * most > total:
            learned[prefix] = Registrant(prefix, spelling[core], total, most * PPM // total)
    return learned


def weigh(hints: Iterable[NameHint]) -> tuple[Candidate, ...]:
    """Return each name once, the most believed first; of equals owners before imprints.

    Names meet by :func:`company_core`. Of one witness only the strongest hint counts; different
    witnesses are independent, and their doubts are multiplied.
    """
    groups: dict[str, list[NameHint]] = {}
    for hint in hints:
        if core := company_core(hint.name):
            groups.setdefault(core, []).append(hint)
    candidates = [_candidate(found) for found in groups.values()]
    return tuple(
        sorted(
            candidates,
            key=lambda one: (-one.confidence_ppm, ROLE_ORDER.index(one.role), one.name),
        )
    )


def propose_owner(hints: Iterable[NameHint], *, claim: str = "") -> Proposal:
    """Return who is proposed as the owner: the claim of a person, else the likeliest hint.

    A licensee is not proposed: it holds the recording for a time. An imprint is, when nothing
    better is known.
    """
    candidates = weigh(hints)
    likely = next((one for one in candidates if one.role == "owner"), None) or next(
        (one for one in candidates if one.role == "imprint"), None
    )
    if claim.strip():
        other = likely is not None and company_core(likely.name) != company_core(claim)
        return Proposal(" ".join(claim.split()), PPM, True, other, candidates)
    if likely is None:
        return Proposal(candidates=candidates)
    return Proposal(likely.name, likely.confidence_ppm, candidates=candidates)


def combined_ppm(confidences: Iterable[int]) -> int:
    """Return the confidence of independent hints together: one minus the product of the doubts."""
    doubt = PPM
    for ppm in sorted(confidences):  # rounding must not depend on the order
        doubt = -(-doubt * (PPM - ppm) // PPM)  # doubts are rounded up
    return min(PPM - doubt, MOST_PPM)


def _candidate(hints: list[NameHint]) -> Candidate:
    strongest: dict[str, int] = {}
    for hint in hints:
        witness = WITNESSES.get(hint.source, hint.source)
        strongest[witness] = max(strongest.get(witness, 0), hint.confidence_ppm)
    # The role is the one that most is said for; the spelling that of its strongest hint.
    ordered = sorted(
        hints, key=lambda one: (-one.confidence_ppm, ROLE_ORDER.index(one.role), one.name)
    )
    best = ordered[0]
    return Candidate(best.name, best.role, combined_ppm(strongest.values()), tuple(ordered))
