"""The drawing child as its parent sees it: started once, asked many times, ended when it is slow."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.staticfiles import finders

from rights.exceptions import StatementRefusedError

if TYPE_CHECKING:
    from types import TracebackType

CHILD = Path(__file__).with_name("child.py")
STYLE = Path(__file__).with_name("statement.css")
DOORS = Path(__file__).resolve().parent.parent.parent / "library" / "jail"
FONTS = {"latin": "vendor/bricolage-latin.woff2", "latin-ext": "vendor/bricolage-latin-ext.woff2"}
# Generous: on a machine that is busy with other work everything takes ten times as long.
START_S, PAGE_S, CPU_S = 120, 60, 1_200
# A class for each place and each width of a bar, in percent: no element has a style of its own.
BARS = "".join(f".l{n}{{margin-left:{n}%}}.w{n}{{width:{n}%}}" for n in range(101))


class Draughtsman:
    """A jailed child that draws one page after the other. Use it as a context."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def _start(self) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", str(CHILD), str(DOORS), str(CPU_S)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"HOME": "/nonexistent", "LANG": "C.UTF-8", "PATH": os.defpath},
        )
        setup = {"css": STYLE.read_text() + BARS, "fonts": fonts_found()}
        self._ask(json.dumps(setup).encode(), START_S)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        child = self._child
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            child.wait()

    def draw(self, html: str) -> bytes:
        """Return the PDF of a page, by a new child if the last one ended.

        Raises
        ------
        StatementRefusedError
            If it cannot be drawn, or takes longer than a minute.
        """
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._start()
        return self._ask(html.encode(), PAGE_S)

    def _ask(self, content: bytes, limit_s: int) -> bytes:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            msg = "use the draughtsman as a context"
            raise RuntimeError(msg)
        watch = threading.Timer(limit_s, child.kill)
        watch.start()
        try:
            child.stdin.write(struct.pack(">I", len(content)) + content)
            child.stdin.flush()
            answer = _frame(child.stdout)
        except (OSError, EOFError):
            answer = b"-the drawing program ended or took too long"
            child.kill()
            child.wait()
        finally:
            watch.cancel()
        if not answer.startswith(b"+"):
            raise StatementRefusedError(
                "rights.statement.not_drawn",
                f"The PDF could not be drawn ({answer[1:].decode(errors='replace')[:200]}). The "
                "statement itself is safe; its figures are on the page and in the CSV. Try again.",
            )
        return answer[1:]


def fonts_found() -> dict[str, str]:
    """Return where the fonts of the product lie; without them the system's stand in."""
    found = {}
    for name, path in FONTS.items():
        places = (finders.find(path), settings.STATIC_ROOT / path)
        for place in places:
            if place is not None and Path(str(place)).is_file():
                found[name] = str(place)
                break
    return found


def _frame(stream: Any) -> bytes:
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    length = struct.unpack(">I", head)[0]
    content: bytes = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
