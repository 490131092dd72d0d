"""What a file is, by its first bytes. Its name and the client's content type decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from library.jail.errors import refused

HEAD_BYTES = 4096
# MPEG audio: an ID3v2 tag may be large (covers), so the frame behind it is looked up.
ID3_LIMIT = 64 << 20
OGG_TAIL_BYTES = 128 << 10
MP3_BITRATE_INVALID = (0, 15)
MP3_RATE_INVALID = 3
ZIP_ENCRYPTED_FLAG = 0x1
OGG_END_OF_STREAM = 0x4
RIFF_LENGTH_UNKNOWN = (0, 0xFFFFFFFF)
RIFF_SLACK_BYTES = 64 << 10  # some writers count a chunk that they then leave out


@dataclass(frozen=True)
class Sniffed:
    """A file format: the demuxer that may open it, a name for people, its media type."""

    demuxer: str
    name: str
    media_type: str
    suffix: str


WAV = Sniffed("wav", "WAV", "audio/wav", ".wav")
FLAC = Sniffed("flac", "FLAC", "audio/flac", ".flac")
MP3 = Sniffed("mp3", "MP3", "audio/mpeg", ".mp3")
AAC = Sniffed("aac", "AAC", "audio/aac", ".aac")
M4A = Sniffed("mov", "M4A", "audio/mp4", ".m4a")
OGG = Sniffed("ogg", "OGG", "audio/ogg", ".ogg")
AIFF = Sniffed("aiff", "AIFF", "audio/aiff", ".aiff")
W64 = Sniffed("w64", "WAV (64 bit)", "audio/wav", ".w64")

FORMATS = (WAV, FLAC, MP3, AAC, M4A, OGG, AIFF, W64)

PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"<?xml", b"<asx")
ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"\xfd7zXZ")


def sniff(stream: BinaryIO) -> Sniffed:
    """Return the format of ``stream``, which is left at its start.

    Raises
    ------
    AudioRefusedError
        With code ``empty``, ``playlist``, ``archive``, ``password_protected``, ``encrypted``,
        ``truncated`` (Ogg without an end, RIFF shorter than stated) or ``not_audio``.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    try:
        found = _by_magic(head) or _mpeg_audio(stream, head)
        if (found is OGG and not _ogg_has_an_end(stream)) or (
            found is WAV and not _riff_is_whole(stream, head)
        ):
            raise refused("truncated")
    finally:
        stream.seek(0)
    if found is None:
        raise _refusal(head)
    return found


def _by_magic(head: bytes) -> Sniffed | None:
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64") and form == b"WAVE":
        return WAV
    if head[:4] == b"FORM" and form in (b"AIFF", b"AIFC"):
        return AIFF
    if head[:16] == bytes.fromhex("726966662e91cf11a5d628db04c10000"):
        return W64
    if head[4:8] == b"ftyp":
        if form in (b"M4P ", b"M4VP") or b"drms" in head:
            raise refused("encrypted")
        return M4A
    return {b"fLaC": FLAC, b"OggS": OGG}.get(head[:4])


def _mpeg_audio(stream: BinaryIO, head: bytes) -> Sniffed | None:
    """Find an MPEG or ADTS frame at the start or behind an ID3v2 tag (ID3 2.4, section 3.1)."""
    if head[:3] == b"ID3" and len(head) >= 10:
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        if size > ID3_LIMIT:
            return None
        stream.seek(10 + size)
        head = stream.read(HEAD_BYTES).lstrip(b"\0")
        if head[:4] == b"fLaC":
            return FLAC
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        return AAC if head[1] & 0xF6 == 0xF0 else None
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if bitrate in MP3_BITRATE_INVALID or rate == MP3_RATE_INVALID:
        return None
    return MP3


def _ogg_has_an_end(stream: BinaryIO) -> bool:
    """Return whether the last Ogg page says "end of stream" (RFC 3533, section 6)."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - OGG_TAIL_BYTES))
    tail = stream.read()
    last = tail.rfind(b"OggS")
    return last >= 0 and len(tail) > last + 5 and bool(tail[last + 5] & OGG_END_OF_STREAM)


def _riff_is_whole(stream: BinaryIO, head: bytes) -> bool:
    """Return whether the file is as long as its RIFF header says; FFmpeg believes the file."""
    stated = int.from_bytes(head[4:8], "little")
    if head[:4] == b"RF64" or stated in RIFF_LENGTH_UNKNOWN:
        return True  # a recorder that streamed did not know
    return stream.seek(0, 2) + RIFF_SLACK_BYTES >= stated + 8


def _refusal(head: bytes) -> Exception:
    if not head:
        return refused("empty")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if any(start.startswith(mark.lower()) for mark in PLAYLISTS):
        return refused("playlist")
    if head[:4] == b"PK\x03\x04":
        protected = len(head) > 6 and head[6] & ZIP_ENCRYPTED_FLAG
        return refused("password_protected" if protected else "archive")
    if any(head.startswith(mark) for mark in ARCHIVES) or head[257:262] == b"ustar":
        return refused("archive")
    return refused("not_audio")
