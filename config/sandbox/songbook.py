"""Invented songs that are always there, so that an empty installation finds something.

No artist, label or song of these exists. ISRCs begin with ``ZZ``, which no country has; barcodes
with 2, which shops give out for themselves. Among them are the traps of the real catalogue, each
beside the songs that it belongs to.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from config.sandbox.registration import STOREFRONTS, Registered, registration

# Artist; album, label, copyright line, release date, genre; then titles with their seconds.
ALBUMS: tuple[tuple[str, str, str, str, str, str, tuple[tuple[str, int], ...]], ...] = (
    (
        "Marlow Quay",
        "Low Tide Letters",
        "Saltline Records",
        "℗ 2021 Saltline Records Ltd, under exclusive licence to Great Northern Sound",
        "2021-05-14",
        "Indie Pop",
        (("Harbour Lights", 201), ("Ferry Song", 187), ("Shingle Street", 243), ("Tidewrack", 219)),
    ),
    (
        "The Copper Hours",
        "Second Sleep",
        "Lantern House",
        "℗ 2018 Lantern House, a division of Ashgrove Music Group",
        "2018-10-05",
        "Alternative",
        (("Paper Lanterns", 232), ("Second Sleep", 254), ("Ninth Floor", 198), ("Amber", 276)),
    ),
    (
        "Odile Verne",
        "Plein été",
        "Disques Aubépine",
        "(P) 2022 Disques Aubépine sous licence exclusive Septentrion Musique",
        "2022-06-17",
        "Chanson",
        (("Plein été", 178), ("La ville s'éteint", 205), ("Sous les tilleuls", 221)),
    ),
    (
        "Kestrel & Pine",
        "Field Notes",
        "Hedgerow",
        "A Hedgerow release; ℗ 2019, 2020 Kestrel & Pine LLP",
        "2020-02-28",
        "Folk",
        (("Drystone", 226), ("Wren's Clock", 164), ("The Long Acre", 301)),
    ),
    (
        "Nova Castellane",
        "Glasshouse",
        "Meridian Nine",
        "A Nightjar/Meridian Nine Recordings Release; ℗ 2023 Nova Castellane Music, LLC",
        "2023-09-22",
        "Pop",
        (("Glasshouse", 192), ("Neon Orchard", 185), ("Velvet Static", 209), ("Mirrorball", 176)),
    ),
    (
        "Ilmari Sorsa",
        "Kuura",
        "Pohjola Äänet",
        "℗ 2017 Pohjola Äänet Oy",
        "2017-11-10",
        "Electronic",
        (("Kuura", 348), ("Revontulet", 402), ("Hiljaisuus", 289)),
    ),
    (
        "Brass Republic",
        "Carnival Season",
        "Bayou Parish",
        "℗© 2016 Bayou Parish Recordings, Inc.",
        "2016-02-05",
        "Jazz",
        (("Second Line Sunday", 264), ("Magnolia Strut", 231), ("Rampart", 318)),
    ),
    (
        "Teodora Vance",
        "Slow Weather",
        "Ashgrove",
        "℗ 2024 Ashgrove Recordings, a division of Ashgrove Music Group",
        "2024-03-08",
        "R&B/Soul",
        (("Slow Weather", 214), ("Honeycomb", 199), ("Late Train Home", 238), ("Undertow", 222)),
    ),
    (
        "Die Stillen Tage",
        "Morgengrau",
        "Kupferberg Ton",
        "℗ 2015 Kupferberg Tonträger GmbH",
        "2015-09-18",
        "Rock",
        (("Morgengrau", 252), ("Zwischen den Zeilen", 229), ("Nordwind", 241)),
    ),
    (
        "Ayumi Takase",
        "夜の庭",
        "Kawabe Records",
        "℗ 2020 Kawabe Records Co., Ltd.",
        "2020-08-12",
        "J-Pop",
        (("夜の庭", 248), ("Paper Moon", 216)),
    ),
    (
        "Sable Theory",
        "Night Bus EP",
        "",
        "℗ 2022 Sable Theory",
        "2022",
        "Dance",
        (("Night Bus", 274), ("Ring Road", 296), ("Harbour Lights", 305)),  # another's title
    ),
)
PREFIXES = ("SAL", "LAN", "AUB", "HED", "MER", "POH", "BAY", "ASH", "KUP", "KAW", "SAB")


@cache
def songbook() -> Registered:
    """Return the built-in songs with their albums."""
    songs = [song for place, album in enumerate(ALBUMS) for song in _album(place, *album)]
    for song in songs:
        if song["title"] == "Drystone":
            song["storefronts"] = ["gb", "us"]
    return registration({"songs": songs + _traps({song["title"]: song for song in songs})})


def _album(
    place: int, artist: str, title: str, label: str, line: str, date: str, genre: str, tracks: Any
) -> list[dict[str, Any]]:
    album = {
        "id": str(900_000_001 + place),
        "title": title,
        "artist": artist,
        "label": label,
        "copyright": line,
        "upc": barcode(place),
        "release_date": date,
    }
    return [
        {
            "id": str(910_000_000 + place * 100 + number),
            "isrc": f"ZZ{PREFIXES[place]}{date[2:4]}{number:05d}",
            "title": name,
            "artist": artist,
            "composer": artist,
            "duration_ms": seconds * 1000 + 37 * number,
            "release_date": date,
            "genres": [genre, "Music"],
            "track_number": number,
            "album": album,
        }
        for number, (name, seconds) in enumerate(tracks, start=1)
    ]


def _traps(known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what makes the real catalogue hard, next to the songs of the albums."""
    return [*_one_isrc_several_ids(known), *_other_recordings(known), *_left_out(known)]


