"""The names in front of an MP3 file: ID3 version 2.3 in UTF-16, which every player reads."""

from __future__ import annotations

UTF_16 = b"\x01"


def id3_tag(title: str, artist: str, album: str, comment: str) -> bytes:
    """Return the tag, without padding; empty names are left out."""
    frames = b"".join(
        _frame(name, UTF_16 + _utf_16(text))
        for name, text in ((b"TIT2", title), (b"TPE1", artist), (b"TALB", album))
        if text
    )
    if comment:
        # A comment has a language and a description, here an empty one, which players show.
        described = UTF_16 + b"eng" + _utf_16("") + b"\0\0"
        frames += _frame(b"COMM", described + _utf_16(comment))
    return b"ID3\x03\x00\x00" + _seven_bits(len(frames)) + frames


def _utf_16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


def _frame(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "big") + b"\0\0" + content


def _seven_bits(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
