"""The steps of a statement in the order of the waterfall, and what a statement may be cut by."""

from __future__ import annotations

from enum import StrEnum

from rights.domain.settlement import Label


class Step(StrEnum):
    """A step of the waterfall: the labels of a settlement, and what was paid out in between."""

    OPENING = "opening"
    PAID = "paid"
    EARNED = "earned"
    OVER_CAP = "over_cap"
    FEE = "fee"
    RESERVE_TAKEN = "reserve_taken"
    RESERVE_RELEASED = "reserve_released"
    RECOUPED = "recouped"
    WITHHELD = "withheld"
    ADJUSTED = "adjusted"


STEP_OF = {label: Step(label.value) for label in Label if label is not Label.ADJUSTMENT} | {
    Label.ADJUSTMENT: Step.ADJUSTED
}
DEDUCTIONS = (
    Step.OVER_CAP,
    Step.FEE,
    Step.RESERVE_TAKEN,
    Step.RESERVE_RELEASED,
    Step.RECOUPED,
    Step.WITHHELD,
)


class Cut(StrEnum):
    """By what the lines of a statement are added up."""

    SONG = "song"
    RECORDING = "recording"
    SERVICE = "service"
    TERRITORY = "territory"
    PROJECT = "project"
    MONTH = "month"
    USE = "use"
    POOL = "pool"
