"""How to read the reports of a source that come as a table: which column is what, and how it writes.

A mapping is data: it is saved for the source, recognised by the names of its columns, and the file
that was read by it says which it was. Nothing of a table is executed or guessed at while reading.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from config.lib.currencies import MINOR_PLACES

IDENTITY = ("isrc", "icpn", "label_id", "dsp_id", "title")
FIELDS = (
    *IDENTITY, "artist", "day", "territory", "service", "model", "use", "usages", "returns", "net",
    "currency",
)  # fmt: skip
"""What a line may say; at least one of ``IDENTITY``, the day, the revenue and the currency it must."""
NEEDED = ("day", "net", "currency")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ENCODINGS = ("auto", "utf-8", "cp1252", "utf-16")
THOUSANDS = ("", ",", ".", " ", "'")
DAYS = (
    "YYYY-MM",
    "YYYY-MM-DD",
    "YYYYMM",
    "YYYYMMDD",
    "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "MM/YYYY",
)
RETURNS = {
    "column": "in a column of their own",
    "negative": "as negative units, with negative revenue",
    "positive": "as negative units, with revenue that is printed positive",
}
MOST_SKIPPED = 200


class MappingError(ValueError):
    """The mapping cannot be used; the message says what is missing."""


@dataclass(frozen=True)
class ColumnMapping:
    """Where each field stands, by the name of its column, or which value it has in every line.

    ``header`` are the names of all columns, in order: a file is of this source if its are the same.
    ``header_row`` counts lines from 1; those before it are passed over, and the ``skip_last`` last
    lines, where sources print their totals.
    """

    header: tuple[str, ...]
    columns: Table[str, str]
    fixed: Table[str, str] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "auto"
    header_row: int = 1
    skip_last: int = 0
    decimal: str = "."
    thousands: str = ""
    days: str = "YYYY-MM-DD"
    returns: str = "negative"

    def __post_init__(self) -> None:
        """Refuse what cannot be read by it."""
        for problem in self._problems():
            raise MappingError(problem)

    def _problems(self) -> list[str]:
        known = set(FIELDS)
        said = {*self.columns, *self.fixed}
        checks: Sequence[tuple[bool, str]] = (
            (not said <= known, f"there is no field {', '.join(sorted(said - known))}"),
            (
                bool(set(self.columns) & set(self.fixed)),
                "a field has a column or one value, not both",
            ),
            (
                not set(self.columns.values()) <= set(self.header),
                "a column is named that the file does not have",
            ),
            (
                any(self.header.count(name) > 1 for name in self.columns.values()),
                "a column is chosen whose name the file has twice",
            ),
            (
                not said & set(IDENTITY),
                "nothing says which song it is: choose a column for the ISRC, the barcode, a number or the title",
            ),
            *((name not in said, f"nothing says the {WORDS[name]}") for name in NEEDED),
            (
                "currency" in self.fixed and self.fixed["currency"] not in MINOR_PLACES,
                f"{self.fixed.get('currency', '')!r} is no currency",
            ),
            (self.delimiter not in DELIMITERS, "the cells are divided by an unknown sign"),
            (self.encoding not in ENCODINGS, "the encoding is unknown"),
            (self.decimal not in (".", ","), "decimals begin with a point or a comma"),
            (
                self.thousands not in THOUSANDS or self.thousands == self.decimal,
                "thousands and decimals are divided by the same sign",
            ),
            (self.days not in DAYS, "the form of the days is unknown"),
            (self.returns not in RETURNS, "how returns are written is unknown"),
            (
                not 1 <= self.header_row <= MOST_SKIPPED or not 0 <= self.skip_last <= MOST_SKIPPED,
                f"at most {MOST_SKIPPED} lines are passed over at either end",
            ),
        )
        return [words for is_wrong, words in checks if is_wrong]

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as it is saved."""
        return {**asdict(self), "header": list(self.header)}

    @classmethod
    def of_json(cls, saved: Table[str, Any]) -> ColumnMapping:
        """Return a mapping as it was saved.

        Raises
        ------
        MappingError
            If it lacks something that is needed now.
        """
        try:
            return cls(**{**saved, "header": tuple(saved["header"])})
        except (KeyError, TypeError) as error:
            msg = f"the mapping is not whole: {error}"
            raise MappingError(msg) from error

    def fits(self, header: Sequence[str]) -> bool:
        """Tell whether a file with these columns is of this source."""
        return header_key(header) == header_key(self.header)


WORDS = {
    "isrc": "ISRC", "icpn": "barcode", "label_id": "our number", "dsp_id": "store's number",
    "title": "title", "artist": "artist", "day": "day or month of the use", "territory": "territory",
    "service": "service", "model": "commercial model", "use": "kind of use", "usages": "units",
    "returns": "returns", "net": "net revenue", "currency": "currency",
}  # fmt: skip


def header_key(header: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns as they are compared: without case and doubled blanks."""
    names = [" ".join(name.split()).casefold() for name in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)
