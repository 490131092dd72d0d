"""Why no song can be composed from what was given."""

from __future__ import annotations

from config.lib.errors import DomainError


class CompositionError(DomainError):
    """A song cannot be composed as asked; nothing was written."""


class SourceTooVagueError(CompositionError):
    """Nothing of a song was measured with confidence .5 or more."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(
            "generation.source.too_vague",
            f"{source} could not be measured well enough to influence a song; "
            "replace it or correct its tempo and key",
        )


class BasePackInvalidError(CompositionError):
    """The base pack does not say what it should."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__("generation.base_pack.invalid", f"{where}: {cause}")


class OptionsInvalidError(CompositionError):
    """Options or weights are out of range."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.options.invalid", f"the song cannot be made like this: {cause}"
        )


class ArchiveDamagedError(CompositionError):
    """Bytes that should hold a composition do not."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "generation.archive.damaged",
            f"the stored song cannot be read ({cause}); its audio and its receipt are not touched; "
            "make a new version from the same songs and seed",
        )


class ArchiveVersionError(CompositionError):
    """A composition was stored by another version of the program."""

    def __init__(self, found: object, known: int) -> None:
        super().__init__(
            "generation.archive.version",
            f"the song was stored in format {found!r:.40} and this program reads format {known}; "
            "nothing was changed; make a new version from the same songs and seed",
        )


class EditOutOfReachError(CompositionError):
    """An edit would take a share further from its weight than one point; nothing was changed."""

    def __init__(self, cause: str, advice: str) -> None:
        super().__init__(
            "generation.edit.out_of_reach",
            f"the song cannot be changed like this: {cause}; nothing was changed; {advice}",
        )
