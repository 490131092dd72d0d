"""One line of a report: is it faultless, what does it say, and if not, what exactly is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from rights.domain.dsr.layouts import RECORDS, TEXT, line_pattern, unescape

SHOWN = 40
"""Characters of a wrong value that are shown."""
WANTED: Mapping[str, str] = {
    "decimal": "a plain decimal number with at most ten decimal places",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date such as 2026-10-31, or a month, or a year",
    "moment": "a date and time such as 2026-10-31T12:00:00Z",
    "isrc": "an ISRC such as DEABC2600001",
    "icpn": "a product code of twelve to fourteen digits",
    "iswc": "an ISWC such as T0123456789",
    "dpid": "a DDEX party id such as PADPIDA2014999999Z",
    "party": "a value with its namespace, such as ISNI::0000000121032683",
    "currency": "a currency code such as EUR",
    TEXT: "a value",
}
_PARALLEL = (
    ("DeductionType", "DeductionsInCurrencyOfTransaction", "DeductionsInCurrencyOfAccounting"),
    (
        "UsageIndependentFeeType",
        "UsageIndependentFeeInCurrencyOfTransaction",
        "UsageIndependentFeeInCurrencyOfAccounting",
    ),
    ("CalculationType", "CalculationValue"),
)
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Fault:
    """What is wrong with line ``line`` (counted from 1; 0 is the file as a whole)."""

    line: int
    code: str
    words: str
    text: str = ""


def is_comment(line: str) -> bool:
    """Tell whether a line says nothing: it is empty or begins with ``#``."""
    return not line or line.startswith("#")


def is_faultless(line: str) -> bool:
    """Tell whether the line is a known record with the right cells."""
    mark = line.partition("\t")[0]
    return mark in RECORDS and line_pattern(mark).fullmatch(line) is not None


def line_cells(line: str) -> dict[str, str]:
    """Return the cells of a faultless line by name; those left away at the end are empty."""
    mark, *values = line.split("\t")
    cells = RECORDS[mark].cells
    padded = [*values, *[""] * (len(cells) - len(values))]
    return {cell.name: value for cell, value in zip(cells, padded, strict=True)}


def line_values(cell: str) -> list[str]:
    """Return the values of a repeated cell, without their escapes."""
    return [unescape(value) for value in _BAR.split(cell)] if cell else []


def line_faults(number: int, line: str) -> list[Fault]:
    """Return everything that is wrong with one line, in the order of its cells."""
    mark, *values = line.split("\t")
    record = RECORDS.get(mark)
    if record is None:
        words = f"{mark[:SHOWN]!r} is no record of the profiles that are read here"
        return [Fault(number, "record_unknown", words, line)]
    if not record.least - 1 <= len(values) <= len(record.cells):
        words = f"{mark} has {len(record.cells) + 1} cells; this line has {len(values) + 1}"
        return [Fault(number, "cells", words, line)]
    faults = []
    for cell, value in zip(record.cells, values, strict=False):
        if not _cell(cell.pattern).fullmatch(value):
            what = f"{value[:SHOWN]!r} is not" if value else "it is empty, not"
            words = f"{cell.name}: {what} {WANTED[cell.kind]}"
            faults.append(Fault(number, f"cell.{cell.kind}", words, line))
    return faults


def meaning_faults(number: int, line: str) -> list[Fault]:
    """Return where the cells of a faultless line contradict each other."""
    cells = line_cells(line)
    faults = []
    for names in _PARALLEL:
        lengths = {name: len(line_values(cells[name])) for name in names if name in cells}
        if len(lengths) > 1 and lengths[names[0]] and len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
            words = f"these lists belong together and differ in length: {listed}"
            faults.append(Fault(number, "lists", words, line))
    if "NetUsage" in cells:
        total, returns, net = (cells[name] for name in ("TotalUsages", "Returns", "NetUsage"))
        if Decimal(total) - Decimal(returns) != Decimal(net):
            words = (
                f"NetUsage is {net}, but {total} usages less {returns} returns is something else"
            )
            faults.append(Fault(number, "net_usage", words, line))
    return faults


@cache
def _cell(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
