"""How far the song is, on stderr: one line that is written over on a screen, a few lines in a file."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TextIO

LINE_EVERY_S, SHOWN_EVERY_S = 5.0, 0.5
LEAST_SHOWN_S = 2
WIDTH = 78


@dataclass
class Teller:
    """Tells stages, percents and seconds left, and keeps what each stage took."""

    stream: TextIO
    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _began: float = 0.0
    _told_at: float = float("-inf")

    @property
    def current(self) -> str:
        """Return the stage that is told of now."""
        return self._stage

    @property
    def is_due(self) -> bool:
        """Return whether anything told now would be shown."""
        every_s = SHOWN_EVERY_S if self.stream.isatty() else LINE_EVERY_S
        return time.monotonic() - self._told_at >= every_s

    def stage(self, name: str) -> None:
        """Begin a stage; the one before it has ended."""
        self.end()
        self._stage, self._began, self._told_at = name, time.monotonic(), float("-inf")

    def tell(self, percent: int, what: str = "", left_s: float | None = None) -> None:
        """Say how far the stage is; ``left_s`` is measured from its pace where nobody knows better."""
        if not self.is_due:
            return
        self._told_at = time.monotonic()
        taken = self._told_at - self._began
        if left_s is None and 0 < percent < 100:
            left_s = taken * (100 - percent) / percent
        left = f"about {left_s:.0f} s left" if left_s and left_s >= LEAST_SHOWN_S else ""
        self._line(" · ".join(part for part in (self._stage, what, f"{percent} %", left) if part))

    def note(self, text: str) -> None:
        """Say something that stays to be read."""
        self._line(text, last=True, width=None)

    def end(self) -> None:
        """End the stage, and say what it took."""
        if not self._stage:
            return
        taken = time.monotonic() - self._began
        self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + taken, 2)
        self._line(f"{self._stage} · {taken:.1f} s", last=True)
        self._stage = ""

    def _line(self, text: str, *, last: bool = False, width: int | None = WIDTH) -> None:
        if self.stream.isatty():
            self.stream.write(f"\r{text[:width]:<{WIDTH}}" + ("\n" if last else ""))
        else:
            self.stream.write(text + "\n")
        self.stream.flush()
