"""Statements as PDF: drawn in the jail, once for each look, and kept under the hash of their bytes."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING

import structlog

from config.lib import blobs
from rights.exceptions import StatementRefusedError
from rights.models import StatementDocument
from rights.statements.context import layout_revision, statement_html
from rights.statements.jail import ENDED, NOT_STARTED, Draughtsman, Drawing

if TYPE_CHECKING:
    from rights.models import Statement

CHILDREN = 2
"""At most so many draw side by side, each on a processor of its own."""
log = structlog.get_logger(__name__)


def statement_pdf(statement: Statement) -> bytes:
    """Return the PDF of a statement, drawn now if it was not drawn before.

    Raises
    ------
    StatementRefusedError
        If it cannot be drawn in time.
    """
    known = StatementDocument.objects.filter(statement=statement, layout=layout_revision()).first()
    if known is not None and blobs.exists(known.key):
        with blobs.open_blob(known.key) as stream:
            return stream.read()
    with Draughtsman() as child:
        drawing = child.draw(statement_html(statement))
        if drawing.boxes:
            drawing = child.draw(statement_html(statement, boxes=drawing.boxes))
    _keep(statement, drawing)
    return drawing.content


def statements_draw(
    statements: Sequence[Statement],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    children: int = CHILDREN,
) -> int:
    """Draw those that are not drawn yet, with some children at a time; return how many were kept.

    One whose child died is drawn once more by a new one. One that cannot be drawn is left out, and
    tried again when somebody asks for it; so are all, where the drawing program does not start.
    """
    layout = layout_revision()
    drawn = StatementDocument.objects.filter(statement__in=statements, layout=layout)
    known = set(drawn.values_list("statement", flat=True))
    missing = [one for one in statements if one.pk not in known]
    count = min(children, len(missing), len(os.sched_getaffinity(0)))
    return Batch(missing, progress).draw(count) if missing else 0


class Batch:
    """Statements that are drawn side by side; only the calling thread touches the database."""

    def __init__(self, missing: Sequence[Statement], progress: Callable[[int, int], None]) -> None:
        self._todo = deque(missing)
        self._total = len(missing)
        self._progress = progress
        self._again: set[Statement] = set()
        self._kept = self._ended = 0

    def draw(self, children: int) -> int:
        """Draw all; return how many were kept."""
        waiting: dict[Future[Drawing], tuple[Statement, Draughtsman]] = {}
        with ExitStack() as stack:
            # Left in the other order: the children end first, and with them what waits for them.
            pool = stack.enter_context(ThreadPoolExecutor(children))
            free = [stack.enter_context(Draughtsman()) for _ in range(children)]
            while self._todo or waiting:
                while free and self._todo:
                    one, child = self._todo.popleft(), free.pop()
                    waiting[pool.submit(child.draw, statement_html(one))] = (one, child)
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    one, child = waiting.pop(future)
                    free.append(child)
                    if not self._take(one, future):
                        return self._kept
        return self._kept

    def _take(self, statement: Statement, future: Future[Drawing]) -> bool:
        """Keep what was drawn; return false when nothing can be drawn here."""
        try:
            drawing = future.result()
        except StatementRefusedError as refusal:
            if refusal.code == ENDED and statement not in self._again:
                self._again.add(statement)
                self._todo.append(statement)
                return True
            log.warning("statement_not_drawn", statement=str(statement), why=refusal.message)
            if refusal.code == NOT_STARTED:
                return False
        else:
            self._kept += _keep(statement, drawing)
        self._ended += 1
        self._progress(self._ended, self._total)
        return True


def _keep(statement: Statement, drawing: Drawing) -> bool:
    """Keep a drawing; one with boxes is drawn anew each time, until the machine has the fonts."""
    if drawing.boxes:
        log.warning(
            "statement_letters_without_font",
            statement=str(statement),
            letters=drawing.boxes[:50],
            hint="install fonts-noto-cjk and fonts of the scripts that are missing",
        )
        return False
    key = blobs.put(io.BytesIO(drawing.content), suffix=".pdf")
    StatementDocument.objects.update_or_create(
        statement=statement,
        layout=layout_revision(),
        defaults={"key": key, "size_bytes": len(drawing.content)},
    )
    return True
