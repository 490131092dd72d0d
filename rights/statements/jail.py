"""The drawing child as its parent sees it: started when it is asked, asked many times, ended when it is slow."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rights.exceptions import StatementRefusedError
from rights.statements.typefaces import faces_style, typefaces

if TYPE_CHECKING:
    from types import TracebackType

CHILD = Path(__file__).with_name("child.py")
STYLE = Path(__file__).with_name("statement.css")
DOORS = Path(__file__).resolve().parent.parent.parent / "library" / "jail"
# Generous: on a machine that is busy with other work everything takes ten times as long.
START_S, PAGE_S, CPU_S = 120, 60, 1_200
PAGES_EACH = 200
"""After so many pages a child is replaced: whatever it lost of memory and time goes with it."""
# A class for each place and each width of a bar, in percent: no element has a style of its own.
BARS = "".join(f".l{n}{{margin-left:{n}%}}.w{n}{{width:{n}%}}" for n in range(101))
NOT_DRAWN = "rights.statement.not_drawn"
ENDED = "rights.statement.drawing_ended"
NOT_STARTED = "rights.statement.drawing_not_started"


@dataclass(frozen=True)
class Drawing:
    """A PDF, and the letters that are boxes in it because the machine has no font for them."""

    content: bytes
    boxes: str = ""


class Draughtsman:
    """A jailed child that draws one page after the other. Use it as a context."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._pages = 0
        self._is_over = False
        self._door = threading.Lock()  # who leaves the context is not who draws

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._door:
            self._is_over = True
        self._stop()

    def draw(self, html: str) -> Drawing:
        """Return the PDF of a page, by a new child if there is none, it ended or drew enough.

        Raises
        ------
        StatementRefusedError
            ``NOT_STARTED`` if no child can draw on this machine; ``ENDED`` if it died, or took longer
            than a minute; ``NOT_DRAWN`` if it refused the page.
        """
        if self._child is None or self._child.poll() is not None or self._pages >= PAGES_EACH:
            self._stop()
            self._start()
        self._pages += 1
        answer = self._ask(html.encode(), PAGE_S)
        if answer.startswith(b"+"):
            return Drawing(answer[1:])
        if answer.startswith(b"~"):
            end = 5 + struct.unpack(">I", answer[1:5])[0]
            return Drawing(answer[end:], answer[5:end].decode())
        raise _refusal(NOT_DRAWN, answer[1:].decode(errors="replace")[:200])

    def _start(self) -> None:
        fonts = typefaces()
        with self._door:
            if self._is_over:
                raise _refusal(ENDED, "the drawing was called off")
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", str(CHILD), str(DOORS), str(CPU_S)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"HOME": "/nonexistent", "LANG": "C.UTF-8", "PATH": os.defpath},
            )
        self._pages = 0
        setup = {
            "css": faces_style(list(fonts)) + STYLE.read_text() + BARS,
            "fonts": {name: str(path) for name, path in fonts.items()},
        }
        try:
            self._ask(json.dumps(setup).encode(), START_S)
        except StatementRefusedError as refusal:
            raise _refusal(NOT_STARTED, "the drawing program does not start") from refusal

    def _stop(self) -> None:
        child = self._child
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def _ask(self, content: bytes, limit_s: int) -> bytes:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise _refusal(ENDED, "the drawing program is not there")
        watch = threading.Timer(limit_s, child.kill)
        watch.start()
        try:
            child.stdin.write(struct.pack(">I", len(content)) + content)
            child.stdin.flush()
            return _frame(child.stdout)
        except (
            OSError,
            EOFError,
            ValueError,
        ) as error:  # the last: the pipes were closed meanwhile
            child.kill()
            child.wait()
            raise _refusal(ENDED, "the drawing program ended or took too long") from error
        finally:
            watch.cancel()


def _refusal(code: str, why: str) -> StatementRefusedError:
    return StatementRefusedError(
        code,
        f"The PDF could not be drawn ({why}). The statement itself is safe; its figures are on the "
        "page and in the CSV. Try again.",
    )


def _frame(stream: Any) -> bytes:
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    length = struct.unpack(">I", head)[0]
    content: bytes = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