def _one_isrc_several_ids(known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One ISRC as the album above, as an earlier single, on a compilation, and abroad."""
    quay, glass = known["Ferry Song"], known["Glasshouse"]
    single = {
        "id": "900000101",
        "title": "Ferry Song - Single",
        "artist": "Marlow Quay",
        "label": "Saltline Records",
        "copyright": "℗ 2021 Saltline Records Ltd",
        "upc": barcode(101),
        "release_date": "2021-03-05",
        "is_single": True,
    }
    compilation = {
        "id": "900000102",
        "title": "Summer of Songs",
        "artist": "Various Artists",
        "label": "Everyday Hits",
        "copyright": "This compilation ℗ 2020 Everyday Hits",
        "upc": barcode(102),
        "release_date": "2020-01-03",
        "is_compilation": True,
    }
    abroad = [one for one in STOREFRONTS if one not in {"gb", "us"}]
    return [
        quay | {"id": "910009001", "album": single, "release_date": "2021-03-05"},
        quay | {"id": "910009002", "album": compilation, "release_date": "2020-01-03"},
        # The explicit version has the album's ISRC; the clean one has its own, below.
        glass | {"id": "910009003", "explicit": True},
        # In other countries it has another id: these are equivalents.
        known["Drystone"] | {"id": "910009005", "storefronts": abroad, "duration_ms": 226_500},
    ]


def _other_recordings(known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The same words and another recording: clean, remastered, live, with a guest."""
    lanterns = known["Paper Lanterns"]
    return [
        known["Glasshouse"]
        | {"id": "910009004", "title": "Glasshouse (Clean)", "isrc": "ZZMER2300091"},
        lanterns
        | {"id": "910009006", "title": "Paper Lanterns (2024 Remaster)", "isrc": "ZZLAN2400007"},
        lanterns
        | {
            "id": "910009007",
            "title": "Paper Lanterns (Live at the Corn Exchange)",
            "isrc": "ZZLAN1900011",
            "duration_ms": 291_000,
        },
        known["Honeycomb"]
        | {
            "id": "910009011",
            "title": "Honeycomb (feat. Brass Republic)",
            "artist": "Teodora Vance & Brass Republic",
            "isrc": "ZZASH2400051",
            "duration_ms": 231_000,
        },
    ]


def _left_out(known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Songs that are not played, or not sold, everywhere, and attributes that Apple leaves out."""
    return [
        known["Neon Orchard"]
        | {"id": "910009008", "title": "Neon Orchard (Acoustic)", "isrc": "ZZMER2300077"}
        | {"playable_in": ["us"]},
        known["Undertow"]
        | {"id": "910009009", "title": "Undertow (Demo)", "isrc": "ZZASH2400090"}
        | {"omit": ["isrc", "previews"]},
        known["Nordwind"]
        | {"id": "910009010", "title": "Nordwind (Skizze)", "isrc": "ZZKUP1500044"}
        | {"omit": ["artwork", "durationInMillis", "releaseDate", "genreNames", "url"]},
        known["Paper Moon"]
        | {"id": "910009012", "title": "Paper Moon (Tokyo Take)", "isrc": "ZZKAW2000013"}
        | {"storefronts": ["jp"]},
    ]


def barcode(number: int) -> str:
    """Return a barcode of twelve digits with its check digit (GS1: weights 3 and 1 from the right)."""
    body = f"2{number:010d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"
