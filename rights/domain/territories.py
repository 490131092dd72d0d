"""Where something holds: the world, some countries, or the world without some."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"[A-Z]{2}")
WORLD = "world"


@dataclass(frozen=True)
class Territories:
    """A set of countries by their ISO 3166-1 alpha-2 codes, or everything but that set.

    Stores report the odd code that no list has (``XK`` for Kosovo), so any two capitals will do.

    Raises
    ------
    ValueError
        If a code is no two capital letters, or the set holds nowhere.
    """

    codes: frozenset[str] = frozenset()
    is_all_but: bool = True

    def __post_init__(self) -> None:
        """Refuse what is nowhere, or no country."""
        for code in self.codes:
            country(code)
        if not self.codes and not self.is_all_but:
            msg = "name at least one country, or the world"
            raise ValueError(msg)

    def __contains__(self, code: object) -> bool:
        return (country(code) in self.codes) != self.is_all_but

    def __str__(self) -> str:
        listed = " ".join(sorted(self.codes))
        if not self.is_all_but:
            return listed
        return f"{WORLD} -{listed.replace(' ', ' -')}" if listed else WORLD

    @classmethod
    def parse(cls, text: str) -> Territories:
        """Read ``world``, ``GB IE`` or ``world -US -CA``, as ``str`` writes them.

        Raises
        ------
        ValueError
            If it is none of these.
        """
        words = text.split()
        if words[:1] == [WORLD]:
            taken = [word.removeprefix("-") for word in words[1:] if word.startswith("-")]
            if len(taken) != len(words) - 1:
                msg = f"{text!r}: after {WORLD!r} come countries with a minus"
                raise ValueError(msg)
            return cls(frozenset(taken), is_all_but=True)
        return cls(frozenset(words), is_all_but=False)

    def overlaps(self, other: Territories) -> bool:
        """Say whether some country lies in both. Two sets of "all but" always share one."""
        if self.is_all_but and other.is_all_but:
            return True
        if self.is_all_but:
            return not other.codes <= self.codes
        if other.is_all_but:
            return not self.codes <= other.codes
        return bool(self.codes & other.codes)


WORLDWIDE = Territories()


def country(code: object) -> str:
    """Return ``code`` if it is written like a country's.

    Raises
    ------
    ValueError
        If it is not two capital letters.
    """
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        msg = f"{code!r} is not the code of a country (two capital letters)"
        raise ValueError(msg)
    return code
