"""The songs that the stand-ins know: a file under ``VAR_DIR``, shared by all of them.

Built-in songs (:mod:`config.sandbox.songbook`) are always there. Others are registered over HTTP
and stay until they are deleted or a stand-in is reset.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import unicodedata
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.sandbox.registration import Registered
from config.sandbox.songbook import songbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = """
CREATE TABLE IF NOT EXISTS song (
    id TEXT PRIMARY KEY, isrc TEXT NOT NULL, album_id TEXT NOT NULL, words TEXT NOT NULL,
    document TEXT NOT NULL, built_in INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS song_isrc ON song (isrc);
CREATE INDEX IF NOT EXISTS song_album ON song (album_id);
CREATE TABLE IF NOT EXISTS album (
    id TEXT PRIMARY KEY, upc TEXT NOT NULL, document TEXT NOT NULL, built_in INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS album_upc ON album (upc);
"""
MANY = 500  # SQLite takes at most 999 parameters on old systems


class BuiltInError(ValueError):
    """A registration would replace a built-in song or album."""


def state_folder() -> Path:
    """Return where the stand-ins keep what must outlive them."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "sandbox"


class Catalogue:
    """Songs and albums on disk; safe for many threads and processes."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or state_folder()) / "catalogue.sqlite3"
        self._lock = threading.Lock()
        self._ready = False

    def register(self, registered: Registered) -> int:
        """Store songs with their albums; return how many were new or different. All or nothing.

        Raises
        ------
        BuiltInError
            If one has the id of a built-in song or album.
        """
        with self._writing() as database:
            _refuse_built_in(database, "song", registered.songs)
            _refuse_built_in(database, "album", registered.albums)
            return _store(database, registered, built_in=False)

    def forget(self, song_id: str = "") -> int:
        """Delete one registered song, or all of them with their albums; return how many."""
        with self._writing() as database:
            if song_id:
                return database.execute(
                    "DELETE FROM song WHERE id = ? AND built_in = 0", [song_id]
                ).rowcount
            gone = database.execute("DELETE FROM song WHERE built_in = 0").rowcount
            database.execute("DELETE FROM album WHERE built_in = 0")
            return gone

    def songs(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the songs with these ids, in the order of the ids."""
        wanted = list(ids)
        found = {song["id"]: song for song in self._where("song", "id", wanted)}
        return [found[one] for one in wanted if one in found]

    def songs_by_isrc(self, isrcs: Iterable[str]) -> list[dict[str, Any]]:
        """Return all songs with these ISRCs, oldest registration first."""
        return self._where("song", "isrc", list(isrcs))

    def songs_of_album(self, album_id: str) -> list[dict[str, Any]]:
        """Return the songs on an album."""
        return self._where("song", "album_id", [album_id])

    def albums(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the albums with these ids, in the order of the ids."""
        wanted = list(ids)
        found = {album["id"]: album for album in self._where("album", "id", wanted)}
        return [found[one] for one in wanted if one in found]

    def albums_by_upc(self, upcs: Iterable[str]) -> list[dict[str, Any]]:
        """Return the albums with these barcodes."""
        return self._where("album", "upc", list(upcs))

    def search(self, term: str) -> list[dict[str, Any]]:
        """Return the songs whose title, artist, album or ISRC hold every word, titles first."""
        words = plain(term).split()
        if not words:
            return []
        # Registered songs are many in a benchmark: let the database look through them.
        clause = " AND ".join(["words LIKE ? ESCAPE '!'"] * len(words))
        patterns = [
            f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%" for word in words
        ]
        with closing(self._open()) as database:
            rows = database.execute(
                f"SELECT document FROM song WHERE {clause} ORDER BY rowid LIMIT 1000",  # noqa: S608
                patterns,
            ).fetchall()
        songs = [json.loads(row[0]) for row in rows]
        return sorted(songs, key=lambda song: _distance(song, words))

    def listing(self, *, after: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """Return registered songs by id, from the one behind ``after``."""
        with closing(self._open()) as database:
            rows = database.execute(
                "SELECT document FROM song WHERE built_in = 0 AND id > ? ORDER BY id LIMIT ?",
                [after, limit],
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def _where(self, table: str, column: str, values: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with closing(self._open()) as database:
            for start in range(0, len(values), MANY):
                part = values[start : start + MANY]
                marks = ",".join("?" * len(part))
                rows = database.execute(
                    f"SELECT document FROM {table} WHERE {column} IN ({marks}) ORDER BY rowid",  # noqa: S608
                    part,
                )
                found += [json.loads(row[0]) for row in rows]
        return found

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as database, _transaction(database):
            yield database

    def _open(self) -> sqlite3.Connection:
        with self._lock:
            if not self._ready:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with closing(self._connect()) as database:
                    database.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
                    _seed(database)
                self._ready = True
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=20, isolation_level=None)


def plain(text: str) -> str:
    """Return lower-case words without accents or punctuation, as a search compares them."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.casefold()).split())


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Write everything or nothing; one writer at a time."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _seed(database: sqlite3.Connection) -> None:
    """Put this version's built-in songs in the place of an earlier version's."""
    with _transaction(database):
        database.execute("DELETE FROM song WHERE built_in = 1")
        database.execute("DELETE FROM album WHERE built_in = 1")
        _store(database, songbook(), built_in=True)


def _refuse_built_in(
    database: sqlite3.Connection, table: str, documents: Iterable[dict[str, Any]]
) -> None:
    for document in documents:
        row = database.execute(
            f"SELECT 1 FROM {table} WHERE id = ? AND built_in = 1",  # noqa: S608
            [document["id"]],
        ).fetchone()
        if row:
            msg = f"{table} {document['id']} belongs to the built-in catalogue"
            raise BuiltInError(msg)


def _store(database: sqlite3.Connection, registered: Registered, *, built_in: bool) -> int:
    """Insert or replace; return how many songs were not there already, just so."""
    changed = 0
    for album in registered.albums:
        database.execute(
            "INSERT INTO album VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "upc = excluded.upc, document = excluded.document "
            "WHERE album.document <> excluded.document",
            [album["id"], album["upc"], _text(album), built_in],
        )
    for song in registered.songs:
        words = plain(" ".join([song["title"], song["artist"], song["album"], song["isrc"]]))
        changed += database.execute(
            "INSERT INTO song VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "isrc = excluded.isrc, album_id = excluded.album_id, words = excluded.words, "
            "document = excluded.document WHERE song.document <> excluded.document",
            [song["id"], song["isrc"], song["album_id"], words, _text(song), built_in],
        ).rowcount
    return changed


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def _distance(song: dict[str, Any], words: list[str]) -> tuple[int, int]:
    """Rank: the whole title first, then titles with all words, then the rest; short ones first."""
    title = plain(song["title"])
    asked = " ".join(words)
    if title == asked:
        return (0, 0)
    whole = f"{title} {plain(song['artist'])}"
    if whole == asked:
        return (0, 1)
    return (1 if all(word in title for word in words) else 2, len(title))
