"""How fast the votes of the local index are among many recordings, and what a million will cost.

The recordings are drawn from the quads of real songs, moved in pitch and time. Strangers' rows are
added to every key that will be asked, as many as real songs share by chance; with ``--like`` as many
as they would among more recordings than are loaded. They lie in a table of their own, made, vacuumed
and dropped by the owner of the tables, and are asked by the very query of the product.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
from django.db import connection as app_connection

from library.analysis.decode import decode_file
from library.analysis.fingerprint import SPEEDS, hash_landmarks
from rights.management.recognition_benchmark import SUFFIXES
from rights.recognition.degradation import excerpt
from rights.recognition.index_keys import (
    INDEX_REVISION,
    IndexKeys,
    all_quads,
    evenly,
    index_keys,
    is_chosen,
)
from rights.recognition.index_rows import Question
from rights.recognition.local_index import MOST_KEYS, MOST_KEYS_PER_SPEED, landmarks_of
from rights.selectors.fingerprints import VOTES, votes_parameters

if TYPE_CHECKING:
    import numpy.typing as npt

    from library.analysis.types import Landmarks

TABLE = "rights_fingerprint_posting"
POSTINGS_PER_RECORDING = 1_650  # of 200 s at 8.25 a second
FRAMES_PER_RECORDING = 8_600
BATCH = 2_000_000
MOVED_BINS, MOVED_PAIR = 40, 5
SHARED_BITS = 24.2
"""Two keys of two real songs are the same once in 2^24.2: measured between the 22 songs."""
TIMES = 5
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
ROW = np.dtype(
    [("count", ">i2"), ("l1", ">i4"), ("key", ">i8"), ("l2", ">i4"), ("at", ">i4"),
     ("l3", ">i4"), ("fingerprint", ">i4")]
)  # fmt: skip


def index_scale_benchmark(
    *, songs: str = "songs", recordings: int = 20_000, like: int = 0, seed: int = 1
) -> dict[str, Any]:
    """Time the votes for real songs among drawn recordings; show the plan.

    ``songs`` are folders, comma-separated. Every second song is asked about, and the recordings
    are drawn from the others. ``like``: how many recordings' chance rows the asked keys get.
    """
    decoded = _sounds(songs)
    sounds = decoded[1::2]
    pool = np.concatenate(
        [all_quads(hash_landmarks(landmarks_of(*each)))[0] for each in decoded[::2]]
    )
    whole = [landmarks_of(*sound) for sound in sounds]
    parts = [landmarks_of(*excerpt(*sound, seconds=12)) for sound in sounds]
    asked = {
        "whole song": [_at_first(each) for each in whole],
        "excerpt of 12 s": [_at_first(each) for each in parts],
        "six speeds": [_at_others(each) for each in whole],
    }
    keys = np.unique([k for songs_ in asked.values() for qs in songs_ for q in qs for k in q.keys])
    each_key = max(recordings, like) * POSTINGS_PER_RECORDING / 2**SHARED_BITS
    crowd = np.random.default_rng(seed + 1).permutation(np.repeat(keys, round(each_key)))
    url = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    name = str(app_connection.settings_dict["NAME"])
    with psycopg.connect(url, dbname=name, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        connection.execute("CREATE SCHEMA bench")
        try:
            connection.execute(f"CREATE TABLE bench.{TABLE} (LIKE {TABLE})")
            loaded = _load(connection, pool, crowd, recordings, seed)
            _add(connection, recordings, [index_keys(hash_landmarks(each)) for each in whole])
            started = time.perf_counter()
            connection.execute(f"CREATE INDEX ON bench.{TABLE} (key) INCLUDE (fingerprint, at)")
            connection.execute(f"VACUUM ANALYZE bench.{TABLE}")
            loaded["index_s"] = round(time.perf_counter() - started, 1)
            connection.execute("SET search_path TO bench, public")
            return {
                "revision": INDEX_REVISION,
                "recordings": recordings,
                **loaded,
                **_sizes(connection),
                "strangers_a_key": round(each_key),
                **{name: _time(connection, questions) for name, questions in asked.items()},
                "plan": _plan(connection, asked["excerpt of 12 s"][0]),
            }
        finally:
            connection.execute("DROP SCHEMA bench CASCADE")


def _sounds(songs: str) -> list[tuple[npt.NDArray[np.float32], int]]:
    """Decode the songs of the folders, mono."""
    paths = [p for folder in songs.split(",") for p in sorted(Path(folder).glob("*"))]
    pcms = [decode_file(path) for path in paths if path.suffix.lower() in SUFFIXES]
    return [(pcm.samples.mean(axis=1), pcm.sample_rate) for pcm in pcms]


def _load(
    connection: psycopg.Connection,
    pool: npt.NDArray[np.int64],
    crowd: npt.NDArray[np.int64],
    recordings: int,
    seed: int,
) -> dict[str, Any]:
    """Fill the table with drawn keys and the crowd, spread over the recordings."""
    rng = np.random.default_rng(seed)
    started = time.perf_counter()
    wanted, count = recordings * POSTINGS_PER_RECORDING, 0
    copy_to = f"COPY bench.{TABLE} (key, at, fingerprint) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(copy_to) as copy:
        copy.write(HEADER)
        while count < wanted:
            keys = _drawn(rng, pool)[: wanted - count]
            copy.write(_rows_of(rng, keys, recordings))
            count += len(keys)
        copy.write(_rows_of(rng, crowd, recordings))
        copy.write(b"\xff\xff")
    return {
        "postings": count + len(crowd),
        "load_s": round(time.perf_counter() - started, 1),
    }


def _rows_of(rng: np.random.Generator, keys: npt.NDArray[np.int64], recordings: int) -> bytes:
    """Return rows for COPY, each at a random place of a random recording."""
    rows = np.zeros(len(keys), ROW)
    rows["count"], rows["l1"], rows["l2"], rows["l3"] = 3, 8, 4, 4
    rows["key"] = keys
    rows["fingerprint"] = rng.integers(0, recordings, len(keys))
    rows["at"] = rng.integers(0, FRAMES_PER_RECORDING, len(keys))
    return rows.tobytes()


def _drawn(rng: np.random.Generator, pool: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Draw real quads and move each: its lowest bin, and the steps to the three other peaks."""
    keys = rng.choice(pool, BATCH)
    first = (keys >> 39) + rng.integers(-MOVED_BINS, MOVED_BINS + 1, BATCH)
    moved = np.clip(first, 9, 255) << 39
    for place in (26, 13, 0):
        pair = keys >> place & 0x1FFF
        apart = (pair >> 7) + rng.integers(-MOVED_PAIR, MOVED_PAIR + 1, BATCH)
        rise = (pair & 0x7F) + rng.integers(-MOVED_PAIR, MOVED_PAIR + 1, BATCH)
        moved |= (np.clip(apart, 0, 63) << 7 | np.clip(rise, 1, 127)) << place
    chosen: npt.NDArray[np.int64] = moved[is_chosen(moved)]
    return chosen


