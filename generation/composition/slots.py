"""Slots: everything in the plan that one unit of one source will fill, and how much of the song it is.

The masses follow the attribution policy, so that what is assigned to slots is what the finished bars
will owe: a bass note is half its figure and half the chord it stands on, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generation.attribution.policy import GROUP_OF, Group, Layer, Policy
from generation.attribution.shares import BASE
from generation.composition.plan import Phrase, Plan, Section
from generation.composition.units import Role

GLUE = "glue"
"""Key of what the mixture of experts divides, beside the keys of slots."""
ALWAYS = frozenset({Layer.HARMONY, Layer.FORM, Layer.SOUND})
CELL_BARS = 2
CELLS_TO_A_PERIOD = 4
CONTRAST = 2
"""The third cell of a period a a' b a'' is the contrasting one."""
FILL_PART = 0.45
"""About how much of a bar's drums a fill is."""
TAIL_PART = 0.5
"""Of a closing cell: the part that no longer follows its contour."""
WEIGHT_OF: dict[Layer, float] = {Layer.PAD: 0.5, Layer.COMP: 0.35, Layer.ARP: 0.15}
"""How the accompaniment's mass usually divides among its layers when all play."""
KEPT = {"harmony": 0.86, "rhythm": 0.87, "contour": 0.7, "drums": 0.96}
"""Of some slots: the part that usually stays theirs when cadences, closing notes and moved notes,
which are the base's, are taken off. Means over finished songs; casting corrects what is left."""
TAKES_FROM: dict[tuple[Layer, Role], Role] = {
    (Layer.PAD, "outro"): "intro",
    (Layer.PAD, "pre"): "chorus",
    (Layer.COMP, "outro"): "verse",
    (Layer.BASS, "outro"): "verse",
    (Layer.GROOVE, "pre"): "verse",
    (Layer.MOTIF, "outro"): "chorus",
}
"""Sections that play another role's unit again."""


@dataclass(frozen=True)
class Slot:
    """``mass`` is its part of the whole song; ``role`` says what its unit should suit."""

    key: str
    layer: Layer
    role: Role
    mass: float


@dataclass(frozen=True)
class SlotTable:
    """All slots, and what no slot fills.

    ``glue_mass`` is the part of the song that the melody's mixture divides; ``base_mass`` is the
    base's whatever is cast: cadences, closing notes, added cymbals.
    """

    slots: tuple[Slot, ...]
    glue_mass: float
    base_mass: float = 0.0

    def measured(self, parts: Mapping[str, float]) -> SlotTable:
        """Return the table with the masses that a finished score really has."""
        slots = tuple(replace(slot, mass=parts.get(slot.key, 0.0)) for slot in self.slots)
        return SlotTable(slots, parts.get(GLUE, 0.0), parts.get(BASE, 0.0))


def unit_role(layer: Layer, role: Role) -> Role:
    """Return the role whose unit of ``layer`` a section of ``role`` plays."""
    return TAKES_FROM.get((layer, role), role)


def slot_key(layer: Layer, section: Section) -> str:
    """Return the key of the slot that ``section`` plays in ``layer``: its role's, unless tagged."""
    # The groove belongs to the drums: they change together.
    tag = section.tag(Layer.DRUMS if layer is Layer.GROOVE else layer)
    return f"{layer}/{unit_role(layer, section.role)}{tag}"


def own_key(kind: str, section: Section) -> str:
    """Return the key of a ``form``, ``sound`` or ``fill`` slot: every section has its own."""
    layer = Layer.DRUMS if kind == "fill" else Layer(kind)
    return f"{kind}/{section.key}{section.tag(layer)}"


def harmony_key(section: Section, phrase: Phrase) -> str:
    """Return the key of the loop under ``phrase``."""
    return f"harmony/{phrase.loop}{section.tag(Layer.HARMONY)}"


def is_fill_bar(section: Section, bar: int) -> bool:
    """Tell whether the drums turn round in ``bar``: at the end of eight bars and of the section."""
    at = bar - section.bar + 1
    return Layer.DRUMS in section.layers and (at == section.bars or at % 8 == 0)


def cell_letter(section: Section, bar: int) -> str:
    """Return "a" or "b": which idea of its section the melody of ``bar`` belongs to."""
    cell = (bar - section.bar) // CELL_BARS % CELLS_TO_A_PERIOD
    return "b" if cell == CONTRAST else "a"


