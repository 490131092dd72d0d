"""Names of parties, so that two spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata

NOT_A_WORD = re.compile(r"[^\w]+")


def name_normalised(name: str) -> str:
    """Return ``name`` without case, accents, punctuation and extra spaces; "" for nothing at all.

    Deliberately narrow: "Rita Records Ltd" and "Rita Records" stay two parties until a person
    says that they are one, for money follows the name.
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    words = NOT_A_WORD.sub(" ", letters.replace("_", " ")).split()
    return " ".join(words) or name.strip().casefold()