def _add(connection: psycopg.Connection, recordings: int, songs: list[IndexKeys]) -> None:
    """Put the real songs in as well, so that the query finds what it looks for."""
    copy_to = f"COPY bench.{TABLE} (key, at, fingerprint) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copy_to) as copy:
        for number, song in enumerate(songs):
            for key, at in zip(song.keys.tolist(), song.frames.tolist(), strict=True):
                copy.write_row((key, at, recordings + number))


def _at_first(landmarks: Landmarks) -> list[Question]:
    return [_question(landmarks, 1.0, MOST_KEYS)]


def _at_others(landmarks: Landmarks) -> list[Question]:
    others = [speed for speed in SPEEDS if speed != 1.0]
    return [_question(landmarks, speed, MOST_KEYS_PER_SPEED) for speed in others]


def _question(landmarks: Landmarks, speed: float, most: int) -> Question:
    chosen = evenly(index_keys(hash_landmarks(landmarks, speed)), most)
    return Question(speed, chosen.keys.tolist(), chosen.frames.tolist())


def _time(connection: psycopg.Connection, asked: list[list[Question]]) -> dict[str, Any]:
    """Ask everything a few times; the first time may read from disk."""
    first: list[float] = []
    later: list[float] = []
    keys: list[int] = []
    for time_ in range(TIMES):
        for questions in asked:
            started = time.perf_counter()
            connection.execute(VOTES, votes_parameters(questions)).fetchall()
            (later if time_ else first).append(time.perf_counter() - started)
            keys.append(sum(len(each.keys) for each in questions))
    rows = [_rows(connection, questions) for questions in asked]
    return {
        "keys": round(statistics.mean(keys)),
        "rows": round(statistics.mean(rows)),
        "first_ms": round(1000 * statistics.median(first), 1),
        "median_ms": round(1000 * statistics.median(later), 1),
        "worst_ms": round(1000 * max(later), 1),
    }


def _rows(connection: psycopg.Connection, questions: list[Question]) -> int:
    keys = [key for each in questions for key in each.keys]
    query = f"SELECT count(*) FROM unnest(%s::bigint[]) q (key) JOIN {TABLE} USING (key)"  # noqa: S608
    row = connection.execute(query, [keys]).fetchone()
    return int(row[0]) if row else 0


def _plan(connection: psycopg.Connection, questions: list[Question]) -> list[str]:
    rows = connection.execute(
        "EXPLAIN (ANALYZE, BUFFERS) " + VOTES, votes_parameters(questions)
    ).fetchall()
    lines = [str(row[0]) for row in rows]
    # The arrays are long, and they are what was asked.
    return [line if len(line) < 200 else f"{line[:120]} …" for line in lines]


def _sizes(connection: psycopg.Connection) -> dict[str, int]:
    row = connection.execute(
        "SELECT pg_table_size(%(name)s), pg_indexes_size(%(name)s)", {"name": f"bench.{TABLE}"}
    ).fetchone()
    return {"table_bytes": int(row[0]), "index_bytes": int(row[1])} if row else {}
