"""Decode a file in the jail and read back samples, tags and cover."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from library.jail.errors import refused
from library.jail.sniff import Sniffed, sniff

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

CHILD = Path(__file__).with_name("child.py")
MIN_S, MAX_S = 10, 15 * 60
WALL_S = 90.0
SILENCE = 10 ** (-70 / 20)  # the gate of BS.1770: below it nothing counts as programme
# A stated length that the header of an uncompressed or lossless file gives is exact; encoders
# of lossy formats round it. Both may miss a frame at the end.
MISSING_RATIO, MISSING_S = 0.02, 1.0
BAD_PACKET_RATIO = 0.02
EXACT_LENGTH = frozenset({"wav", "flac", "aiff", "w64", "mov"})


@dataclass(frozen=True)
class DecodedAudio:
    """What came out of the jail.

    Attributes
    ----------
    samples : ndarray, shape (frames, 2), float32
        Stereo, full scale ±1; mono files are on both channels. Backed by shared memory.
    rate_hz : int
        44,100 or 48,000: other rates are converted to 44,100.
    tags : dict
        Lower-case tag names with their text, shortened.
    cover : bytes or None
        The attached picture, written anew as JPEG with at most 600 pixels a side.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    source_rate_hz: int
    channels: int
    codec: str
    bit_rate: int | None
    tags: dict[str, str]
    cover: bytes | None
    format: Sniffed
    landlock: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def sha256(self) -> str:
        """Return the hash by which the same audio is known again, whatever file it came in."""
        digest = hashlib.sha256(f"{self.rate_hz}:".encode())
        digest.update(self.samples.data)
        return digest.hexdigest()


def decode(
    stream: BinaryIO,
    *,
    min_s: float = MIN_S,
    max_s: int = MAX_S,
    wall_s: float = WALL_S,
    is_cancelled: Callable[[], bool] | None = None,
) -> DecodedAudio:
    """Decode ``stream``, a file on disk with a descriptor, in a child that can reach nothing.

    Raises
    ------
    AudioRefusedError
        With one of the codes of ``library.jail.errors.REASONS``.
    """
    found = sniff(stream)
    stream.seek(0)
    with (
        os.fdopen(os.memfd_create("pcm"), "rb") as pcm,
        os.fdopen(os.memfd_create("cover"), "rb") as cover,
    ):
        report = _run(stream, found.demuxer, max_s, wall_s, pcm.fileno(), cover.fileno())
        _check(report, found, min_s)
        samples = _map(pcm.fileno(), report["frames"])
        cover.seek(0)  # the child's writes moved the position that both share
        picture = cover.read() if report.get("cover") else None
    if float(np.abs(samples).max(initial=0.0)) < SILENCE:
        raise refused("silent")
    return DecodedAudio(
        samples=samples,
        rate_hz=report["rate_hz"],
        source_rate_hz=report["source_rate_hz"],
        channels=report["channels"],
        codec=report["codec"],
        bit_rate=report["bit_rate"],
        tags=report["tags"],
        cover=picture,
        format=found,
        landlock=report["landlock"],
    )


def _run(
    stream: BinaryIO, demuxer: str, max_s: int, wall_s: float, pcm: int, cover: int
) -> dict[str, Any]:
    """Run the child to its end and return its report."""

    def hand_over_the_cover() -> None:
        os.dup2(cover, 3)  # subprocess passes 0, 1 and 2; this is the fourth

    try:
        done = subprocess.run(  # noqa: S603 - our own program; the demuxer is one of ours
            [sys.executable, "-I", str(CHILD), demuxer, str(max_s)],
            stdin=stream,
            stdout=pcm,
            stderr=subprocess.PIPE,
            env={"OPENBLAS_NUM_THREADS": "1"},
            preexec_fn=hand_over_the_cover,
            pass_fds=(3,),
            timeout=wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refused("too_slow") from None
    try:
        report: dict[str, Any] = json.loads(done.stderr.decode(errors="replace").splitlines()[-1])
    except (IndexError, ValueError):
        raise refused("reader_failed") from None
    return report


def _check(report: dict[str, Any], found: Sniffed, min_s: float) -> None:
    error = report["error"]
    if error == "too long":
        raise refused("too_long")
    if error == "no audio stream":
        raise refused("no_audio_stream")
    if error or not report["frames"]:
        raise refused("encrypted" if "drm" in str(report.get("codec")) else "damaged")
    if report["bad_packets"] > BAD_PACKET_RATIO * report["packets"]:
        raise refused("damaged")
    length = report["frames"] / report["rate_hz"]
    stated = report["stated_s"]
    missing = stated - length if stated and found.demuxer in EXACT_LENGTH else 0.0
    if missing > max(MISSING_S, MISSING_RATIO * length):
        raise refused("truncated")
    if length < min_s:
        raise refused("too_short")


def _map(descriptor: int, frames: int) -> NDArray[np.float32]:
    """Return the samples without copying them; the memory lives as long as the array."""
    memory = mmap.mmap(descriptor, frames * 8, prot=mmap.PROT_READ)
    return np.frombuffer(memory, np.float32).reshape(frames, 2)
