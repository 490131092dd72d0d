"""The program inside the jail: ``python -I child.py <demuxer> <max seconds>``.

It reads the file from descriptor 0, writes float32 stereo samples to descriptor 1 (a file in
memory that the parent made), the cover as JPEG to descriptor 3 and a JSON report to descriptor 2.
Everything it needs is imported and used once before the doors close: nothing can be opened later.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # -I leaves the script's own folder out

# Looked for when a name or a tag asks for them, which is too late.
import encodings.cp1252
import encodings.idna  # noqa: F401

import av
import av.audio.resampler
import av.subtitles.stream
import av.video.reformatter
import doors  # type: ignore[import-not-found]  # beside this file, see above

OUTPUT_RATE_HZ = 44_100
KEPT_RATES_HZ = (44_100, 48_000)
COVER_PIXELS = 600
COVER_INPUT_PIXELS = 6000
TAG_CHARACTERS = 500
TAG_COUNT = 64
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
MEMORY_BYTES = 2 << 30
CPU_S = 60
SAMPLE_BYTES = 8  # two channels of float32
GATHERED_SAMPLES = 1 << 16


def main() -> None:
    """Warm up, close the doors, decode, report."""
    demuxer, max_seconds = sys.argv[1], int(sys.argv[2])
    _warm_up()
    report: dict[str, Any] = {"frames": 0, "bad_packets": 0, "packets": 0, "error": None}
    report |= doors.close_all(
        memory_bytes=MEMORY_BYTES,
        cpu_s=CPU_S,
        output_bytes=(max_seconds + 5) * max(KEPT_RATES_HZ) * SAMPLE_BYTES,
    )
    try:
        # Tags in the codings of their time must not cost the song: ``_text`` reads them.
        with (
            open(0, "rb", closefd=False) as upload,
            av.open(upload, format=demuxer, metadata_errors="surrogateescape") as source,
        ):
            _decode(source, max_seconds, report)
    except Exception as error:  # noqa: BLE001 - the parent turns whatever it was into a reason
        report["error"] = f"{type(error).__name__}: {error}"[:200]
    sys.stderr.write(json.dumps(report))


def _warm_up() -> None:
    """Encode, decode and resample a moment of silence and a black picture."""
    tape = io.BytesIO()
    with av.open(tape, "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=OUTPUT_RATE_HZ, layout="stereo")
        frame = av.AudioFrame(format="s16", layout="stereo", samples=2048)
        frame.rate = OUTPUT_RATE_HZ
        for packet in stream.encode(frame):
            out.mux(packet)
    tape.seek(0)
    with av.open(tape, "r", format="wav") as source:
        resampler = av.AudioResampler("flt", "stereo", 22_050)
        for decoded in source.decode(audio=0):
            for block in resampler.resample(decoded):
                bytes(block.planes[0])
    _as_jpeg(av.VideoFrame(16, 16, "rgb24"))


def _decode(source: Any, max_seconds: int, report: dict[str, Any]) -> None:
    if not source.streams.audio:
        report["error"] = "no audio stream"
        return
    track = source.streams.audio[0]
    for stream in (track, *source.streams.video[:1]):
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1  # clone() is closed
    rate = track.rate if track.rate in KEPT_RATES_HZ else OUTPUT_RATE_HZ
    stated = float(track.duration * track.time_base) if track.duration else None
    report |= {
        "rate_hz": rate,
        "source_rate_hz": track.rate,
        "channels": track.channels,
        "codec": track.codec_context.name,
        "bit_rate": track.bit_rate or source.bit_rate or None,
        "stated_s": stated,
        "tags": _tags(source.metadata, track.metadata),
    }
    wanted = [track, *(s for s in source.streams.video[:1])]
    output = Output(rate, rate * max_seconds, report)
    for packet in source.demux(wanted):
        if packet.stream.type == "video":
            _cover(packet, report)
            continue
        report["packets"] += 1
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            report["bad_packets"] += 1
            continue
        for frame in frames:
            output.take(frame)
        if report["error"]:
            return
    output.finish()


class Output:
    """Resample what was decoded and write it to descriptor 1.

    A frame of MP3 lasts 26 ms: frames are gathered, and a second or two is converted at once.
    """

    def __init__(self, rate_hz: int, most_frames: int, report: dict[str, Any]) -> None:
        self._resampler = av.AudioResampler("flt", "stereo", rate_hz)
        self._gathered = av.AudioFifo()
        self._most_frames, self._report = most_frames, report

    def take(self, frame: Any) -> None:
        """Gather ``frame``, and write when enough has come."""
        frame.pts = None  # gaps in a file's own clock are no reason to refuse it
        self._gathered.write(frame)
        if self._gathered.samples >= GATHERED_SAMPLES:
            self._write(self._gathered.read())

    def finish(self) -> None:
        """Write what is left, in the gathered samples and in the resampler."""
        if self._gathered.samples:
            self._write(self._gathered.read())
        self._write(None)

    def _write(self, frame: Any) -> None:
        for block in self._resampler.resample(frame):
            self._report["frames"] += block.samples
            if self._report["frames"] > self._most_frames:
                self._report["error"] = "too long"
                return
            left = memoryview(block.planes[0])[: block.samples * SAMPLE_BYTES]
            while left:  # an unbuffered file may take less than it is given
                left = left[os.write(1, left) :]


def _tags(*sources: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in sources:
        for key, value in list(source.items())[:TAG_COUNT]:
            found.setdefault(_text(key).lower()[:64], _text(value)[:TAG_CHARACTERS])
    return found


def _text(value: str) -> str:
    """Read bytes that were no UTF-8 as Windows wrote them; drop what no text holds."""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return NOT_TEXT.sub(" ", value).strip()


def _cover(packet: Any, report: dict[str, Any]) -> None:
    """Decode the attached picture and write it anew: only our own JPEG leaves the jail."""
    context = packet.stream.codec_context
    if "cover" in report or max(context.width, context.height) > COVER_INPUT_PIXELS:
        return
    try:
        for frame in packet.decode():
            report["cover"] = _write_cover(_as_jpeg(frame))
            return
    except (av.error.FFmpegError, ValueError, OSError):
        report["cover"] = 0  # a song with a broken picture is still a song


def _as_jpeg(frame: Any) -> bytes:
    scale = min(1.0, COVER_PIXELS / max(frame.width, frame.height, 1))
    width, height = (max(16, round(side * scale) // 2 * 2) for side in (frame.width, frame.height))
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.thread_count = 1
    small = frame.reformat(width, height, "yuvj420p", threads=1)
    small.pts = 0
    return b"".join(bytes(packet) for part in (small, None) for packet in encoder.encode(part))


def _write_cover(jpeg: bytes) -> int:
    with open(3, "wb", closefd=False) as out:
        out.write(jpeg)
    return len(jpeg)


if __name__ == "__main__":
    main()
