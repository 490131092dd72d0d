"""What can stand in the way of a file, said so that its reader can act."""

from __future__ import annotations

from config.lib.errors import DomainError


class ExportError(DomainError):
    """A file cannot be made of what was given."""


class AudioUnfitError(ExportError):
    """The samples cannot be written: not stereo, empty, or not finite."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.export.audio_unfit",
            f"the audio cannot be written ({cause}); nothing was stored; render the song again",
        )


class StemsUnequalError(ExportError):
    """Stems would not line up in a session: their lengths differ, or two have one name."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.export.stems_unequal",
            f"the stems would not line up ({cause}); nothing was stored; render the song again",
        )


class ScoreUnwritableError(ExportError):
    """A score cannot be engraved."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.export.score_unwritable",
            f"the lead sheet cannot be written ({cause}); the song and its MIDI file are not affected",
        )
