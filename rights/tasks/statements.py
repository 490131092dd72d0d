"""Jobs ``rights.statements.issue`` and ``.publish``: one by one, each whole, with progress.

Whatever ends them, the next attempt goes on with those that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from accounts.models import User
from config.lib.errors import DomainError
from config.lib.faultpoints import fault
from rights.domain.exchange import RateError
from rights.models import Party, RoyaltyRun, Statement
from rights.selectors.statement_due import payees_due
from rights.services.statement_publishing import require_issued, run_published, statement_publish
from rights.services.statements import batch_begin, batch_issued, statement_issue
from rights.statements.pdf import statements_draw

if TYPE_CHECKING:
    from config.jobs.stages import Run

Holding = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int], None]
SETTLED_PPM, DRAWN_PPM = 300_000, 990_000


def statements_issue_job(run: Run) -> None:
    """Handle one job; ``params`` names the run."""
    month = RoyaltyRun.objects.get(pk=run.params["run"])
    batch = batch_begin(run=month, actor=None)
    missed: list[dict[str, str]] = []

    def settle() -> str:
        missed.extend(statements_make(month, batch.begun_by, run.holding, run.progress_part))
        return f"{month.statements.count()}"

    def draw() -> str:
        drawn = statements_draw(statements_undrawn(month), progress=run.progress_part)
        return f"{drawn}"

    run.stage("statements", settle, input_key=_key(run), progress_ppm=SETTLED_PPM)
    run.stage("documents", draw, input_key=_key(run), progress_ppm=DRAWN_PPM)
    run.finish(lambda: batch_issued(batch=batch, missed=missed))


def _key(run: Run) -> str:
    """An attempt asks anew who is due: what was missed before may have become possible."""
    return f"{run.attempt}"


def statements_make(
    month: RoyaltyRun,
    actor: User | None,
    holding: Holding = nullcontext,
    progress: Progress = lambda _done, _total: None,
) -> list[dict[str, str]]:
    """Issue what is due; return whose statements cannot be, with the reason in words."""
    due, missed = payees_due(month), []
    for done, one in enumerate(due):
        try:
            with holding():
                statement_issue(due=one, run=month, actor=actor)
        except (DomainError, RateError) as refusal:
            name = Party.objects.values_list("name", flat=True).get(pk=one.party)
            missed.append(
                {"party": str(one.party), "name": name, "currency": one.currency, "why": str(refusal)}
            )  # fmt: skip
        fault("statements.committed")
        progress(done + 1, len(due))
    return missed


def statements_undrawn(month: RoyaltyRun) -> list[Statement]:
    """Return the statements of a run that stand, in the order of their numbers."""
    return list(month.statements.filter(replaced_by=None).order_by("number"))


def statements_publish_job(run: Run) -> None:
    """Handle one job; ``params`` names the run and who asked."""
    month = RoyaltyRun.objects.get(pk=run.params["run"])
    actor = User.objects.filter(pk=run.params["actor"]).first()
    for done, total in statements_publish_all(month, actor, run.holding):
        run.progress_part(done, total)
    run.finish(lambda: run_published(run=month))


def statements_publish_all(
    month: RoyaltyRun, actor: User | None, holding: Holding = nullcontext
) -> Iterator[tuple[int, int]]:
    """Publish what stands and waits, one by one; yield how many of how many are done.

    Raises
    ------
    StatementRefusedError
        If the statements are not issued yet.
    """
    require_issued(month)
    waiting = list(month.statements.filter(state=Statement.State.FINAL, replaced_by=None))
    for done, statement in enumerate(waiting, start=1):
        with holding():
            statement_publish(statement=statement, actor=actor)
        yield done, len(waiting)
