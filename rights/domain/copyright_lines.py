"""What a ℗ or © line says: years, owners, licensees, and whose imprint it is. Pure.

The line is free text that labels write by hand, for people (Rome Convention 1961, article 11; in
the words of DDEX: ``PLineText``). It proves nothing. What is found here is a hint with a role; what
is not understood is left out rather than guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from rights.domain.companies import ARTICLES, ends_in_legal_form, is_legal_form

LONGEST = 500
MOST_NAMES = 8
LAST_YEAR = 2100
FIRST_YEAR = 1877  # Edison's phonograph

SIGNS = (
    (re.compile(r"\(\s*[pP]\s*\)|\[[pP]\]|[Ⓟⓟ]"), "℗"),
    (re.compile(r"\(\s*[cC]\s*\)|\[[cC]\]|[Ⓒⓒ]"), "©"),
    (re.compile(r"\bphonographic\s+copyright\b", re.IGNORECASE), "℗"),
    (re.compile(r"\bcopyright\b(?!\s+(?:holder|owner|control))", re.IGNORECASE), "©"),
    (re.compile(r"(?<![\w.&])[pP]\s*(?:&|\+|/|and)\s*[cC](?=[\s:]*\d{4}\b)"), "℗©"),
    (re.compile(r"(?<![\w.&])[pP](?=[\s:]*(?:18|19|20)\d{2}\b)"), "℗"),
    (re.compile(r"(?<![\w.&])[cC](?=[\s:]*(?:18|19|20)\d{2}\b)"), "©"),
)
SIGN_GROUP = re.compile(r"[℗©](?:\s*(?:&|\+|/|,|and|und|et)?\s*[℗©])*")
YEARS = re.compile(
    r"(?<![\w-])((?:18|19|20)\d{2}(?:\s*(?:-|\u2013|\u2014|/|,|&|and)\s*(?:(?:18|19|20)\d{2}|\d{2}))*)(?![\w-])"
)
YEAR = re.compile(r"\d{4}|\d{2}")
RELEASE = re.compile(
    r"^(?:an?|the|une?|ein[e]?)?\s*(?P<names>.+?)\s+(?:release|production|record|recording)\s*[;:.,-]*\s*$",
    re.IGNORECASE,
)
REMASTERED = re.compile(
    r"\b(?:(?:digitally\s+)?remaster(?:ed)?|digital\s+remaster)\b", re.IGNORECASE
)
COMPILATION = re.compile(r"\b(?:this|the|diese|cette)?\s*compilation\b", re.IGNORECASE)

# Clauses behind the owner's name: what the name after the words is.
CLAUSES = tuple(
    (role, re.compile(words, re.IGNORECASE))
    for role, words in (
        (
            "licensor",
            (
                r"[,;]?\s*\(?\b(?:(?:under|by)\s+(?:an?\s+)?(?:exclusive\s+)?(?:worldwide\s+)?licen[cs]e\s+from"
                r"|(?:exclusively\s+)?licen[cs]ed\s+(?:exclusively\s+)?(?:from|by)"
                r"|sous\s+licence(?:\s+exclusive)?\s+(?:de|d['\u2019])|unter\s+(?:exklusiver\s+)?lizenz\s+von"
                r"|bajo\s+licencia(?:\s+exclusiva)?\s+de|su\s+licenza(?:\s+esclusiva)?\s+di)\s+"
            ),
        ),
        (
            "licensee",
            (
                r"[,;]?\s*\(?\b(?:(?:under|with)\s+(?:an?\s+)?(?:exclusive\s+)?(?:worldwide\s+|global\s+)?licen[cs]e\s+(?:to|with)"
                r"|(?:exclusively\s+)?licen[cs]ed\s+(?:exclusively\s+)?to"
                r"|(?:under\s+)?exclusive\s+licen[cs]e(?:\s+to)?"
                r"|sous\s+licence(?:\s+exclusive)?(?:\s+(?:à|chez|accordée\s+à))?"
                r"|unter\s+(?:exklusiver\s+)?lizenz\s+(?:an|bei)|exklusiv\s+lizenziert\s+an"
                r"|bajo\s+licencia(?:\s+exclusiva)?\s+(?:a|para)|su\s+licenza(?:\s+esclusiva)?\s+a"
                r"|sob\s+licença(?:\s+exclusiva)?\s+(?:da|de|para|a|à))\s+"
            ),
        ),
        (
            "parent",
            (
                r"[,;]?\s*\(?\b(?:(?:an?\s+)?(?:division|unit|label|subsidiary|imprint|member|company|brand|part)\s+of"
                r"|part\s+of|une?\s+(?:division|label|marque)\s+(?:de|du)"
                r"|ein(?:e)?\s+(?:division|label|unternehmen)\s+(?:der|von)"
                r"|una?\s+divisi[óo]n(?:e)?\s+(?:de|di)|uma\s+divisão\s+(?:da|de))\s+"
            ),
        ),
        (
            "carrier",
            (
                r"[,;.]?\s*\(?\b(?:(?:manufactured|marketed|distributed|released|issued|administered|exploited|promoted|produced)"
                r"(?:\s*(?:,|&|and)\s*(?:manufactured|marketed|distributed|promoted|released))*\s+by"
                r"|distribué(?:e)?\s+par|vertrieb(?:en)?(?:\s+durch)?|c/o|by\s+arrangement\s+with"
                r"|in\s+association\s+with|courtesy\s+of|on\s+behalf\s+of)\s+"
            ),
        ),
        ("alias", r"[,;]?\s*\(?\b(?:d/b/a|dba|t/a|trading\s+as|doing\s+business\s+as)\s+"),
        (
            "noise",
            (
                r"[,;.]?\s*\b(?:all\s+rights?\s+(?:are\s+)?reserved|tous\s+droits\s+réservés|alle\s+rechte\s+vorbehalten"
                r"|todos\s+(?:los\s+derechos|os\s+direitos)\s+reservados|tutti\s+i\s+diritti\s+riservati"
                r"|unauthori[sz]ed|made\s+in|printed\s+in|warning\b|for\s+(?:the\s+)?(?:united|usa\b|us\b|world|rest|territor|north)"
                r"|outside\s+(?:of\s+)?the|worldwide\b|under\s+exclusive\s+rights"
                r"|originally\s+released|\(?formerly\b)"
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class CopyrightLine:
    """One statement of a line. ``signs`` is ``℗``, ``©``, both, or nothing when it has no sign."""

    signs: str = ""
    years: tuple[int, ...] = ()
    owners: tuple[str, ...] = ()
    licensees: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    imprints: tuple[str, ...] = ()
    is_compilation: bool = False


@dataclass(slots=True)
class _Names:
    """Names by role while a statement is taken apart."""

    by_role: dict[str, list[str]] = field(default_factory=dict)

    def add(self, role: str, text: str) -> None:
        found = self.by_role.setdefault(role, [])
        found += [name for name in split_names(text) if name not in found]

    def of(self, *roles: str) -> tuple[str, ...]:
        names = [name for role in roles for name in self.by_role.get(role, [])]
        return tuple(dict.fromkeys(names))[:MOST_NAMES]


def parse_copyright_lines(text: str) -> tuple[CopyrightLine, ...]:
    """Return the statements of ``text`` in their order; none when it is empty."""
    line = _signed(text)
    groups = list(SIGN_GROUP.finditer(line))
    if not groups:
        statement = _statement("", line, ())
        return (statement,) if statement.owners or statement.years else ()
    preface = line[: groups[0].start()].strip()
    imprints = _imprints(preface)
    compilation = bool(COMPILATION.search(preface))
    ends = [group.start() for group in groups[1:]] + [len(line)]
    found = []
    for group, end in zip(groups, ends, strict=True):
        signs = "".join(sign for sign in "℗©" if sign in group.group())
        one = _statement(signs, line[group.end() : end], imprints, compilation=compilation)
        found.append(one)
    return tuple(_share_names(found))


def phonogram_line(text: str) -> CopyrightLine | None:
    """Return the statement about the recording: the first with ℗, else one without any sign.

    A line with nothing but © speaks of the cover and the package, and gives no hint.
    """
    statements = parse_copyright_lines(text)
    signed = next((one for one in statements if "℗" in one.signs), None)
    return signed or next((one for one in statements if not one.signs), None)


def split_names(text: str) -> list[str]:
    """Return the single names of ``text``.

    Split at semicolons, slashes and commas, but not before a legal form ("10 Summers Records,
    LLC"), nor inside "A/S" and "AC/DC"; at "&" and "and" only behind a legal form.
    """
    names: list[str] = []
    for part in re.split(
        r"\s*;\s*|\s+\|\s+|(?<=\w{3})\s*/\s*(?=\w{3})|(?<=[.)])\s*/\s*(?=\w{3})", text
    ):
        pieces: list[str] = []
        for piece in re.split(r",\s+", part):
            if pieces and is_legal_form(piece):
                pieces[-1] += f", {piece}"
            else:
                pieces.append(piece)
        for piece in pieces:
            names += _split_and(piece)
    return [name for name in map(_clean, names) if _is_name(name)]


def _split_and(text: str) -> list[str]:
    for joint in re.finditer(r"\s+(?:&|and|und|et|y)\s+", text):
        left, right = text[: joint.start()], text[joint.end() :]
        if ends_in_legal_form(left) and not is_legal_form(right):
            return [left, *_split_and(right)]
    return [text]


def _signed(text: str) -> str:
    """Return ``text`` with one kind of sign, one kind of space, and no more than is a line."""
    line = " ".join(unicodedata.normalize("NFC", text[:LONGEST].replace("\0", " ")).split())
    for pattern, sign in SIGNS:
        line = pattern.sub(f" {sign} ", line)
    return " ".join(line.split())


def _statement(
    signs: str, text: str, imprints: tuple[str, ...], *, compilation: bool = False
) -> CopyrightLine:
    years: list[int] = []
    for found in YEARS.finditer(text):
        years += _expanded(found.group(1))
    rest = REMASTERED.sub(" ", YEARS.sub(" ", text))
    if COMPILATION.match(rest.strip(" ,;:")):
        compilation, rest = True, COMPILATION.sub(" ", rest, count=1)
    names = _Names()
    for role, words in _clauses(rest):
        names.add(role, words)
    owners, licensees = names.of("owner"), names.of("licensee")
    if licensors := names.of("licensor"):  # "X under licence from Y": Y owns, X holds the licence
        owners, licensees = licensors, (*owners, *licensees)
    return CopyrightLine(
        signs=signs,
        years=tuple(dict.fromkeys(years)),
        owners=owners,
        licensees=licensees,
        parents=names.of("parent"),
        imprints=tuple(dict.fromkeys((*imprints, *names.of("alias")))),
        is_compilation=compilation,
    )


def _clauses(text: str) -> list[tuple[str, str]]:
    """Return the text cut at the words that give the next name its role; the first is the owner."""
    cuts: list[tuple[int, int, str]] = []
    for role, pattern in CLAUSES:
        for found in pattern.finditer(text):
            if not any(start < found.end() and found.start() < end for start, end, _ in cuts):
                cuts.append((found.start(), found.end(), role))
    cuts.sort()
    parts = [("owner", text[: cuts[0][0]] if cuts else text)]
    for place, (_start, end, role) in enumerate(cuts):
        until = cuts[place + 1][0] if place + 1 < len(cuts) else len(text)
        parts.append((role, text[end:until]))
    return parts


def _share_names(statements: list[CopyrightLine]) -> list[CopyrightLine]:
    """Give a sign without names those of the next: "℗ 2020 © 2020 Label" is one owner's."""
    for place in range(len(statements) - 2, -1, -1):
        one, following = statements[place], statements[place + 1]
        if not one.owners:
            statements[place] = CopyrightLine(
                one.signs,
                one.years or following.years,
                following.owners,
                following.licensees,
                following.parents,
                following.imprints,
                one.is_compilation or following.is_compilation,
            )
    return statements


def _imprints(preface: str) -> tuple[str, ...]:
    """Return the names of "A Nightjar/Meridian Nine Release;"."""
    found = RELEASE.match(preface)
    names = split_names(found.group("names")) if found else []
    return tuple(name for name in names if name.casefold() not in ARTICLES)[:MOST_NAMES]


def _expanded(text: str) -> list[int]:
    """Return the years of "2019, 2020", "1998-2004" and "1998/99"; of a range its ends."""
    years: list[int] = []
    for digits in YEAR.findall(text):
        year = int(digits)
        if len(digits) == 2:
            if not years:
                continue
            year += years[-1] // 100 * 100
            year += 100 if year < years[-1] else 0
        if FIRST_YEAR <= year <= LAST_YEAR:
            years.append(year)
    return years


def _clean(name: str) -> str:
    """Return a name without what hangs on to it."""
    bare = name.strip(' ,;:-\u2013\u2014/|•·*"\u201c\u201d')
    bare = re.sub(
        r"^(?:by|for|the recording owner is|owned by|and|&)\s+", "", bare, flags=re.IGNORECASE
    )
    if bare.endswith(".") and not ends_in_legal_form(bare) and not re.search(r"\b\w\.$", bare):
        bare = bare.rstrip(". ")
    if bare.count("(") != bare.count(")"):
        bare = bare.strip("() ")
    return bare.strip()


def _is_name(name: str) -> bool:
    """Say whether anything is left that could be somebody."""
    return any(char.isalpha() for char in name) and not is_legal_form(name) and len(name) > 1
