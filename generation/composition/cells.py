"""The melody's shape before its notes: two-bar cells in periods a a' b a'', each written once.

Cells with one identity are the same music wherever they stand; that is what makes a verse a verse
and lets a hook come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generation.attribution.policy import Layer
from generation.composition.plan import Plan, Section
from generation.composition.slots import CELL_BARS, CELLS_TO_A_PERIOD, CONTRAST, unit_role
from generation.composition.stream import Stream
from generation.composition.units import STEPS, RhythmUnit, Role, Stroke

Kind = Literal["theme", "sequence", "contrast", "return"]
Closing = Literal["", "onward", "open", "closed", "final"]

KINDS: tuple[Kind, ...] = ("theme", "sequence", "contrast", "return")
ENDINGS = (24, 20, 22, 16)
"""Steps on which the last note of a phrase may begin, best first."""
BREATHS = (12, 8, 10, 14)
"""The same where the singer breathes for the rest of the phrase."""
BREATH_END = 20
BREATHING: dict[str, float] = {"verse": 0.85, "pre": 0.0, "chorus": 0.5, "bridge": 0.85}
"""How often a role's phrases end a bar early."""
LAST_STEP = 30
FINAL_STEP = 16
LEGATO_GAP = 2


@dataclass(frozen=True)
class Cell:
    """``bars`` are the first bars of all its places; ``theme`` is the identity it derives from."""

    identity: str
    role: Role
    kind: Kind
    closing: Closing
    letter: str
    theme: str
    tag: str
    breathes: bool
    bars: tuple[int, ...]

    @property
    def rhythm_slot(self) -> str:
        """Key of the slot that gives its rhythm."""
        return f"rhythm/{self.role}/{self.letter}{self.tag}"

    @property
    def contour_slot(self) -> str:
        """Key of the slot that gives its contour."""
        return f"contour/{self.role}{self.tag}"


def lay_cells(plan: Plan) -> tuple[Cell, ...]:
    """Return every distinct cell of the plan in order of its first bar."""
    found: dict[str, tuple[Role, Kind, Closing, str, str, str, list[int]]] = {}
    for section in plan.sections:
        if Layer.MOTIF not in section.layers:
            continue
        tag = section.tag(Layer.MOTIF)
        for offset in range(0, section.bars, CELL_BARS):
            role = unit_role(Layer.MOTIF, section.role)
            number = offset // CELL_BARS % CELLS_TO_A_PERIOD
            closing = _closing(section, offset, number)
            kind = _kind(section, number, closing)
            letter = "b" if number == CONTRAST else "a"
            varied = section.role == "verse" and section.nth > 0 and kind == "contrast"
            ends = "/end" if offset + CELL_BARS >= section.bars and not _goes_on(section) else ""
            identity = f"{section.role}/{number}{ends}{'/varied' if varied else ''}{tag}"
            theme = f"{role}/0{tag}"
            row = found.setdefault(identity, (role, kind, closing, letter, theme, tag, []))
            row[-1].append(section.bar + offset)
    return tuple(
        Cell(
            identity,
            role,
            kind,
            closing,
            letter,
            theme,
            tag,
            _breathes(plan, role, closing, identity),
            tuple(bars),
        )
        for identity, (role, kind, closing, letter, theme, tag, bars) in found.items()
    )


def _breathes(plan: Plan, role: Role, closing: Closing, identity: str) -> bool:
    if closing not in ("open", "closed"):
        return False
    return Stream(plan.seed, "breath").split(identity).chance(BREATHING.get(role, 0.0))


def _closing(section: Section, offset: int, number: int) -> Closing:
    is_end = offset + CELL_BARS >= section.bars
    if not is_end and number != CELLS_TO_A_PERIOD - 1:
        return ""
    if section.role == "outro":
        return "final" if is_end and not _goes_on(section) else ""
    if section.role == "pre":
        return "onward"
    return "closed" if section.role == "chorus" and is_end else "open"


def _goes_on(section: Section) -> bool:
    """Tell whether an edit put ``section`` before the outro: only the last one closes the song."""
    return section.role == "outro" and not section.is_last_of_role


def _kind(section: Section, number: int, closing: Closing) -> Kind:
    if section.role == "outro":
        return "return" if closing else "sequence"
    if closing in ("open", "closed") and number:
        return "return"
    return KINDS[number]


def cell_strokes(
    unit: RhythmUnit, closing: Closing, *, breathes: bool = False
) -> tuple[tuple[Stroke, bool], ...]:
    """Return the strokes of a cell and whether each was changed to close the phrase.

    A singer who ``breathes`` closes in the first of the two bars and rests in the second.
    """
    strokes = _legato(unit.strokes)
    if closing in ("", "onward"):
        return tuple((stroke, False) for stroke in strokes)
    if closing == "final":
        kept = [(_cut(s, FINAL_STEP), False) for s in strokes if s.step < FINAL_STEP]
        return (*kept, (Stroke(FINAL_STEP, STEPS - 1), True))
    own = {stroke.step for stroke in strokes}
    endings, until = (BREATHS, BREATH_END) if breathes else (ENDINGS, LAST_STEP)
    end = next((step for step in endings if step in own), endings[0])
    kept = [(_cut(stroke, end), False) for stroke in strokes if stroke.step < end]
    return (*kept, (Stroke(end, until - end), True))


def _cut(stroke: Stroke, end: int) -> Stroke:
    return Stroke(stroke.step, min(stroke.length, end - stroke.step))


def _legato(strokes: tuple[Stroke, ...]) -> list[Stroke]:
    """Let a note reach the next one when only a breath lies between."""
    ends = [stroke.step for stroke in strokes[1:]] + [CELL_BARS * STEPS]
    return [
        Stroke(s.step, end - s.step if 0 < end - s.step - s.length <= LEGATO_GAP else s.length)
        for s, end in zip(strokes, ends, strict=True)
    ]
