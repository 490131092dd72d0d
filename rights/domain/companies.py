"""Names of companies: their legal form, their parts, and what two spellings have in common. Pure.

``rights.domain.names`` says when two names are one party, and is strict, for money follows it.
Here two names only have to point the same way: good enough for a hint, never for a payment.
"""

from __future__ import annotations

import re

from rights.domain.names import name_normalised

# Legal forms as they stand at the end of a name, without full stops and case.
LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "bvba",
        "co",
        "company",
        "corp",
        "corporation",
        "cv",
        "dba",
        "doo",
        "ehf",
        "eood",
        "eurl",
        "eireli",
        "gbr",
        "gmbh",
        "gmbhcokg",
        "inc",
        "incorporated",
        "jsc",
        "kft",
        "kg",
        "kk",
        "kks",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "ltda",
        "me",
        "mbh",
        "nv",
        "ohg",
        "ooo",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "publ",
        "pvt",
        "sa",
        "sab",
        "sapi",
        "sac",
        "sarl",
        "sas",
        "sasu",
        "sc",
        "sca",
        "scop",
        "sde",
        "sdecv",
        "sl",
        "slne",
        "slu",
        "snc",
        "sp",
        "spa",
        "spol",
        "spzoo",
        "srl",
        "srls",
        "sro",
        "ss",
        "ug",
        "ultd",
        "vof",
        "zoo",
        "ohgmbh",
    ]
)
# What most names of the trade end in, and says nothing about whose it is.
TRADE_WORDS = frozenset(
    [
        "disc",
        "discos",
        "discs",
        "disques",
        "edition",
        "editions",
        "entertainment",
        "group",
        "label",
        "labels",
        "media",
        "music",
        "musica",
        "musik",
        "musique",
        "productions",
        "production",
        "publishing",
        "record",
        "recording",
        "recordings",
        "records",
        "rec",
        "studios",
        "tontrager",
    ]
)
COUNTRIES = frozenset(
    ["uk", "us", "usa", "deutschland", "france", "germany", "international", "japan", "worldwide"]
)
ARTICLES = frozenset({"the", "les", "die", "la", "le", "el", "los"})
DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?=\s|$)")


def is_legal_form(text: str) -> bool:
    """Say whether ``text`` is nothing but a legal form: "LLC", "Co., Ltd.", "GmbH & Co. KG"."""
    words = _words(text)
    return bool(words) and all(word in LEGAL_FORMS or word == "and" for word in words)


def ends_in_legal_form(name: str) -> bool:
    """Say whether the last word of ``name`` is a legal form."""
    words = _words(name)
    return len(words) > 1 and words[-1] in LEGAL_FORMS


def company_core(name: str) -> str:
    """Return what is left of a name without legal form, country and words of the trade.

    "Saltline Records Ltd", "Saltline Recordings (UK)" and "SALTLINE" have the same core. Of a name
    that is nothing else, such as "The Music Company", all words stay.
    """
    words = _words(name)
    kept = list(words)
    for droppable in (LEGAL_FORMS | {"and"}, COUNTRIES, LEGAL_FORMS | {"and"}, TRADE_WORDS):
        while len(kept) > 1 and kept[-1] in droppable:
            kept.pop()
    if len(kept) > 1 and kept[0] in ARTICLES:
        kept = kept[1:]
    if len(kept) == 1 and kept[0] in TRADE_WORDS | ARTICLES:
        kept = words
    return " ".join(kept)


def _words(name: str) -> list[str]:
    """Return the plain words; "L.L.C." and "S.A." are one word each."""
    return name_normalised(DOTTED.sub("", name)).split() if name.strip() else []