def is_closing(section: Section, bar: int) -> bool:
    """Tell whether ``bar`` lies in the second bar of a cell that ends a period."""
    at = bar - section.bar
    return at % 8 == 7 or at == section.bars - 1


def slot_table(plan: Plan, policy: Policy) -> SlotTable:
    """Return every slot of ``plan`` with its mass under ``policy``."""
    masses: dict[tuple[str, Layer, Role], float] = {}
    glue = base = 0.0
    for section in plan.sections:
        for bar in range(section.bar, section.bar + section.bars):
            for key, layer, role, part in _parts(plan, section, bar, policy):
                if key:
                    slot = (key, layer, role)
                    kept = KEPT.get(key.split("/", maxsplit=1)[0], 1.0)
                    masses[slot] = masses.get(slot, 0.0) + kept * part / plan.bars
                    base += (1 - kept) * part / plan.bars
                else:
                    glue += part / plan.bars
    slots = tuple(Slot(*slot, mass=masses[slot]) for slot in sorted(masses))
    return SlotTable(slots, glue, base)


def _parts(
    plan: Plan, section: Section, bar: int, policy: Policy
) -> Iterator[tuple[str, Layer, Role, float]]:
    """Yield what a bar is made of; an empty key is glue."""
    layers = section.layers | ALWAYS
    # In one order: a set of names has another in every process, and the last bit of a sum with it.
    groups = sorted({GROUP_OF[layer] for layer in layers})
    whole = sum(policy.group_weights[group] for group in groups)
    weight = {group: policy.group_weights[group] / whole for group in groups}
    role = section.role
    phrase = next(p for p in section.phrases if p.bar <= bar < p.bar + p.bars)
    chordal = weight[Group.HARMONY]
    yield own_key("form", section), Layer.FORM, role, weight[Group.FORM]
    yield own_key("sound", section), Layer.SOUND, role, weight[Group.SOUND]
    playing = [layer for layer in (Layer.PAD, Layer.COMP, Layer.ARP) if layer in layers]
    for layer in playing:
        part = WEIGHT_OF[layer] / sum(WEIGHT_OF[one] for one in playing)
        half = part * weight[Group.ACCOMPANIMENT] / 2
        chordal += half
        yield slot_key(layer, section), layer, unit_role(layer, role), half
    if Layer.BASS in layers:
        chordal += weight[Group.BASS] / 2
        yield (
            slot_key(Layer.BASS, section),
            Layer.BASS,
            unit_role(Layer.BASS, role),
            (weight[Group.BASS] / 2),
        )
    yield harmony_key(section, phrase), Layer.HARMONY, _loop_role(phrase.loop), chordal
    if Layer.DRUMS in layers:
        yield from _drum_parts(section, bar, weight[Group.DRUMS], policy)
    if Layer.MOTIF in layers:
        yield from _melody_parts(section, bar, weight[Group.MELODY], policy)


def _loop_role(loop: str) -> Role:
    roles: tuple[Role, ...] = ("intro", "verse", "pre", "chorus", "bridge")
    return next(role for role in roles if loop.startswith(role))


def _drum_parts(
    section: Section, bar: int, weight: float, policy: Policy
) -> Iterator[tuple[str, Layer, Role, float]]:
    fill = FILL_PART if is_fill_bar(section, bar) else 0.0
    role, groove = section.role, unit_role(Layer.GROOVE, section.role)
    pattern = weight * (1 - policy.groove_part)
    if fill:
        yield own_key("fill", section), Layer.DRUMS, role, pattern * fill
    yield slot_key(Layer.DRUMS, section), Layer.DRUMS, role, pattern * (1 - fill)
    yield slot_key(Layer.GROOVE, section), Layer.GROOVE, groove, weight * policy.groove_part


def _melody_parts(
    section: Section, bar: int, weight: float, policy: Policy
) -> Iterator[tuple[str, Layer, Role, float]]:
    role = unit_role(Layer.MOTIF, section.role)
    letter, tag = cell_letter(section, bar), section.tag(Layer.MOTIF)
    yield f"rhythm/{role}/{letter}{tag}", Layer.MOTIF, role, weight * policy.rhythm_part
    follows = policy.contour_part if letter == "a" else 0.0
    if is_closing(section, bar):
        follows *= 1 - TAIL_PART
    if follows:
        yield f"contour/{role}{tag}", Layer.MOTIF, role, weight * follows
    yield "", Layer.MOTIF, role, weight * (1 - policy.rhythm_part - follows)
