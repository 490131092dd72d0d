"""Covers and previews of the stand-ins' songs: drawn and played from the song's number."""

from __future__ import annotations

import array
import hashlib
import math
import struct
import sys
import zlib
from functools import lru_cache

LARGEST_PX = 1200
BARS = 10
RATE_HZ = 22_050
NOTE_S = 0.4
NOTES = 25  # ten seconds
SCALE = (0, 2, 4, 7, 9, 12, 14)


def colour(seed: str) -> str:
    """Return the background of a cover, as six hexadecimal digits; dark enough for white text."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(f"{40 + byte % 90:02x}" for byte in digest[:3])


@lru_cache(maxsize=64)
def cover(seed: str, width: int, height: int) -> bytes:
    """Return a PNG: ten bars on a ground that grows darker, both by ``seed``."""
    digest = hashlib.sha256(seed.encode()).digest()
    ground = bytes.fromhex(colour(seed))
    heights = [0.15 + 0.7 * byte / 255 for byte in digest[3 : 3 + BARS]]
    edges = [width * bar // BARS for bar in range(BARS + 1)]
    gap = max(1, width // (BARS * 6))
    rows = bytearray()
    for y in range(height):
        at = y / max(1, height - 1)
        shade = bytes(int(c * (1.15 - 0.5 * at)) for c in ground)
        light = bytes(min(255, c + 90) for c in shade)
        rows.append(0)  # no filter
        for bar in range(BARS):
            length = edges[bar + 1] - edges[bar]
            inside = 1 - at < heights[bar]
            rows += shade * min(gap, length)
            rows += (light if inside else shade) * max(0, length - gap)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(rows), 6)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@lru_cache(maxsize=32)
def preview(seed: str) -> bytes:
    """Return ten seconds of a plucked melody by ``seed``: WAV, mono, 16 bit, 22,050 Hz."""
    digest = hashlib.sha256(seed.encode()).digest()
    root_hz = 196.0 * 2 ** (digest[0] % 12 / 12)
    samples = array.array("h")
    length = int(RATE_HZ * NOTE_S)
    decay = [math.exp(-5 * place / length) for place in range(length)]
    for note in range(NOTES):
        step = SCALE[digest[1 + note % 8] % len(SCALE)]
        turn = 2 * math.pi * root_hz * 2 ** (step / 12) / RATE_HZ
        samples.extend(
            int(9000 * decay[i] * (math.sin(turn * i) + 0.4 * math.sin(2 * turn * i)))
            for i in range(length)
        )
    if sys.byteorder == "big":
        samples.byteswap()
    data = samples.tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)  # fmt: skip
    return head + struct.pack("<4sI", b"data", len(data)) + data


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
