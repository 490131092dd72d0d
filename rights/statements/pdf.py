"""Statements as PDF: drawn in the jail, once for each look, and kept under the hash of their bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING

import structlog

from config.lib import blobs
from rights.exceptions import StatementRefusedError
from rights.models import StatementDocument
from rights.statements.context import layout_revision, statement_html
from rights.statements.jail import Draughtsman

if TYPE_CHECKING:
    from rights.models import Statement

CHILDREN = 2
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
        content = child.draw(statement_html(statement))
    _keep(statement, content)
    return content


def statements_draw(
    statements: Sequence[Statement],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    children: int = CHILDREN,
) -> int:
    """Draw those that are not drawn yet, with some children at a time; return how many were.

    One that cannot be drawn is left out, and tried again when somebody asks for it.
    """
    layout = layout_revision()
    drawn = StatementDocument.objects.filter(statement__in=statements, layout=layout)
    known = set(drawn.values_list("statement", flat=True))
    missing = [one for one in statements if one.pk not in known]
    if not missing:
        return 0
    done = 0
    with ExitStack() as stack:
        count = min(children, len(missing))
        free = [stack.enter_context(Draughtsman()) for _ in range(count)]
        pool = stack.enter_context(ThreadPoolExecutor(count))
        waiting: dict[Future[bytes], tuple[Statement, Draughtsman]] = {}
        todo = iter(missing)
        while True:
            while free and (one := next(todo, None)) is not None:
                child = free.pop()
                waiting[pool.submit(child.draw, statement_html(one))] = (one, child)
            if not waiting:
                return done
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                one, child = waiting.pop(future)
                free.append(child)
                try:
                    _keep(one, future.result())
                except StatementRefusedError as refusal:
                    log.warning("statement_not_drawn", statement=str(one), why=refusal.message)
                else:
                    done += 1
                progress(done, len(missing))


def _keep(statement: Statement, content: bytes) -> None:
    key = blobs.put(io.BytesIO(content), suffix=".pdf")
    StatementDocument.objects.update_or_create(
        statement=statement,
        layout=layout_revision(),
        defaults={"key": key, "size_bytes": len(content)},
    )
