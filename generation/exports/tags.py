"""What a player shows of a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

MASTER_COMMENT = "Made with Tenfold. The receipt of this song holds the SHA-256 of this very file."
"""Never to be changed: it is inside files whose hashes receipts hold."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Names in a file. ``comment`` is where the address of the receipt goes."""

    title: str
    artist: str
    comment: str = ""
    album: str = ""

    def named(self) -> dict[str, str]:
        """Return the names that are not empty."""
        return {name: text for name, text in asdict(self).items() if text}

    def of_master(self) -> Tags:
        """Return the names of the WAV that the receipt is about.

        The address of the receipt is that of one version, and would give the same song another hash
        each time it is made; so the WAV says only that there is one.
        """
        return replace(self, comment=MASTER_COMMENT if self.comment else "")
