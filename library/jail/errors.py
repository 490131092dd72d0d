"""Why an upload is refused: one class, one code and one sentence for each reason."""

from __future__ import annotations

from config.lib.errors import DomainError


class AudioRefusedError(DomainError):
    """The file cannot be used; ``message`` says why and what to do about it."""


REASONS = {
    "empty": "The file is empty. Export it again and upload the new file.",
    "not_audio": "This is not an audio file. Use WAV, FLAC, MP3, M4A/AAC, OGG/Opus or AIFF.",
    "playlist": "This is a playlist, not audio. Upload the audio files that it names.",
    "archive": "This is an archive. Unpack it and upload the audio files in it.",
    "password_protected": (
        "This archive is protected by a password. Unpack it and upload the audio files in it."
    ),
    "encrypted": (
        "This file is protected against copying (DRM), so it cannot be read. "
        "Use an unprotected copy of the recording."
    ),
    "no_audio_stream": "There is no sound in this file. Upload the audio by itself.",
    "truncated": (
        "The file ends early, so part of the recording is missing. "
        "Export or download it again and upload the whole file."
    ),
    "damaged": "The file is damaged and cannot be read to its end. Export it again.",
    "silent": "The recording is silent from start to end. Check that you exported the right track.",
    "too_short": "The recording is shorter than 10 seconds. Upload the whole song.",
    "too_long": "The recording is longer than 15 minutes. Upload a single song.",
    "too_slow": "The file could not be read in time. Export it again as WAV or FLAC.",
    "reader_failed": (
        "The reader stopped while reading this file, which happens with damaged files. "
        "Export it again as WAV or FLAC."
    ),
}


def refused(code: str) -> AudioRefusedError:
    """Return the error for ``code``, one of ``REASONS``."""
    return AudioRefusedError(code, REASONS[code])
