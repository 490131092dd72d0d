"""What may be wrong with a file or a signal, said so that its owner can act."""

from __future__ import annotations

from config.lib.errors import DomainError


class AnalysisError(DomainError):
    """Audio cannot be measured. ``message`` says what happened and what to do."""


class AudioUnreadableError(AnalysisError):
    """The file is missing, is not audio, or its decoder gave up."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "library.audio.unreadable",
            f"the audio cannot be read ({cause}); "
            "export it again as WAV, FLAC, MP3, Ogg or M4A and try that file",
        )


class AudioTooShortError(AnalysisError):
    """There is less audio than the shortest thing that can be measured."""

    def __init__(self, duration_s: float, least_s: float) -> None:
        super().__init__(
            "library.audio.too_short",
            f"the audio lasts {duration_s:.2f} s and at least {least_s:g} s are needed; "
            "upload the whole song",
        )


class AudioTooLongError(AnalysisError):
    """There is more audio than one song may hold."""

    def __init__(self, duration_s: float, most_s: float) -> None:
        super().__init__(
            "library.audio.too_long",
            f"the audio lasts {duration_s:.0f} s and at most {most_s:g} s are accepted; "
            "upload one song per file",
        )


class AudioInvalidError(AnalysisError):
    """The samples are not audio: wrong shape, not finite, or an impossible rate."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "library.audio.invalid",
            f"the samples are not valid audio ({cause}); export the song again and try that file",
        )
